import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';
import { runChaos } from './run-chaos.ts';
import { runWorld } from './run-world.ts';

const SUBMITS = 500;

describe('chaos', () => {
  it(
    `starts nothing twice, loses nothing and ends nothing wrongly in ${SUBMITS} submits`,
    { timeout: 60_000 },
    async () => {
      const lines: string[] = [];
      await runChaos(readOptions(['--submits', String(SUBMITS)]), (line) => void lines.push(line));
      const bad = lines.filter((line) => /^(---|duplicate|lost|wrong final|law|\d+ sweeps)/.test(line));
      expect(bad).toEqual([]);
      expect(lines.at(-1)).toMatch(
        /^submits 500, faults \d+, jobs \d+, duplicates 0, lost 0, wrong finals 0, sweeps [12]$/,
      );
    },
  );

  it('lives through the same world again from the same seed', async () => {
    const [first, second] = [await runWorld(7, 20, true), await runWorld(7, 20, true)];
    expect(first.lines.length).toBeGreaterThan(100);
    expect(second.lines).toEqual(first.lines);
  });
});
