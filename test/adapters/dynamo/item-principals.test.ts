/** Who has asked for a run, and which run a preview belongs to: read whole, or not at all. */
import { describe, expect, it } from 'vitest';
import { previewSchema } from '../../../lib/adapters/dynamo/item-schemas.ts';
import { readHead, toHeadItem } from '../../../lib/adapters/dynamo/job-items.ts';
import { previewKey } from '../../../lib/adapters/dynamo/job-keys.ts';
import { readItem } from '../../../lib/adapters/dynamo/read-item.ts';
import type { Principal } from '../../../lib/domain/access/principal.ts';
import { headAt } from '../../builders/a-head.ts';
import { thrownAppError } from '../../builders/app-error-of.ts';

const ASKED: Principal = { kind: 'key', name: 'ops', keyId: 'k1', sourceIp: '203.0.113.7', requestId: 'r-9' };
const stored = (principal: object) => ({ ...toHeadItem(headAt(5)), principal });

describe('who has asked for a run', () => {
  it.each(['key', 'iam', 'jwt', 'none', 'schedule'] as const)('is read again: %s', (kind) => {
    const principal = { ...ASKED, kind };
    expect(readHead(stored(principal)).principal).toEqual(principal);
  });

  it('need not have a key or an address', () => {
    const { keyId: _, sourceIp: __, ...rest } = ASKED;
    expect(readHead(stored(rest)).principal).toEqual({ ...rest, keyId: null, sourceIp: null });
  });

  it.each([
    [{ kind: 'person' }, '"principal.kind" must be one of key, iam, jwt, none, schedule, not the text "person"'],
    [{ kind: undefined }, '"principal.kind" is missing'],
    [{ name: 7 }, '"principal.name" must be text, not the number 7'],
    [{ keyId: 7 }, '"principal.keyId" must be text, not the number 7'],
    [{ sourceIp: true }, '"principal.sourceIp" must be text, not true'],
    [{ requestId: undefined }, '"principal.requestId" is missing'],
  ])('is not read with %j', (change, problem) => {
    const { code, message } = thrownAppError(() => readHead(stored({ ...ASKED, ...change })));
    expect(code).toBe('store.invalid');
    expect(message).toContain(problem);
  });

  it('is a map', () => {
    const { message } = thrownAppError(() => readHead({ ...stored({}), principal: 'ops' }));
    expect(message).toContain('"principal" must be a map, not the text "ops"');
  });
});

describe('the run of a preview', () => {
  it('is a number, and nothing else', () => {
    const item = (runId: unknown) => ({ ...previewKey('0a'), runId });
    expect(readItem(previewSchema, item(7))).toEqual({ runId: 7 });
    for (const runId of [undefined, '7', 0, 1.5]) {
      expect(thrownAppError(() => readItem(previewSchema, item(runId))).message).toContain('JOB#0a, RUN');
    }
  });
});
