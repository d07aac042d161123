/** Who is let in with AUTH=iam and AUTH=jwt: whom API Gateway names, with the scope of the definitions. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Presented } from '../../lib/domain/access/admission.ts';
import { callerOf } from '../../lib/domain/access/principal.ts';
import { AppError } from '../../lib/domain/errors.ts';
import { admitPrincipal } from '../../lib/usecases/admit-principal.ts';
import { appErrorOf } from '../builders/app-error-of.ts';
import { type KeptLog, keptLog } from '../fakes/fake-ids.ts';
import { type MemoryAccessKeys, memoryAccessKeys } from '../fakes/memory-access-keys.ts';
import { virtualClock } from '../fakes/virtual-clock.ts';

const ROLE = 'arn:aws:sts::123456789012:assumed-role/etl';
const GRANT = { tasks: '1-3', verbs: ['submit'] } as const;

const presented = (who: Partial<Presented>): Presented => ({
  keys: [],
  misplaced: () => null,
  iamArn: null,
  jwtSubject: null,
  sourceIp: '203.0.113.7',
  requestId: 'r1',
  ...who,
});

let keys: MemoryAccessKeys;
let log: KeptLog;
let asked: string[];
let now = 0;
const by = (kind: 'iam' | 'jwt') => {
  const clock = { ...virtualClock(), now: () => now, monotonic: () => now };
  return admitPrincipal({ keys, clock, log }, kind);
};

beforeEach(() => {
  keys = memoryAccessKeys();
  log = keptLog();
  asked = [];
  now = 1_000;
  keys.grants.set(`iam ${ROLE}`, GRANT);
  keys.grants.set('jwt me', GRANT);
  const { grantOf } = keys;
  keys.grantOf = (kind, name) => (asked.push(name), grantOf(kind, name));
});

describe('a caller that the definitions name', () => {
  it.each([
    ['iam', { iamArn: `${ROLE}/session-1` }, `iam ${ROLE}`],
    ['iam', { iamArn: `${ROLE}/another/session` }, `iam ${ROLE}`],
    ['jwt', { jwtSubject: 'me' }, 'jwt me'],
  ] as const)('by %s as %j is let in with its scope', async (kind, who, caller) => {
    const { principal, grant } = await by(kind)(presented(who));
    expect(callerOf(principal)).toBe(caller);
    expect(principal).toMatchObject({ keyId: null, sourceIp: '203.0.113.7', requestId: 'r1' });
    expect(grant).toEqual(GRANT);
  });

  it('has no use to note', async () => {
    const { noteUse } = await by('jwt')(presented({ jwtSubject: 'me' }));
    await expect(noteUse()).resolves.toBeUndefined();
  });

  it('may do the same at each of its calls', async () => {
    const admit = by('jwt');
    for (let n = 0; n < 3; n += 1) expect((await admit(presented({ jwtSubject: 'me' }))).grant).toEqual(GRANT);
  });

  it('may have a name of 600 characters', async () => {
    keys.grants.set(`jwt ${'x'.repeat(600)}`, GRANT);
    expect((await by('jwt')(presented({ jwtSubject: 'x'.repeat(600) }))).grant).toEqual(GRANT);
  });

  it('costs one read a minute', async () => {
    const admit = by('jwt');
    for (const ms of [0, 1, 59_998]) {
      now += ms;
      await admit(presented({ jwtSubject: 'me' }));
    }
    expect(asked).toEqual(['me']);
    now += 1;
    await admit(presented({ jwtSubject: 'me' }));
    expect(asked).toEqual(['me', 'me']);
  });
});

describe('nobody else', () => {
  it.each([
    ['iam', {}, /needs a signature of AWS/],
    ['jwt', {}, /needs a token/],
    ['jwt', { iamArn: `${ROLE}/s` }, /needs a token/],
    ['iam', { jwtSubject: 'me' }, /needs a signature/],
    ['jwt', { jwtSubject: 'you' }, /"jwt you" may do nothing here\. Define what it may do under "principals:"/],
    ['jwt', { jwtSubject: ROLE }, /may do nothing/],
    ['iam', { iamArn: 'arn:aws:iam::123456789012:root' }, /may do nothing/],
    ['jwt', { jwtSubject: 'x'.repeat(601) }, /601 characters/],
    ['jwt', { keys: ['dk_x'] }, /needs a token/],
  ] as const)('by %s as %j is let in', async (kind, who, text) => {
    const error = await appErrorOf(by(kind)(presented(who)));
    expect(error.code).toBe('request.unauthorized');
    expect(error.message).toMatch(text);
  });

  it('is let in at a second try', async () => {
    const admit = by('jwt');
    for (let n = 0; n < 3; n += 1) {
      expect((await appErrorOf(admit(presented({ jwtSubject: 'you' })))).message).toMatch(/may do nothing/);
    }
    expect(asked).toEqual(['you']);
  });

  it('whose entry is damaged is let in, and the log says so', async () => {
    keys.grantOf = () => Promise.reject(new AppError('store.invalid', 'The principal "me" can not be read.'));
    expect((await appErrorOf(by('jwt')(presented({ jwtSubject: 'me' })))).message).toMatch(/may do nothing/);
    const fields = { error: 'The principal "me" can not be read.' };
    expect(log.lines).toContainEqual({ level: 'error', message: 'principal not readable', fields });
  });

  it('is let in while the table is away', async () => {
    keys.grantOf = () => Promise.reject(new AppError('store.unavailable', 'away'));
    expect((await appErrorOf(by('jwt')(presented({ jwtSubject: 'me' })))).code).toBe('store.unavailable');
  });
});
