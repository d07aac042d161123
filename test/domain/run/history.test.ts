/** The history of a run (protocol.md section 8). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Principal, Requester } from '../../../lib/domain/access/principal.ts';
import { appendEvent, foldEvents, requestedBy, shownEvents } from '../../../lib/domain/run/history.ts';
import type { RunEvent } from '../../../lib/domain/run/run.ts';
import type { InstanceStatus } from '../../../lib/domain/run/status.ts';

const PRINCIPAL = { kind: 'key', name: 'ops', keyId: 'k1', sourceIp: '203.0.113.7', requestId: 'r1' } as const;

const STATUSES: InstanceStatus[] = ['RUNNING', 'RESTARTING', 'CREATED', 'CANCELLING'];

function history(statuses: readonly InstanceStatus[], cause = (n: number) => `cause ${n}`): RunEvent[] {
  let events: RunEvent[] = [];
  for (const [i, status] of statuses.entries()) {
    events = appendEvent(events, { at: 1_000 + i, status, cause: cause(i + 1), by: 'w1' });
  }
  return events;
}

const counted = (events: readonly RunEvent[]): number => events.reduce((sum, { count }) => sum + (count ?? 1), 0);

describe('the history of a run', () => {
  it('counts from 1 without gaps', () => {
    const events = history(['INITIALIZING', 'CREATED', 'RUNNING']);
    expect(events).toEqual([
      { seq: 1, at: 1_000, status: 'INITIALIZING', cause: 'cause 1', by: 'w1' },
      { seq: 2, at: 1_001, status: 'CREATED', cause: 'cause 2', by: 'w1' },
      { seq: 3, at: 1_002, status: 'RUNNING', cause: 'cause 3', by: 'w1' },
    ]);
  });

  it('does not change the list it is given', () => {
    const before = Object.freeze(history(Array.from({ length: 80 }, () => 'RUNNING' as const)));
    const copy = structuredClone(before);
    appendEvent(before, { at: 9, status: 'RUNNING', cause: 'x', by: 'w1' });
    expect(before).toEqual(copy);
  });

  it('cuts a long cause', () => {
    expect(history(['FAILED'], () => 'x'.repeat(1_000))[0]?.cause.length).toBeLessThanOrEqual(200);
  });

  it('keeps short events up to 50 as they are', () => {
    const events = history(
      Array.from({ length: 50 }, (_, i) => (i % 2 ? 'RESTARTING' : 'RUNNING')),
      () => 'x',
    );
    expect(events).toHaveLength(50);
    expect(events.every(({ count }) => count === undefined)).toBe(true);
  });

  it('folds pairs of RUNNING and RESTARTING in the middle before anything else', () => {
    const flips = Array.from({ length: 200 }, (_, i): InstanceStatus => (i % 2 ? 'RESTARTING' : 'RUNNING'));
    const events = history(['INITIALIZING', 'CREATED', ...flips, 'CANCELLING', 'CANCELED'], () => 'x');
    const kept = events.map(({ status, count }) => (count === undefined ? status : 'folded'));
    expect(kept.slice(0, 2)).toEqual(['INITIALIZING', 'CREATED']);
    expect(kept.slice(-2)).toEqual(['CANCELLING', 'CANCELED']);
    expect(kept.filter((one) => one === 'folded')).toHaveLength(1);
    expect(counted(events)).toBe(204);
  });

  it('never folds the last event, not even when it makes the only pair', () => {
    const created = Array.from({ length: 60 }, () => 'CREATED' as const);
    const events = history([...created, 'RUNNING', 'RESTARTING'], () => 'x'.repeat(200));
    expect(events.length).toBeLessThan(62);
    expect(events.at(-1)).toEqual({ seq: 62, at: 1_061, status: 'RESTARTING', cause: 'x'.repeat(200), by: 'w1' });
    expect(events.at(-2)?.status).toBe('RUNNING');
  });

  it('for any history: first and last are kept, nothing is lost from the count, order holds, and it fits', () => {
    const one = fc.record({ status: fc.constantFrom(...STATUSES), length: fc.integer({ min: 1, max: 300 }) });
    fc.assert(
      fc.property(fc.array(one, { minLength: 3, maxLength: 250 }), (list) => {
        const events = history(
          list.map(({ status }) => status),
          (n) => 'x'.repeat(list[n - 1]?.length ?? 1),
        );
        expect(events.length).toBeLessThanOrEqual(100);
        expect(JSON.stringify(events).length).toBeLessThanOrEqual(5_000);
        expect(events[0]).toMatchObject({ seq: 1, status: list[0]?.status });
        expect(events.at(-1)).toMatchObject({ seq: list.length, status: list.at(-1)?.status, at: 999 + list.length });
        expect(events.at(-1)).not.toHaveProperty('count');
        expect(counted(events)).toBe(list.length);
        // Gap-free: what an event stands for begins where the one before it ended.
        let before = 0;
        for (const { seq, count } of events) {
          expect(seq - (count ?? 1)).toBe(before);
          before = seq;
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('a history that has to make room', () => {
  const bytes = (events: readonly RunEvent[]): number => JSON.stringify(events).length;
  const statusesOf = (events: readonly RunEvent[]): string[] =>
    events.map(({ status, count }) => (count === undefined ? status : `${count} ${status}`));
  const foldedOnce = (...statuses: InstanceStatus[]): string[] => {
    const events = history(statuses, () => 'x'.repeat(100));
    return statusesOf(foldEvents(events, bytes(events) - 1));
  };

  it('stays the very list where it fits to the byte, and where nothing can be folded', () => {
    const events = history(['INITIALIZING', 'CREATED', 'RUNNING']);
    expect(foldEvents(events, bytes(events))).toBe(events);
    for (const few of [[], events.slice(0, 1), events.slice(0, 2)]) expect(foldEvents(few, 0)).toBe(few);
  });

  it('folds restarts wherever they are in the middle', () => {
    expect(foldedOnce('CREATED', 'RUNNING', 'RESTARTING', 'CANCELLING', 'CANCELED')).toEqual([
      ...['CREATED', '2 RESTARTING', 'CANCELLING', 'CANCELED'],
    ]);
    expect(foldedOnce('RUNNING', 'RESTARTING', 'CREATED', 'CREATED', 'RUNNING', 'RESTARTING', 'CANCELED')).toEqual([
      ...['RUNNING', 'RESTARTING', 'CREATED', 'CREATED', '2 RESTARTING', 'CANCELED'],
    ]);
  });

  it('and the second event into the third where there are none', () => {
    expect(foldedOnce('CREATED', 'FAILING', 'CANCELLING', 'CANCELED')).toEqual(['CREATED', '2 CANCELLING', 'CANCELED']);
  });

  it('says how many events one stands for', () => {
    const events = history(['CREATED', 'RUNNING', 'RESTARTING', 'RUNNING', 'FAILED'], () => 'x'.repeat(100));
    expect(foldEvents(events, bytes(events) - 1)[1]).toMatchObject({
      seq: 3,
      cause: 'RESTARTING and the like, 2 events',
    });
    expect(foldEvents(events, 480)[1]).toMatchObject({ seq: 4, cause: 'RUNNING and the like, 3 events', count: 3 });
  });
});

describe('who asked', () => {
  const ASKED = { caller: 'key ops (k1)', principal: PRINCIPAL } as const;
  const add = (events: readonly RunEvent[], status: InstanceStatus, requester?: Requester): RunEvent[] =>
    appendEvent(events, { at: 1, status, cause: 'x'.repeat(150), by: 'w1', ...requestedBy(requester) });
  const askers = (events: readonly RunEvent[]): unknown[] => events.flatMap(({ principal }) => principal ?? []);

  it('is kept as a value, or as a text where that is all', () => {
    const [first, second, third] = add(add(add([], 'CREATED', ASKED), 'RUNNING', { caller: 'me' }), 'FAILED');
    expect(first).toMatchObject({ principal: PRINCIPAL });
    expect(first).not.toHaveProperty('who');
    expect(second).toMatchObject({ who: 'me' });
    expect(third).not.toHaveProperty('who');
    expect(third).not.toHaveProperty('principal');
  });

  it('is cut, whatever a caller brings', () => {
    const long = { ...PRINCIPAL, name: '表'.repeat(900), requestId: 'r'.repeat(900), sourceIp: '1'.repeat(900) };
    const [event] = add([], 'RUNNING', { caller: 'me', principal: long });
    expect(JSON.stringify(event).length).toBeLessThan(700);
    expect(event?.principal?.keyId).toBe('k1');
  });

  it('outlasts any number of changes that nobody asked for', () => {
    let events = add(add([], 'CREATED', ASKED), 'RUNNING');
    events = add(events, 'RUNNING', { ...ASKED, principal: { ...PRINCIPAL, name: 'stopped' } });
    for (let n = 0; n < 300; n += 1) events = add(events, n % 2 ? 'RUNNING' : 'RESTARTING');
    events = add(events, 'RUNNING', { ...ASKED, principal: { ...PRINCIPAL, name: 'killed' } });
    for (let n = 0; n < 300; n += 1) events = add(events, n % 3 ? 'FAILING' : 'RESTARTING');
    expect(askers(events).map((one) => (one as Principal).name)).toEqual(['ops', 'stopped', 'killed']);
    expect(counted(events)).toBe(604);
  });

  it('makes room like the rest where there are too many who ask: the first and the latest stay', () => {
    let events: RunEvent[] = [];
    for (let n = 1; n <= 100; n += 1) {
      events = add(events, 'RUNNING', { ...ASKED, principal: { ...PRINCIPAL, name: `caller ${n}` } });
    }
    expect(JSON.stringify(events).length).toBeLessThanOrEqual(5_000);
    expect(counted(events)).toBe(100);
    const names = askers(events).map((one) => (one as Principal).name);
    expect([names[0], names.at(-1)]).toEqual(['caller 1', 'caller 100']);
  });

  it('is shown with each event, that of the first from the run itself, also where an earlier version has stored a text', () => {
    const events = add(add(add([], 'CREATED', { caller: 'key ops (k1)' }), 'RUNNING', ASKED), 'RUNNING', {
      caller: 'me',
    });
    const shown = shownEvents({ events: add(events, 'FAILED'), principal: PRINCIPAL });
    expect(shown.map(({ who, principal }) => [who, principal])).toEqual([
      ['key ops (k1)', PRINCIPAL],
      ['key ops (k1)', PRINCIPAL],
      ['me', undefined],
      [undefined, undefined],
    ]);
    expect(shownEvents({ events }).map(({ principal }) => principal)).toEqual([undefined, PRINCIPAL, undefined]);
  });
});

it('what the latest event says is kept where there is room for two alone', () => {
  const events = history(['CREATED', 'RUNNING', 'RESTARTING', 'FAILED'], (n) => `cause ${n}`);
  expect(foldEvents(events, 0)).toEqual([events[0], { ...events[3], count: 3 }]);
});

describe('the share of HEAD that a history may take', () => {
  it('is counted in bytes, whatever the script of its causes', () => {
    const events = history(
      Array.from({ length: 60 }, () => 'FAILING' as const),
      () => '表'.repeat(200),
    );
    expect(new TextEncoder().encode(JSON.stringify(events)).length).toBeLessThanOrEqual(5_000);
    expect(counted(events)).toBe(60);
  });
});
