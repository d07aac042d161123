import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Children } from '../../local/children.ts';
import { flinkJars } from '../../local/jars.ts';

const version = '2.3.0';
let cacheDir: string;
const said: string[] = [];
const fetchJars = (): Promise<string> =>
  flinkJars({ version, cacheDir, children: new Children(), say: (line) => said.push(line) });

beforeEach(() => {
  said.length = 0;
  cacheDir = mkdtempSync(join(tmpdir(), 'dinghy-jars-'));
});
afterEach(() => {
  rmSync(cacheDir, { recursive: true });
});

describe("Flink's jars", () => {
  it('are fetched once, by two at the same time too, and nothing else is left', async () => {
    const [one, other] = await Promise.all([fetchJars(), fetchJars()]);
    expect(one).toBe(other);
    expect(readdirSync(one)).toEqual(expect.arrayContaining(['flink-sql-gateway-2.3.0.jar', '.complete']));
    expect(readdirSync(join(cacheDir, version))).toEqual(['lib']);
    said.length = 0;
    await fetchJars();
    expect(said).toEqual([]);
  });

  it('are fetched anew when an earlier fetch did not come to its end', async () => {
    const home = join(cacheDir, version);
    const gone = 2 ** 22 + 1; // above the greatest process number
    for (const name of ['lib', `fetching-${gone}-x`]) mkdirSync(join(home, name), { recursive: true });
    writeFileSync(join(home, 'lib', 'half.jar'), '');
    const lib = await fetchJars();
    expect(readdirSync(lib)).not.toContain('half.jar');
    expect(readdirSync(home)).toEqual(['lib']);
  });

  it('refuse a version that would lead out of the folder', async () => {
    await expect(
      flinkJars({ version: '../x', cacheDir, children: new Children(), say: () => undefined }),
    ).rejects.toThrow('"../x" is not a Flink version');
  });
});
