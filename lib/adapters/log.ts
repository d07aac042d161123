/** Log lines as JSON, one per line, as CloudWatch reads them. */
import { hideApiKeys } from '../domain/access/api-key.ts';
import { isAtLeastLevel, type LogLevel } from '../domain/log-level.ts';
import type { Log } from '../domain/ports.ts';

const toStdout = (line: string): void => void process.stdout.write(line);

export function jsonLog(least: LogLevel, write: (line: string) => void = toStdout): Log {
  const at =
    (level: LogLevel): Log['info'] =>
    (message, fields) => {
      if (!isAtLeastLevel(level, least)) return;
      write(hideApiKeys(`${JSON.stringify({ level, time: new Date().toISOString(), message, ...fields })}\n`));
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}
