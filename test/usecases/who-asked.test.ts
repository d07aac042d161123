/** Who asked, as a value, in each event of a run's history that somebody asked for. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../lib/domain/access/principal.ts';
import { toRunDetails } from '../../lib/domain/answer.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import type { StopHow } from '../../lib/domain/run/stop.ts';
import { stopTask } from '../../lib/usecases/cancel-task.ts';
import { restartTask } from '../../lib/usecases/restart-task.ts';
import { submitTask } from '../../lib/usecases/submit-task.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const SQL = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole'); INSERT INTO snk SELECT 1;";
const principal = (name: string): Principal => ({
  kind: 'key',
  name,
  keyId: `id-${name}`,
  sourceIp: '203.0.113.7',
  requestId: `request-${name}`,
});
const scopeOf = (name: string) => ({
  caller: `key ${name} (id-${name})`,
  principal: principal(name),
  budgetMs: 25_000,
});
const REQUEST = { taskId: 1, variables: {}, savePointPath: null, isOnline: false, key: null };

let w: World;
beforeEach(async () => {
  w = world({ tasks: [aTask({ statement: SQL, dedupeSeconds: 0 })] });
  await w.clock.run(submitTask(w)(REQUEST, scopeOf('orders')));
  await w.pollTask();
});

const head = (id = 1): RunHead => w.store.heads.get(id)!;
/** As callers see it, so that what is stored once counts for the event that it belongs to. */
const asked = (id = 1): [cause: string, who: unknown, principal: unknown][] =>
  (toRunDetails({ head: head(id), body: null })['history'] as Record<string, unknown>[])
    .filter(({ who }) => who !== undefined)
    .map(({ cause, who, principal: by }) => [String(cause), who, by]);
const by = (name: string) => [scopeOf(name).caller, principal(name)] as const;

const stop = (how: StopHow, name: string) =>
  w.clock.run(stopTask({ ...w, secrets: null })({ taskId: 1, how, mayBeEcho: false }, scopeOf(name)));
const restart = (name: string, savePointPath: string | null = null) =>
  w.clock.run(restartTask(w)({ taskId: 1, savePointPath }, scopeOf(name)));

describe('the history of a run names who asked', () => {
  it('for its submission', () => {
    expect(asked()).toEqual([['submitted', ...by('orders')]]);
  });

  it.each(['cancel', 'kill', 'cancelWithSavepoint', 'stop', 'trigger'] as const)('for a %s', async (how) => {
    await stop(how, 'ops');
    const [, second, ...others] = asked();
    expect(second).toEqual([expect.stringMatching(/ asked by key ops \(id-ops\)$/), ...by('ops')]);
    expect(others).toEqual([]);
  });

  it('for each of two callers who ask for its end', async () => {
    w.flink.savepoints.takesMs = 600_000;
    await stop('stop', 'first');
    await stop('cancel', 'second');
    expect(asked().map(([, who]) => who)).toEqual([by('orders')[0], by('first')[0], by('second')[0]]);
    expect(asked()[2]?.[2]).toEqual(principal('second'));
  });

  it.each([
    ['with a savepoint', null],
    ['from a given path', 'file:/savepoints/given'],
  ])('for a restart %s: of the old run and of the new one', async (_how, path) => {
    await restart('ops', path);
    const [, ...ofOld] = asked();
    expect(ofOld.length).toBeGreaterThan(0);
    for (const [, ...who] of ofOld) expect(who).toEqual(by('ops'));
    expect(ofOld[0]?.[0]).toBe('restart as run 2 asked by key ops (id-ops)');
    expect(asked(2)).toEqual([['submitted', ...by('ops')]]);
    expect(head(2).principal).toEqual(principal('ops'));
  });

  it('and nobody for what Flink has shown', () => {
    const shown = head().events.filter(({ cause }) => cause.startsWith('Flink'));
    expect(shown.length).toBeGreaterThan(0);
    for (const event of shown) expect(event).not.toHaveProperty('principal');
  });
});
