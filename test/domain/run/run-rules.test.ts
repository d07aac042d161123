/** Small rules of a run: statuses, its first state, the options Dinghy fixes, masks and rows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAtLeast, savepointPathKey } from '../../../lib/domain/options/by-version.ts';
import type { Cell } from '../../../lib/domain/results/cell.ts';
import { uniqueNames } from '../../../lib/domain/results/column-names.ts';
import { maskCells } from '../../../lib/domain/results/mask-cells.ts';
import { bytesOfRows, RowCollector, type RowOptions } from '../../../lib/domain/results/row-collector.ts';
import { executionConfig, sendOptions, targetConfig } from '../../../lib/domain/run/execution-config.ts';
import { type NewRun, newRun, voidHead } from '../../../lib/domain/run/new-run.ts';
import { isSameHead, type RunHead } from '../../../lib/domain/run/run.ts';
import { type FlinkJobState, instanceStatusOf, isFinal, submitStatusOf } from '../../../lib/domain/run/status.ts';
import { maskOptions } from '../../../lib/domain/secrets/mask-output.ts';
import { headAt } from '../../builders/a-head.ts';

const JOB_ID = '0123456789abcdef0123456789abcdef';

describe('statuses', () => {
  it.each([
    ['FINISHED', true],
    ['FAILED', true],
    ['CANCELED', true],
    ['UNKNOWN', true],
    ['VOID', true],
    ['INITIALIZING', false],
    ['CREATED', false],
    ['RUNNING', false],
    ['FAILING', false],
    ['CANCELLING', false],
    ['RESTARTING', false],
    ['SUSPENDED', false],
    ['RECONCILING', false],
  ] as const)('%s is final: %s', (status, final) => expect(isFinal(status)).toBe(final));

  it("Flink's INITIALIZING is a job that exists: CREATED; every other state keeps its name", () => {
    expect(instanceStatusOf('INITIALIZING')).toBe('CREATED');
    const others: FlinkJobState[] = ['CREATED', 'RUNNING', 'FAILING', 'FAILED', 'CANCELLING', 'CANCELED', 'FINISHED'];
    expect(
      [...others, 'RESTARTING' as const, 'SUSPENDED' as const, 'RECONCILING' as const].map(instanceStatusOf),
    ).toEqual([...others, 'RESTARTING', 'SUSPENDED', 'RECONCILING']);
  });

  it.each([
    ['FAILED', 'FAILED'],
    ['FAILING', 'FAILED'],
    ['CANCELED', 'CANCEL'],
    ['CANCELLING', 'CANCEL'],
    ['INITIALIZING', 'SUCCESS'],
    ['CREATED', 'SUCCESS'],
    ['RESTARTING', 'SUCCESS'],
    ['RECONCILING', 'SUCCESS'],
    ['FINISHED', 'SUCCESS'],
  ] as const)('a job that never ran and is %s: the submission is %s; once it ran it is SUCCESS', (state, expected) => {
    expect(submitStatusOf({ state, ranAt: null, endedAt: null })).toBe(expected);
    expect(submitStatusOf({ state, ranAt: 5, endedAt: null })).toBe('SUCCESS');
  });
});

describe('the first state of a run', () => {
  const asked: NewRun = {
    ...{ id: 21, kind: 'job', taskId: 7, taskVersion: 3, fp: 'fp', name: 'orders', step: 2, clusterId: 4 },
    ...{ hosts: 'a:1,b:2', address: 'b:2', jobId: JOB_ID, jmId: 'jm', haCluster: 'ha', once: true },
    ...{ highAvailability: true },
    ...{ savePointPath: 's3://sp', writer: 'w1', createdBy: 'me', nonce: 'n1' },
  };

  it('is an intent that permits send 1, and keeps everything that was asked', () => {
    expect(newRun(asked, 1_000)).toEqual({
      ...asked,
      creation: 'n1',
      deployment: null,
      forgetsEnded: false,
      v: 1,
      status: 'INITIALIZING',
      submitStatus: 'INITIALIZE',
      intentAt: 1_000,
      sends: 1,
      open: [1],
      sentAt: 1_000,
      refusal: null,
      sqlRefusedSend: null,
      savepoint: null,
      ...{ restart: null, follows: null },
      otherJobId: null,
      cancelAskedAt: null,
      cancelAskedBy: null,
      missedAt: null,
      triedAt: null,
      triedWhy: null,
      missedBy: null,
      shownBy: null,
      lostAfterMs: null,
      givenUpFor: null,
      twinSince: null,
      endSeenAt: null,
      unreachableSince: null,
      lastSeenAt: null,
      refreshedAt: null,
      answeredAt: null,
      finishedAt: null,
      error: null,
      restarts: null,
      active: 'INTENT#1',
      events: [{ seq: 1, at: 1_000, status: 'INITIALIZING', cause: 'submitted', by: 'w1', who: 'me' }],
    });
  });

  it('a number that never became a run is final, permits no send and is in no index', () => {
    const head = voidHead(21, 7, 'w1', 1_000);
    expect(head).toMatchObject({ id: 21, taskId: 7, status: 'VOID', sends: 0, open: [], jobId: null, active: null });
    expect(head).toMatchObject({ v: 1, finishedAt: 1_000, writer: 'w1', once: true });
    expect(head.events.map(({ seq, status }) => [seq, status])).toEqual([[1, 'VOID']]);
    expect(voidHead(21, 7, 'w2', 1_000).nonce).not.toBe(head.nonce);
  });
});

describe('what Dinghy fixes for the statement that starts the job', () => {
  it.each([
    ['flink:8081', 'flink', '8081'],
    ['10.0.0.5:6123', '10.0.0.5', '6123'],
    ['https://flink.example.com:8443', 'flink.example.com', '8443'],
    ['https://flink.example.com:443', 'flink.example.com', '443'],
    ['http://flink:80', 'flink', '80'],
    ['flink:80', 'flink', '80'],
    ['https://flink.example.com', 'flink.example.com', '443'],
    ['[2001:db8::1]:8081', '[2001:db8::1]', '8081'],
    ['https://[::1]:443', '[::1]', '443'],
  ])('%s is the target %s, port %s', (address, host, port) => {
    expect(targetConfig(address)).toEqual({
      'execution.target': 'remote',
      'rest.address': host,
      'rest.port': port,
      'high-availability.type': 'NONE',
    });
  });

  const run = { kind: 'job', jobId: JOB_ID, address: 'jm:8081', savePointPath: null } as const;

  it('a job that is left to itself, under the id that was chosen', () => {
    expect(executionConfig(run, '2.3.0')).toEqual({
      ...{ 'execution.target': 'remote', 'rest.address': 'jm', 'rest.port': '8081', 'high-availability.type': 'NONE' },
      ...{ 'table.dml-sync': 'false', '$internal.pipeline.job-id': JOB_ID },
    });
    expect(executionConfig({ ...run, jobId: null }, '2.3.0')).not.toHaveProperty(['$internal.pipeline.job-id']);
  });

  it('a preview whose rows need no checkpoint to be seen', () => {
    const mode = 'execution.checkpointing.mode';
    expect(executionConfig({ ...run, kind: 'preview' }, '2.3.0')[mode]).toBe('AT_LEAST_ONCE');
    expect(executionConfig(run, '2.3.0')).not.toHaveProperty([mode]);
  });

  const OLD = 'execution.savepoint.path';
  const NEW = 'execution.state-recovery.path';
  it.each([
    ['1.17.2', OLD],
    ['1.18.1', OLD],
    ['1.19.3', OLD],
    ['1.20.0', NEW],
    ['1.20.3', NEW],
    ['2.0.0', NEW],
    ['2.1.0', NEW],
    ['2.2.1', NEW],
    ['2.3.0', NEW],
    ['2.4-SNAPSHOT', NEW],
  ])('Flink %s restores by %s, and is sent no name that it does not know', (version, key) => {
    expect(savepointPathKey(version)).toBe(key);
    // All but the path of the savepoint have had one name since 1.17.
    const always = ['execution.target', 'rest.address', 'rest.port', 'high-availability.type', 'table.dml-sync'];
    const names = [...always, '$internal.pipeline.job-id', key].sort();
    const config = executionConfig({ ...run, savePointPath: 's3://sp' }, version);
    expect(Object.keys(config).sort()).toEqual(names);
    expect(config[key]).toBe('s3://sp');
  });

  it.each([
    ['1.17.2', 'old'],
    ['1.19.3', 'old'],
    ['1.20.0', 'new'],
    ['2.3.0', 'new'],
  ])('Flink %s is told by names that it knows whose the state is, and whether all of it must fit', (version, names) => {
    const properties = {
      'execution.state-recovery.ignore-unclaimed-state': 'true',
      'execution.state-recovery.claim-mode': 'CLAIM',
    };
    const old = {
      'execution.savepoint.ignore-unclaimed-state': 'true',
      'execution.savepoint-restore-mode': 'CLAIM',
    };
    const config = sendOptions({ ...run, deployment: null }, properties, version);
    expect(config).toEqual({ ...executionConfig(run, version), ...(names === 'old' ? old : {}) });
    const own = { ...properties, 'execution.savepoint-restore-mode': 'NO_CLAIM' };
    expect(sendOptions({ ...run, deployment: null }, own, version)).not.toHaveProperty([
      'execution.savepoint-restore-mode',
    ]);
  });

  it.each([
    ['1.20.3', [1, 20], true],
    ['1.9.0', [1, 20], false],
    ['2.0.0', [1, 20], true],
    ['1.20.3', [2, 0], false],
    ['2.10.0', [2, 9], true],
  ] as const)('%s is at least %j: %s', (version, least, expected) => expect(isAtLeast(version, least)).toBe(expected));
});

describe('masks', () => {
  it('hide the values of sensitive options and keep all others', () => {
    expect(maskOptions({ password: 'a', 's3.access-key': 'b', 'key.format': 'json', name: '' })).toEqual({
      password: '******',
      's3.access-key': '******',
      'key.format': 'json',
      name: '',
    });
  });

  const row = (...fields: (string | null)[]): Cell => ({ op: '+I', fields });

  it('in the rows of SET, hide the value beside a sensitive key', () => {
    const rows = [row('s3.secret-key', 'hush'), row('s3.endpoint', 'http://s3'), row('x.password', null)];
    expect(maskCells(['key', 'value'], rows)).toEqual([
      row('s3.secret-key', '******'),
      row('s3.endpoint', 'http://s3'),
      row('x.password', null),
    ]);
  });

  it('find key and value wherever the columns stand', () => {
    expect(maskCells(['value', 'n', 'key'], [row('hush', 'a', 'db.password')])).toEqual([
      row('******', 'a', 'db.password'),
    ]);
  });

  it('in SHOW CREATE TABLE, hide what the text gives away', () => {
    const [cell] = maskCells(['result'], [row("CREATE TABLE t (a INT) WITH ('password' = 'hush', 'topic' = 'x')")]);
    expect(cell?.fields[0]).toBe("CREATE TABLE t (a INT) WITH ('password' = '******', 'topic' = 'x')");
  });

  it('keep the kind of each change', () => {
    expect(maskCells(['value'], [row("it's")])).toEqual([row("it's")]);
    expect(maskCells(['a'], [{ op: '-D', fields: ['1'] }])).toEqual([{ op: '-D', fields: ['1'] }]);
  });
});

describe('one and the same head', () => {
  it.each<[string, Partial<RunHead>, Partial<RunHead>, boolean]>([
    ['the one that was created, however it has changed', {}, { v: 9, nonce: 'n9', status: 'RUNNING' }, true],
    ['another of the same number', {}, { creation: 'n2' }, false],
    ['another number', {}, { id: 22 }, false],
    ['of an earlier version, which did not note it', { creation: null }, { creation: null }, false],
  ])('%s', (_what, a, b, same) => expect(isSameHead(headAt(1, a), headAt(1, b))).toBe(same));
});

describe('rows', () => {
  const LARGE: RowOptions = { maxRowNum: 100, useChangeLog: false, maxBytes: 100_000 };
  const cell = (op: Cell['op'], ...fields: (string | null)[]): Cell => ({ op, fields });
  const collect = (cells: readonly Cell[], options: Partial<RowOptions> = {}, columns = ['k', 'n']): RowCollector => {
    const rows = new RowCollector({ ...LARGE, ...options });
    rows.add(columns, cells);
    return rows;
  };
  const CHANGES = [
    cell('+I', 'a', '1'),
    cell('-U', 'a', '1'),
    cell('+U', 'a', '2'),
    cell('+I', 'b', '1'),
    cell('-D', 'b', '1'),
  ];

  it('without a change log, -U and -D take their row away again', () => {
    const rows = collect(CHANGES);
    expect(rows.columns).toEqual(['k', 'n']);
    expect(rows.kept().rows).toEqual([{ k: 'a', n: '2' }]);
  });

  it('with a change log, every change is a row with op as its first column', () => {
    const rows = collect(CHANGES, { useChangeLog: true });
    expect(rows.columns).toEqual(['op', 'k', 'n']);
    expect(rows.kept().rows).toEqual([
      { op: '+I', k: 'a', n: '1' },
      { op: '-U', k: 'a', n: '1' },
      { op: '+U', k: 'a', n: '2' },
      { op: '+I', k: 'b', n: '1' },
      { op: '-D', k: 'b', n: '1' },
    ]);
    expect(Object.keys(rows.kept().rows[0] ?? {})).toEqual(['op', 'k', 'n']);
  });

  it('a retraction takes one row of several equal ones', () => {
    const same = cell('+I', 'a', '1');
    const rows = collect([same, same, same, cell('-D', 'a', '1')]);
    expect(rows.kept().rows).toEqual([
      { k: 'a', n: '1' },
      { k: 'a', n: '1' },
    ]);
  });

  it('a retraction of a row that is not there takes nothing away', () => {
    expect(collect([cell('+I', 'a', '1'), cell('-D', 'a', '2'), cell('-U', 'x', '1')]).kept().rows).toEqual([
      { k: 'a', n: '1' },
    ]);
  });

  it('for any changes and any limit, what is left are the first of the inserts less the retractions that met one', () => {
    const change = fc.tuple(fc.constantFrom('+I', '-U', '+U', '-D' as const), fc.constantFrom('a', 'b', 'c'));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (list, maxRowNum) => {
        const table: string[] = [];
        for (const [op, k] of list) {
          const at = table.lastIndexOf(k);
          if (op.startsWith('+')) table.push(k);
          else if (at >= 0) table.splice(at, 1);
        }
        const cells = list.map(([op, k]) => cell(op, k));
        const rows = collect(cells, { maxRowNum }, ['k']);
        const kept = rows.kept();
        expect(kept.rows.map((row) => row['k'])).toEqual(table.slice(0, maxRowNum));
        expect([rows.isFull, rows.isOver]).toEqual([table.length >= maxRowNum, table.length > maxRowNum]);
        expect(kept.cutBy).toBe(table.length > maxRowNum ? 'rows' : null);
        expect(kept.bytes).toBe(kept.rows.length * '{"k":"a"}'.length);
      }),
    );
  });

  it('null and missing cells are empty texts; digits are kept as they come', () => {
    expect(collect([cell('+I', null, '9007199254740993'), cell('+I', 'x')]).kept().rows).toEqual([
      { k: '', n: '9007199254740993' },
      { k: 'x', n: '' },
    ]);
  });

  it('is full with as many rows as may be given, and over with one more', () => {
    const rows = new RowCollector({ ...LARGE, maxRowNum: 2 });
    const states = ['1', '2', '3'].map((k) => {
      rows.add(['k'], [cell('+I', k)]);
      return [rows.isFull, rows.isOver, rows.kept().cutBy];
    });
    expect(states).toEqual([
      [false, false, null],
      [true, false, null],
      [true, true, 'rows'],
    ]);
    expect(rows.kept().rows).toEqual([{ k: '1' }, { k: '2' }]);
  });

  it('the retraction of a row over the limit takes away none of those that are given', () => {
    const rows = collect([cell('+I', 'a'), cell('+I', 'b'), cell('+I', 'c'), cell('-D', 'c')], { maxRowNum: 2 }, ['k']);
    expect(rows.kept()).toMatchObject({ rows: [{ k: 'a' }, { k: 'b' }], cutBy: null });
    expect([rows.isFull, rows.isOver]).toEqual([true, false]);
  });

  it('nor does the retraction of an equal row over the limit', () => {
    const rows = collect([cell('+I', 'a'), cell('+I', 'a'), cell('-D', 'a')], { maxRowNum: 1 }, ['k']);
    expect(rows.kept()).toMatchObject({ rows: [{ k: 'a' }], cutBy: null });
  });

  it('a row over the limit takes the place of one that is taken away', () => {
    const rows = collect([cell('+I', 'a'), cell('+I', 'b'), cell('+I', 'c'), cell('-D', 'a')], { maxRowNum: 2 }, ['k']);
    expect(rows.kept().rows).toEqual([{ k: 'b' }, { k: 'c' }]);
  });

  it('gives as many rows as fit in bytes, counted in UTF-8, and says that some were left out', () => {
    // {"k":"é"} has 10 bytes.
    const rows = collect([cell('+I', 'é'), cell('+I', 'é'), cell('+I', 'é')], { maxBytes: 20 }, ['k']);
    expect(rows.isOver).toBe(true);
    expect(rows.kept()).toEqual({ rows: [{ k: 'é' }, { k: 'é' }], bytes: 20, cutBy: 'size' });
    const fits = collect([cell('+I', 'é'), cell('+I', 'é')], { maxBytes: 20 }, ['k']);
    expect([fits.kept().rows.length, fits.kept().cutBy, fits.isOver]).toEqual([2, null, false]);
  });

  it('rows are measured as they are stored, in UTF-8', () => {
    expect(bytesOfRows([{ k: 'é' }, { k: '' }])).toBe(10 + 8);
    expect(bytesOfRows([])).toBe(0);
  });

  it('has no columns before the first page', () => {
    expect(new RowCollector(LARGE).columns).toEqual([]);
  });

  it('a retraction that finds nothing changes no sizes', () => {
    const rows = collect([cell('-D', 'x'), cell('+I', 'é'), cell('+I', 'é')], { maxBytes: 19 }, ['k']);
    expect(rows.isOver).toBe(true);
    expect(rows.kept()).toEqual({ rows: [{ k: 'é' }], bytes: 10, cutBy: 'size' });
  });

  it('a retraction gives its bytes back', () => {
    const rows = collect([cell('+I', 'é'), cell('-D', 'é'), cell('+I', 'é')], { maxBytes: 10 }, ['k']);
    expect(rows.isOver).toBe(false);
    expect(rows.kept()).toEqual({ rows: [{ k: 'é' }], bytes: 10, cutBy: null });
  });

  it('keeps its columns when a page names none, and knows them without rows', () => {
    const rows = collect([], {}, ['k']);
    rows.add([], [cell('+I', 'a')]);
    expect([rows.columns, rows.kept().rows]).toEqual([['k'], [{ k: 'a' }]]);
  });

  it('hundreds of thousands of changes take no long time', () => {
    const many = Array.from({ length: 150_000 }, (_, n) => String(n % 5_000));
    const rows = collect(
      many.map((k) => cell('+I', k)),
      { maxRowNum: 10 },
      ['k'],
    );
    rows.add(
      ['k'],
      many.slice(5_000).map((k) => cell('-D', k)),
    );
    expect(rows.kept().rows).toHaveLength(10);
  });
});

describe('columns of awkward names', () => {
  it('a column that is called op stands beside the kind of change, under another name', () => {
    const rows = new RowCollector({ maxRowNum: 10, useChangeLog: true, maxBytes: 1_000 });
    rows.add(['op', 'a'], [{ op: '-D', fields: ['mine', '1'] }]);
    expect(rows.columns).toEqual(['op', 'op0', 'a']);
    expect(rows.kept().rows).toEqual([{ op: '-D', op0: 'mine', a: '1' }]);
  });

  it.each([
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [
      ['a', 'a', 'a'],
      ['a', 'a0', 'a1'],
    ],
    [
      ['op', 'op', 'op0'],
      ['op', 'op1', 'op0'],
    ],
    [
      ['a', 'a0', 'a'],
      ['a', 'a0', 'a1'],
    ],
    [
      ['', ''],
      ['', '0'],
    ],
  ])('%j become %j', (names, unique) => expect(uniqueNames(names)).toEqual(unique));
});
