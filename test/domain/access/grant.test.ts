/** What a caller may do: tasks, verbs, time, and the decision about one call. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AccessKey, keyNameProblem, keyState } from '../../../lib/domain/access/access-key.ts';
import { readLifetime } from '../../../lib/domain/access/lifetime.ts';
import { EVERYTHING, mayCall } from '../../../lib/domain/access/may-call.ts';
import { callerOf, keptPrincipal, type Principal, withoutSession } from '../../../lib/domain/access/principal.ts';
import { isInScope, readTaskScope } from '../../../lib/domain/access/task-scope.ts';
import { readVerbs, USUAL_VERBS, VERBS } from '../../../lib/domain/access/verbs.ts';
import { thrownAppError } from '../../builders/app-error-of.ts';

describe('the tasks of a caller', () => {
  it.each([
    ['*', '*'],
    [' * ', '*'],
    ['1', '1'],
    ['1,2,10-20', '1-2,10-20'],
    ['20 - 30, 1 ,25-40', '1,20-40'],
    ['20- 30', '20-30'],
    ['20 -30', '20-30'],
    [`${'1,'.repeat(499)}22`, '1,22'],
    ['5,5,5', '5'],
    ['3,2,1', '1-3'],
    ['1-2147483647', '1-2147483647'],
    ['007', '7'],
  ])('%j is kept as %s', (text, kept) => expect(readTaskScope(text)).toBe(kept));

  it.each([
    ['', '"" is no task'],
    ['0', '"0" is no task'],
    ['1,', '"" is no task'],
    ['-5', '"-5" is no task'],
    ['5-', '"5-" is no task'],
    ['1-2-3', '"1-2-3" is no task'],
    ['20-10', 'Write it as 10-20'],
    ['2147483648', 'is no task'],
    ['1;2', '"1;2" is no task'],
    ['**', '"**" is no task'],
    ['1,*', '"*" is no task'],
    ['1.5', '"1.5" is no task'],
    ['nightly', '"nightly" is no task. Give ids from 1 to 2147483647 and ranges of them, such as 1,2,10-20'],
    ['0-5', '"0-5" is no task'],
    ['5-2147483648', '"5-2147483648" is no task'],
    [`${'1,'.repeat(500)}1`, '1001 characters'],
  ])('%j is refused', (text, hint) => {
    const { code, message } = thrownAppError(() => readTaskScope(text));
    expect(code).toBe('request.invalid');
    expect(message).toContain(hint);
  });

  it('let the same tasks through as the list that was written', () => {
    const range = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat(9)).map(([from, more]) => [from, from + more]);
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 60 }), (ranges, id) => {
        const scope = readTaskScope(ranges.map((ends) => ends.join('-')).join(','));
        expect(isInScope(scope, id)).toBe(ranges.some(([from = 0, to = 0]) => from <= id && id <= to));
        expect(readTaskScope(scope)).toBe(scope);
      }),
    );
  });

  it.each(['', 'all', '1;2', '9-1', ' '])('that are stored as %j let nothing through', (scope) => {
    for (const id of [1, 2, 9]) expect(isInScope(scope, id)).toBe(false);
  });
});

describe('verbs', () => {
  it.each([
    ['submit', ['submit']],
    ['READ, submit,read', ['submit', 'read']],
    ['adhoc,analyse,control', ['control', 'analyse', 'adhoc']],
  ])('%j are read', (text, verbs) => expect(readVerbs(text)).toEqual(verbs));

  it.each(['', 'all', 'submit,', 'submit read', '*'])('%j are refused, with those that there are', (text) => {
    const { code, message } = thrownAppError(() => readVerbs(text));
    expect(code).toBe('request.invalid');
    expect(message).toMatch(/submit,read,control,analyse,adhoc/);
  });

  it('are all given to whoever asks for none by name, but the one that runs statements of the caller', () => {
    expect([...USUAL_VERBS, 'adhoc']).toEqual(VERBS);
  });
});

describe('a lifetime', () => {
  it.each([
    ['90d', 90 * 86_400_000],
    ['12h', 12 * 3_600_000],
    ['30m', 30 * 60_000],
    [' 1 D ', 86_400_000],
    ['0m', 0],
    ['3650d', 3_650 * 86_400_000],
  ])('%j is read', (text, ms) => expect(readLifetime('--expires', text)).toBe(ms));

  it.each(['', '90', 'd', '-1d', '1.5d', '3651d', '9999d', '1y', '90d90d'])('%j is refused', (text) => {
    const { code, message } = thrownAppError(() => readLifetime('--expires', text));
    expect(code).toBe('request.invalid');
    expect(message).toMatch(/^--expires is ".*"\. Give minutes, hours or days/);
  });
});

describe('a stored key', () => {
  const key: AccessKey = {
    hash: 'ab',
    id: 'k1',
    name: 'nightly',
    tasks: '*',
    verbs: ['read'],
    createdBy: 'me',
    createdAt: 1,
    expiresAt: null,
    revokedAt: null,
  };
  it.each([
    [{}, 'active'],
    [{ expiresAt: 1_001 }, 'active'],
    [{ expiresAt: 1_000 }, 'expired'],
    [{ revokedAt: 5_000 }, 'revoked'],
    [{ revokedAt: 1, expiresAt: 1 }, 'revoked'],
  ])('with %j is %s', (change, state) => expect(keyState({ ...key, ...change }, 1_000)).toBe(state));

  it.each(['a', 'nightly', 'team-a.ci_2', 'x'.repeat(63)])('may be called %j', (name) => {
    expect(keyNameProblem(name)).toBeNull();
  });
  it.each(['', '-a', 'a b', 'a#b', 'ä', 'a/b', 'x'.repeat(64), 'a\n'])('may not be called %j', (name) => {
    expect(keyNameProblem(name)).toMatch(/1 to 63 letters/);
  });
});

describe('a call', () => {
  const grant = { tasks: '1-3', verbs: ['submit', 'read'] } as const;
  it.each([
    ['submit', 2, 'allowed'],
    ['read', null, 'allowed'],
    [null, null, 'allowed'],
    [null, 3, 'allowed'],
    ['control', 2, 'otherVerb'],
    ['control', 9, 'otherVerb'],
    ['adhoc', null, 'otherVerb'],
    ['submit', 4, 'otherTask'],
    [null, 4, 'otherTask'],
    ['submit', 'unstored', 'unstoredTask'],
    ['control', 'unstored', 'otherVerb'],
  ] as const)('%s of task %s is %s', (verb, task, decision) => expect(mayCall(grant, verb, task)).toBe(decision));

  it('is always allowed to whoever may do everything', () => {
    for (const verb of ['submit', 'adhoc', 'control'] as const) expect(mayCall(EVERYTHING, verb, 7)).toBe('allowed');
    expect(mayCall(EVERYTHING, 'analyse', 'unstored')).toBe('allowed');
    expect(mayCall({ ...grant, tasks: '1-2147483647' }, null, 'unstored')).toBe('unstoredTask');
  });
});

describe('a principal', () => {
  const one: Principal = { kind: 'key', name: 'a', keyId: 'k1', sourceIp: '203.0.113.7', requestId: 'r1' };
  it.each([
    [one, 'key a (k1)'],
    [{ ...one, keyId: null }, 'key a (?)'],
    [{ ...one, kind: 'none', name: '', keyId: null }, 'anonymous'],
    [{ ...one, kind: 'schedule', name: 'nightly', keyId: null }, 'eventbridge'],
    [{ ...one, kind: 'iam', name: 'arn:aws:iam::1:user/a', keyId: null }, 'iam arn:aws:iam::1:user/a'],
    [{ ...one, kind: 'jwt', name: 'a', keyId: null }, 'jwt a'],
  ] as const)('is called by one text', (principal, text) => expect(callerOf(principal)).toBe(text));

  const role = 'arn:aws:sts::123456789012:assumed-role/etl';
  it.each([
    [`${role}/session-1`, role],
    [`${role}/a\nb`, role],
    [role, role],
    ['arn:aws:iam::123456789012:user/etl', 'arn:aws:iam::123456789012:user/etl'],
    [`arn:aws:iam::1:user/${role}/me`, `arn:aws:iam::1:user/${role}/me`],
  ])('that AWS calls %j is known as %j', (arn, name) => expect(withoutSession(arn)).toBe(name));

  it('is kept in a few bytes', () => {
    const long = { ...one, name: 'n'.repeat(600), sourceIp: '1'.repeat(600), requestId: 'r'.repeat(600) };
    const { name, sourceIp, requestId, ...rest } = keptPrincipal(long);
    expect(rest).toEqual({ kind: 'key', keyId: 'k1' });
    expect([name, sourceIp ?? '', requestId].map((text) => Buffer.byteLength(text))).toEqual([150, 60, 100]);
    expect(keptPrincipal(one)).toEqual(one);
    expect(keptPrincipal({ ...one, sourceIp: null }).sourceIp).toBeNull();
  });

  it('has a name space that no other has', () => {
    const kind = fc.constantFrom<Principal['kind']>('key', 'iam', 'jwt');
    const text = fc.constantFrom('a', 'b', 'a (k1)', 'anonymous', 'key a', 'jwt a');
    const principal = fc.record({ kind, name: text }).map((two) => {
      const keyId = two.kind === 'key' ? `k${two.name.length}` : null;
      return { ...one, ...two, keyId };
    });
    fc.assert(
      fc.property(principal, principal, (a, b) => {
        expect(callerOf(a) === callerOf(b)).toBe(a.kind === b.kind && a.name === b.name);
      }),
    );
  });
});
