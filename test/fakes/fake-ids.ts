import { createHash } from 'node:crypto';
import type { Ids, Log } from '../../lib/domain/ports.ts';

/** Ids that count, so that a test can say which one it means. `process` keeps several writers apart. */
export function fakeIds(process = 1): Ids {
  let count = 0;
  return {
    jobId: () => `${String(process).padStart(8, '0')}${String((count += 1)).padStart(24, '0')}`,
    writer: `writer-${process}`,
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
  };
}

export interface KeptLog extends Log {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: unknown }[];
}

export function keptLog(): KeptLog {
  const lines: KeptLog['lines'] = [];
  const at = (level: string) => (message: string, fields?: unknown) => void lines.push({ level, message, fields });
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}
