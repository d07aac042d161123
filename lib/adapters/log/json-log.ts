/** Log lines as JSON, one per line, as CloudWatch reads them. */
import { hideApiKeys } from '../../domain/access/api-key.ts';
import { isAtLeastLevel, type LogLevel } from '../../domain/log-level.ts';
import { metricsOf } from '../../domain/metrics.ts';
import type { Log } from '../../domain/ports.ts';
import { embeddedMetrics } from './metric-line.ts';

export interface LogOptions {
  readonly level: LogLevel;
  /** The deployment that the lines are of, "dinghy-prod"; null: they don't say. */
  readonly service: string | null;
  /** Whether lines that count something carry it as metrics. Such a line is written at every level. */
  readonly metrics: boolean;
}

const toStdout = (line: string): void => void process.stdout.write(line);

export function jsonLog({ level: least, service, metrics }: LogOptions, write: (line: string) => void = toStdout): Log {
  const named = service === null ? {} : { service };
  const countedAs = metrics ? service : null;
  const at =
    (level: LogLevel): Log['info'] =>
    (message, fields = {}) => {
      const counted = countedAs === null ? null : metricsOf(message, fields);
      if (counted === null && !isAtLeastLevel(level, least)) return;
      const now = new Date();
      const line = { level, time: now.toISOString(), message, ...fields, ...named };
      const embedded =
        counted === null ? {} : { ...counted, _aws: embeddedMetrics(counted, now.getTime(), fields['code']) };
      write(hideApiKeys(`${JSON.stringify({ ...line, ...embedded })}\n`));
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}
