import { wireTime } from '../lib/domain/time.ts';
import { UsageError } from './usage-error.ts';

export interface Zone {
  readonly name: string;
  write(at: number): string;
}

export function readZone(name = 'UTC'): Zone {
  try {
    wireTime(0, name);
  } catch (cause) {
    throw new UsageError(`--zone "${name}" is not a time zone; write it as Europe/Berlin.`, { cause });
  }
  return { name, write: (at) => wireTime(at, name) };
}
