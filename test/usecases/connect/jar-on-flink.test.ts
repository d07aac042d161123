/** A jar on its way: each part of it leaves time for what comes after, and says so when it is too large. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import type { LocalJar } from '../../../lib/domain/run/jar.ts';
import { JarOnFlink, readJar } from '../../../lib/usecases/connect/jar-on-flink.ts';
import { type Budget, withinBudget } from '../../../lib/usecases/waiting/budget.ts';
import { world } from '../world.ts';

const JAR = { sha256: 'sha-1', name: 'job.jar', sizeBytes: 1, path: '/nowhere' } as LocalJar;
const OWN = new AppError('flink.failed', 'Said so.');
const bug = new TypeError('x is undefined');
const HANGS = 60_000;

/** Reading or uploading takes so long, and ends with this; `heeds`: it is broken off by its signal. */
interface Way {
  readonly takesMs: number;
  readonly heeds?: boolean;
  readonly fails?: Error;
}

async function outcomeOf(work: (w: ReturnType<typeof world>, budget: Budget) => Promise<unknown>): Promise<unknown> {
  const w = world();
  const working = withinBudget(w.clock, 20_000, (budget) => work(w, budget));
  const told = await w.clock.run(working.catch((error: unknown) => error));
  return [told, w.clock.monotonic()];
}

const upload = (way: Way): Promise<unknown> =>
  outcomeOf(async (w, budget) => {
    w.flink.jars.upload = async (_address, _jar, signal) => {
      await w.clock.sleep(way.takesMs, way.heeds === false ? undefined : signal);
      if (way.fails !== undefined) throw way.fails;
      return 'upload-1';
    };
    return await new JarOnFlink(w, 'jm:8081', JAR, null).bring(budget);
  });

const read = (way: Way, unwantedAfterMs = HANGS): Promise<unknown> =>
  outcomeOf(async (w, budget) => {
    const unwanted = new AbortController();
    const waiting = w.clock.sleep(unwantedAfterMs, budget.signal).then(() => unwanted.abort());
    w.jarSource.fault = async (_uri, signal) => {
      await w.clock.sleep(way.takesMs, way.heeds === false ? undefined : signal);
      if (way.fails !== undefined) throw way.fails;
    };
    w.jarSource.kept.set('file:a.jar', 'sha-1');
    try {
      return (await readJar(w, 'file:a.jar', budget, unwanted.signal)).sha256;
    } finally {
      if (unwantedAfterMs !== HANGS) await waiting;
    }
  });

const codeAnd = (code: string, text: string): unknown =>
  expect.objectContaining({ code, message: expect.stringContaining(text) as string }) as unknown;

describe('an upload', () => {
  it('gives the id of the jar', async () => {
    expect(await upload({ takesMs: 9 })).toEqual(['upload-1', 9]);
  });

  it('ends 5 s before the request, and says that the jar is too large for it', async () => {
    const told = codeAnd('budget.exceeded', 'could not be uploaded within 15.0 s. Submit again, or make it smaller');
    expect(await upload({ takesMs: HANGS, fails: OWN })).toEqual([told, 15_000]);
  });

  it.each<[string, Way, unknown]>([
    ['fails in its time', { takesMs: 9, fails: OWN }, OWN],
    ['is broken off by the end of the request', { takesMs: 21_000, heeds: false, fails: OWN }, OWN],
    ['meets a bug', { takesMs: HANGS, fails: bug }, bug],
  ])('that %s is told as it is', async (_how, way, told) => {
    expect(await upload(way)).toEqual([told, expect.any(Number)]);
  });
});

describe('the reading of a jar', () => {
  it('ends 13 s before the request, and says that the jar is too large for it', async () => {
    expect(await read({ takesMs: 9 })).toEqual(['sha-1', 9]);
    const told = codeAnd('jar.unavailable', 'could not be read within 7.0 s. Submit again, or make it smaller');
    expect(await read({ takesMs: HANGS, fails: OWN })).toEqual([told, 7_000]);
  });

  it.each<[string, Way, number, unknown]>([
    ['fails in its time', { takesMs: 9, fails: OWN }, HANGS, OWN],
    ['is not wanted any more', { takesMs: 8_000, heeds: false, fails: OWN }, 5_000, OWN],
    ['meets a bug', { takesMs: HANGS, fails: bug }, HANGS, bug],
  ])('that %s is told as it is', async (_how, way, unwantedAfterMs, told) => {
    expect(await read(way, unwantedAfterMs)).toEqual([told, expect.any(Number)]);
  });
});

it('a jar that is there is not uploaded, and one that is lost is uploaded again, once', async () => {
  const w = world();
  const jar = new JarOnFlink(w, 'jm:8081', JAR, 'there');
  const bring = (): Promise<string> => w.clock.run(withinBudget(w.clock, 20_000, (budget) => jar.bring(budget)));
  expect([jar.sha256, await bring(), w.flink.jars.uploaded.size]).toEqual(['sha-1', 'there', 0]);
  jar.forget();
  const id = await bring();
  expect([await bring(), [...w.flink.jars.uploaded]]).toEqual([id, [[id, 'sha-1']]]);
});
