/** HEAD stays under its stated size, as DynamoDB counts it, whatever the script of its texts. */
import { type AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHeadItem, toHeadUpdate } from '../../lib/adapters/dynamo/job-items.ts';
import { cutText } from '../../lib/domain/cut-text.ts';
import { boundedChange } from '../../lib/domain/head-size.ts';
import { newRun } from '../../lib/domain/new-run.ts';
import type { HeadChange, RunEvent, RunHead } from '../../lib/domain/run.ts';
import { headAt } from './a-head.ts';

const MOST_BYTES = 8 * 1024;
const utf8 = (text: string): number => Buffer.byteLength(text);

/** The rules of DynamoDB's documentation: names and texts in UTF-8, 3 bytes for a list or map and 1 for each of its entries. */
function sizeOf(value: AttributeValue): number {
  if (value.S !== undefined) return utf8(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.replace(/[-.]/g, '').length / 2) + 2;
  if (value.L !== undefined) return value.L.reduce((sum, one) => sum + 1 + sizeOf(one), 3);
  if (value.M !== undefined) return Object.entries(value.M).reduce((sum, [k, v]) => sum + 1 + utf8(k) + sizeOf(v), 3);
  return 1;
}

const itemSize = (head: RunHead): number =>
  Object.entries(marshall(toHeadItem(head))).reduce((sum, [name, value]) => sum + utf8(name) + sizeOf(value), 0);

const SCRIPTS = ['x', '表', '😀', 'é', '"\\', '\u0000', '\ud83d', '\ude00', 'añ😀表'];
const text = (most: number): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom(...SCRIPTS), fc.nat({ max: most })).map(([one, times]) => one.repeat(times));
const address = (most: number): fc.Arbitrary<string> => fc.nat({ max: most }).map((length) => 'h'.repeat(length));
const at = fc.constantFrom(null, 1_769_860_800_000);

const born = fc.record({
  name: text(4_000),
  createdBy: text(2_000),
  hosts: address(800),
  address: address(260),
  jmId: address(260),
  savePointPath: fc.oneof(fc.constant(null), text(3_000)),
});

const change: fc.Arbitrary<{ change: HeadChange; cause: string | null }> = fc.record({
  change: fc.record(
    {
      error: text(4_000),
      refusal: text(4_000),
      triedWhy: text(4_000),
      cancelAskedBy: text(4_000),
      cancelAskedAt: at,
      missedAt: at,
      lastSeenAt: at,
      finishedAt: at,
      open: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 40 }),
      status: fc.constantFrom('RUNNING', 'RESTARTING', 'FAILED'),
    },
    { requiredKeys: [] },
  ),
  cause: fc.oneof(fc.constant(null), text(400)),
});

describe('the size of HEAD', () => {
  it('stays under 8 KB for any texts and any history', () => {
    fc.assert(
      fc.property(born, fc.array(change, { maxLength: 60 }), (run, changes) => {
        const what = {
          id: 2_147_483_646,
          kind: 'job',
          taskId: 2_147_483_647,
          taskVersion: 9,
          fp: 'f'.repeat(64),
        } as const;
        const how = { step: 2, clusterId: 9, jobId: 'a'.repeat(32), highAvailability: true, once: false };
        let head = newRun(
          { ...what, ...how, ...run, writer: 'w'.repeat(16), nonce: 'n'.repeat(32) },
          1_769_860_800_000,
        );
        expect(itemSize(head)).toBeLessThan(MOST_BYTES);
        for (const { change: next, cause } of changes) {
          const event = cause === null ? null : { at: 1_769_860_800_000, cause, by: 'w'.repeat(16) };
          head = { ...toHeadUpdate(head, next, event, 'm'.repeat(32)).next };
          expect(itemSize({ ...head, refreshedAt: 1_769_860_800_000 })).toBeLessThan(MOST_BYTES);
        }
        expect(JSON.stringify(head)).not.toMatch(/\\ud[89a-f]/i);
      }),
      { numRuns: 60 },
    );
  });
});

describe('what an update sets', () => {
  const AT = 1_769_860_800_000;
  const event = { at: AT, cause: 'seen', by: 'w1' };
  const events = (count: number): RunEvent[] =>
    Array.from({ length: count }, (_, n) => ({
      seq: n + 1,
      at: AT,
      status: 'CREATED',
      cause: 'x'.repeat(20),
      by: 'w1',
    }));

  it('is the change, and no history where nothing has happened and all fits', () => {
    expect(boundedChange(headAt(AT), { missedAt: 5 }, null)).toEqual({ missedAt: 5 });
  });

  it('is the change with its event: of the new status, or of the one that stays', () => {
    const head = headAt(AT, { status: 'CREATED', events: events(2) });
    expect(boundedChange(head, { status: 'RUNNING' }, event)).toEqual({
      status: 'RUNNING',
      events: [...events(2), { ...event, seq: 3, status: 'RUNNING' }],
    });
    expect(boundedChange(head, { missedAt: 5 }, event).events?.at(-1)).toEqual({ ...event, seq: 3, status: 'CREATED' });
  });

  it.each([1_000, 5_000])('leaves the history what the rest leaves of 8 KB, with room to spare (%i bytes)', (most) => {
    const head = headAt(AT, { hosts: 'h'.repeat(most), events: events(80) });
    const { events: folded = [], ...changed } = boundedChange(head, { missedAt: 5 }, null);
    expect(changed).toEqual({ missedAt: 5 });
    const bytes = utf8(JSON.stringify({ ...head, ...changed, events: folded }));
    expect(bytes).toBeLessThan(MOST_BYTES - 390);
    // And no more is folded than must be.
    if (most === 5_000) expect(bytes).toBeGreaterThan(MOST_BYTES - 800);
    else expect(utf8(JSON.stringify(folded))).toBeGreaterThan(4_600);
    expect(utf8(JSON.stringify(folded))).toBeLessThanOrEqual(5_000);
  });
});

describe('a text that is cut', () => {
  it('keeps whole characters, says that it was cut, and takes no more than it may', () => {
    fc.assert(
      fc.property(text(500), fc.integer({ min: 3, max: 400 }), (whole, most) => {
        const cut = cutText(whole, most);
        expect(utf8(cut)).toBeLessThanOrEqual(most);
        expect(Buffer.from(cut).toString()).toBe(cut);
        const wellFormed = Buffer.from(whole).toString();
        if (utf8(wellFormed) <= most) expect(cut).toBe(wellFormed);
        else expect(cut.endsWith('…') && wellFormed.startsWith(cut.slice(0, -1))).toBe(true);
      }),
    );
  });
});
