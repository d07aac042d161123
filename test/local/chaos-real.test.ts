/** A short one of `npm run chaos -- --real`: thirty submits to a real Flink through proxies that lose, delay and break. */
import { expect, it } from 'vitest';
import { runReal } from '../worlds/chaos-real/run-real.ts';

/** It takes three to four minutes on a quiet machine. This only ends a run that hangs. */
const MAX_MS = 12 * 60_000;

it(
  'starts each job once, loses none and ends none wrongly, whatever the network does',
  { timeout: MAX_MS },
  async () => {
    const lines: string[] = [];
    const good = await runReal({ seed: 30, submits: 30 }, (line) => void lines.push(line));
    expect(good, lines.join('\n')).toBe(true);
    expect(lines.at(-1)).toMatch(
      /^submits 30, faults \d+, jobs \d+, duplicates 0, lost 0, wrong finals 0, sweeps \d+$/,
    );
  },
);
