/** Who is let in with AUTH=keys, what that costs, and for how long an answer of the table is believed. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { AccessKey } from '../../lib/domain/access/access-key.ts';
import type { Admit, Presented } from '../../lib/domain/access/admission.ts';
import { callerOf } from '../../lib/domain/access/principal.ts';
import { AppError } from '../../lib/domain/errors.ts';
import { keyUse } from '../../lib/usecases/access/key-use.ts';
import { admitByKey, admitEverybody } from '../../lib/usecases/admit-caller.ts';
import { aKey, aSecret, hashOf } from '../builders/access-key.ts';
import { appErrorOf } from '../builders/app-error-of.ts';
import { fakeIds, type KeptLog, keptLog } from '../fakes/fake-ids.ts';
import { type MemoryAccessKeys, memoryAccessKeys } from '../fakes/memory-access-keys.ts';
import { virtualClock } from '../fakes/virtual-clock.ts';

const T0 = Date.UTC(2026, 0, 31, 12, 0, 0);
const MINUTE = 60_000;

const presented = (keys: readonly string[], misplaced: string | null = null): Presented => ({
  keys,
  misplaced: () => misplaced,
  iamArn: null,
  jwtSubject: null,
  sourceIp: '203.0.113.7',
  requestId: 'r1',
});

let keys: MemoryAccessKeys;
let log: KeptLog;
let reads: string[];
let time: { now: number; monotonic: number };
let admit: Admit;

beforeEach(async () => {
  keys = memoryAccessKeys();
  log = keptLog();
  reads = [];
  time = { now: T0, monotonic: 5_000 };
  const { find } = keys;
  keys.find = (hash) => (reads.push(hash), find(hash));
  const clock = { ...virtualClock(), now: () => time.now, monotonic: () => time.monotonic };
  admit = admitByKey({ keys, ids: fakeIds(), clock, log });
  await keys.create(aKey(1, { name: 'nightly', tasks: '1-3', verbs: ['submit'] }));
});

const pass = (ms: number): void => {
  time.now += ms;
  time.monotonic += ms;
};
const refusal = (...given: string[]) => appErrorOf(admit(presented(given)));

describe('a known key', () => {
  it('says who asks and what it may do', async () => {
    const { principal, grant } = await admit(presented([aSecret(1)]));
    expect(principal).toEqual({
      kind: 'key',
      name: 'nightly',
      keyId: aKey(1).id,
      sourceIp: '203.0.113.7',
      requestId: 'r1',
    });
    expect(grant).toEqual({ tasks: '1-3', verbs: ['submit'] });
    expect(callerOf(principal)).toBe('key nightly (000000000001)');
  });

  it('may be sent in two places of one request', async () => {
    await admit(presented([aSecret(1), aSecret(1)]));
    expect(reads).toEqual([hashOf(aSecret(1))]);
  });

  it('costs one read a minute', async () => {
    for (let n = 0; n < 5; n += 1) await admit(presented([aSecret(1)]));
    expect(reads).toHaveLength(1);
    pass(MINUTE - 1);
    await admit(presented([aSecret(1)]));
    expect(reads).toHaveLength(1);
    pass(1);
    await admit(presented([aSecret(1)]));
    expect(reads).toHaveLength(2);
  });

  it('that was revoked is dead within a minute', async () => {
    await admit(presented([aSecret(1)]));
    await keys.revoke(aKey(1).hash, time.now);
    pass(MINUTE);
    expect((await refusal(aSecret(1))).code).toBe('request.unauthorized');
  });

  it('that expires is dead at that moment, although it is believed', async () => {
    await keys.endBy(aKey(1).hash, T0 + 10_000);
    await admit(presented([aSecret(1)]));
    pass(9_999);
    await admit(presented([aSecret(1)]));
    pass(1);
    expect((await refusal(aSecret(1))).message).toMatch(/unknown, expired or revoked/);
    expect(reads).toHaveLength(1);
  });

  it.each([
    ['a clock that was set back', { now: T0 - 1, monotonic: 6_000 }],
    ['a process that was frozen', { now: T0 + MINUTE, monotonic: 5_001 }],
    ['a clock that was set back by the time that passed', { now: T0, monotonic: 5_000 + MINUTE }],
  ])('is read anew after %s', async (_, at) => {
    await admit(presented([aSecret(1)]));
    time = at;
    await admit(presented([aSecret(1)]));
    expect(reads).toHaveLength(2);
  });
});

describe('a refusal', () => {
  const another = `${aSecret(1).slice(0, -1)}${aSecret(1).endsWith('0') ? '1' : '0'}`;
  it.each([
    ['no key', [], /^This call needs an API key\. Send it as the header "dinky-token"/],
    ['a key that is cut', [aSecret(1).slice(0, -1)], /^The API key is not valid: it may be incomplete or mistyped/],
    ['a key with another character', [another], /may be incomplete or mistyped/],
    ['two different keys', [aSecret(1), aSecret(2)], /^Different API keys were sent with one request\. Send one\.$/],
    ['a key and something else', [aSecret(1), 'hello'], /^Different API keys/],
    ['an empty text', [''], /may be incomplete or mistyped/],
  ])('of %s reads nothing', async (_, given, text) => {
    expect(await refusal(...given)).toMatchObject({
      code: 'request.unauthorized',
      message: expect.stringMatching(text) as string,
    });
    expect(reads).toEqual([]);
  });

  it.each(['the query', 'the body'])('names %s as the wrong place, without what stands there', async (place) => {
    const { message } = await appErrorOf(admit(presented([], place)));
    expect(message).toContain(`An API key in ${place} is not accepted`);
    expect(message).toContain('dinky-token');
  });

  const dead: [string, Partial<AccessKey> | null][] = [
    ['unknown', null],
    ['expired', { expiresAt: T0 }],
    ['revoked', { revokedAt: T0 - 1 }],
  ];

  it('says the same and costs the same, whether there is such a key or not', async () => {
    const seen = [];
    for (const [state, change] of dead) {
      if (change !== null) await keys.create(aKey(2, change));
      reads.length = 0;
      admit = admitByKey({ keys, ids: fakeIds(), clock: virtualClock(T0), log });
      const { message, code } = await refusal(aSecret(2));
      const first = reads.length;
      await refusal(aSecret(2));
      seen.push({ message, code, first, second: reads.length - first });
      const fields = { requestId: 'r1', state, keyId: change === null ? null : aKey(2).id };
      expect(log.lines.at(-1)).toMatchObject({ message: 'key refused', fields });
      keys.keys.delete(aKey(2).hash);
    }
    expect(new Set(seen.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(seen[0]).toMatchObject({ first: 1, second: 0 });
  });

  it('never shows the key', async () => {
    for (const [, change] of dead) {
      if (change !== null) await keys.create(aKey(2, change));
      const { message } = await refusal(aSecret(2));
      expect(message + JSON.stringify(log.lines)).not.toContain(aSecret(2).slice(3, 20));
    }
  });

  it('is forgotten after a minute: a key that was made meanwhile works', async () => {
    await refusal(aSecret(2));
    await keys.create(aKey(2));
    pass(MINUTE);
    expect((await admit(presented([aSecret(2)]))).principal.keyId).toBe(aKey(2).id);
  });

  it('of very many keys forgets no key that is known, and takes no more room', async () => {
    await admit(presented([aSecret(1)]));
    for (let n = 0; n < 3_000; n += 1) {
      keys.find = () => (reads.push(''), Promise.resolve(null));
      await refusal(aSecret(1_000 + n)).catch(() => undefined);
    }
    reads.length = 0;
    await admit(presented([aSecret(1)]));
    expect(reads).toEqual([]);
  });

  it('a table that is away is told as such, and nobody is let in', async () => {
    keys.find = () => Promise.reject(new AppError('store.unavailable', 'DynamoDB could not be used. Try again.'));
    expect((await refusal(aSecret(1))).code).toBe('store.unavailable');
  });

  it('an item that is damaged is no key, and the log says so', async () => {
    keys.find = () => Promise.reject(new AppError('store.invalid', 'The API key APIKEY, ab can not be read.'));
    expect((await refusal(aSecret(1))).message).toMatch(/unknown, expired or revoked/);
    const fields = { error: 'The API key APIKEY, ab can not be read.' };
    expect(log.lines).toContainEqual({ level: 'error', message: 'API key not readable', fields });
  });

  it('a bug is not taken for a refusal', async () => {
    keys.find = () => Promise.reject(new TypeError('a bug'));
    await expect(admit(presented([aSecret(1)]))).rejects.toThrow(TypeError);
  });
});

describe('the use of a key', () => {
  const use = async (): Promise<void> => (await admit(presented([aSecret(1)]))).noteUse();

  it('is noted at most once an hour', async () => {
    const noted: number[] = [];
    const calls = {
      ...keys,
      within: () => ({ ...keys, noteUse: (_: string, at: number) => (noted.push(at), Promise.resolve()) }),
    };
    const clock = { ...virtualClock(), now: () => time.now, monotonic: () => time.monotonic };
    admit = admitByKey({ keys: calls, ids: fakeIds(), clock, log });
    for (const ms of [0, 1, 59 * MINUTE, MINUTE - 2, 1, 5]) {
      pass(ms);
      await use();
    }
    expect(noted).toEqual([T0, T0 + 60 * MINUTE]);
  });

  it('that can not be noted fails no call', async () => {
    const noteUse = () => Promise.reject(new AppError('store.unavailable', 'away'));
    const calls = { ...keys, within: () => ({ ...keys, noteUse }) };
    admit = admitByKey({ keys: calls, ids: fakeIds(), clock: virtualClock(), log });
    await use();
    const fields = { keyId: aKey(1).id, error: 'away' };
    expect(log.lines).toContainEqual({ level: 'warn', message: 'use of a key not recorded', fields });
  });

  it('that can not be noted for a bug says so', async () => {
    const calls = { ...keys, within: () => ({ ...keys, noteUse: () => Promise.reject(new TypeError('a bug')) }) };
    admit = admitByKey({ keys: calls, ids: fakeIds(), clock: virtualClock(), log });
    await expect(use()).rejects.toThrow(TypeError);
  });

  it('is noted once an hour for each of many keys, and of very many not remembered without end', async () => {
    const noted: string[] = [];
    const calls = {
      ...keys,
      within: () => ({ ...keys, noteUse: (id: string) => Promise.resolve(void noted.push(id)) }),
    };
    const noteUse = keyUse({ keys: calls, clock: virtualClock(), log });
    const useOf = async (...ids: number[]): Promise<void> => {
      for (const id of ids) await noteUse(`k${id}`);
    };
    const thousand = Array.from({ length: 1_000 }, (_, n) => n);
    await useOf(...thousand, ...thousand);
    expect(noted).toHaveLength(1_000);
    await useOf(1_000, 0);
    expect(noted.slice(1_000)).toEqual(['k1000', 'k0']);
  });

  it('keeps no answer waiting for a table that hangs', async () => {
    const clock = virtualClock();
    keys.noteUse = () => clock.sleep(60_000);
    admit = admitByKey({ keys, ids: fakeIds(), clock, log });
    const before = clock.now();
    await clock.run(use());
    expect(clock.now() - before).toBe(100);
  });
});

describe('AUTH=none', () => {
  it('lets everybody in, with and without keys, as one caller', async () => {
    for (const given of [[], ['nonsense'], ['a', 'b']]) {
      const { principal, grant } = await admitEverybody(presented(given));
      expect(callerOf(principal)).toBe('anonymous');
      expect(principal).toEqual({ kind: 'none', name: '', keyId: null, sourceIp: '203.0.113.7', requestId: 'r1' });
      expect(grant).toEqual({ tasks: '*', verbs: ['submit', 'read', 'control', 'analyse', 'adhoc'] });
    }
  });

  it('has no use to note', async () => {
    const { noteUse } = await admitEverybody(presented([]));
    await expect(noteUse()).resolves.toBeUndefined();
  });
});
