/** How long a key lives, as people write it: 90d, 12h, 30m. */
import { AppError } from '../errors.ts';
import { UNIT_MS } from '../time.ts';

const MAX_DAYS = 3_650;
const LIFETIME = /^(\d{1,7})\s*([mhd])$/;

/** Returns milliseconds. `option`: the name of the option, for errors. @throws AppError request.invalid */
export function readLifetime(option: string, text: string): number {
  const read = LIFETIME.exec(text.trim().toLowerCase());
  const ms = read === null ? Number.NaN : Number(read[1]) * UNIT_MS[read[2] as keyof typeof UNIT_MS];
  if (ms <= MAX_DAYS * UNIT_MS.d) return ms;
  const wanted = `Give minutes, hours or days, such as 30m, 12h or 90d; ${MAX_DAYS}d at most`;
  throw new AppError('request.invalid', `${option} is "${text.slice(0, 100)}". ${wanted}.`);
}
