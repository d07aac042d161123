/** Small rules of a run: statuses, its first state, the options Dinghy fixes, masks and rows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { executionConfig, targetConfig } from '../../lib/domain/execution-config.ts';
import { isAtLeast, savepointPathKey } from '../../lib/domain/flink-options.ts';
import { type FlinkJobState, instanceStatusOf, isFinal, submitStatusOf } from '../../lib/domain/job-status.ts';
import { maskCells } from '../../lib/domain/mask-cells.ts';
import { maskOptions } from '../../lib/domain/mask-options.ts';
import { type NewRun, newRun, voidHead } from '../../lib/domain/new-run.ts';
import type { Cell } from '../../lib/domain/ports.ts';
import { RowCollector, type RowOptions } from '../../lib/domain/result-rows.ts';

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
    ...{ hosts: 'a:1,b:2', address: 'b:2', jobId: JOB_ID, jmId: 'jm', highAvailability: true, once: true },
    ...{ savePointPath: 's3://sp', writer: 'w1', createdBy: 'me', nonce: 'n1' },
  };

  it('is an intent that permits send 1, and keeps everything that was asked', () => {
    expect(newRun(asked, 1_000)).toEqual({
      ...asked,
      deployment: null,
      v: 1,
      status: 'INITIALIZING',
      submitStatus: 'INITIALIZE',
      intentAt: 1_000,
      sends: 1,
      open: [1],
      sentAt: 1_000,
      refusal: null,
      sqlRefusedSend: null,
      cancelAskedAt: null,
      missedAt: null,
      endSeenAt: null,
      unreachableSince: null,
      lastSeenAt: null,
      refreshedAt: null,
      answeredAt: null,
      finishedAt: null,
      error: null,
      active: 'INTENT#1',
      events: [{ seq: 1, at: 1_000, status: 'INITIALIZING', cause: 'submitted', by: 'w1' }],
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
    expect(targetConfig(address)).toEqual({ 'execution.target': 'remote', 'rest.address': host, 'rest.port': port });
  });

  it('the job id is always there, the savepoint when there is one', () => {
    const run = { jobId: JOB_ID, address: 'jm:8081', savePointPath: null };
    const target = { 'execution.target': 'remote', 'rest.address': 'jm', 'rest.port': '8081' };
    expect(executionConfig(run, '2.3.0')).toEqual({ ...target, '$internal.pipeline.job-id': JOB_ID });
    expect(executionConfig({ ...run, savePointPath: 's3://sp' }, '2.3.0')).toEqual({
      ...target,
      '$internal.pipeline.job-id': JOB_ID,
      'execution.state-recovery.path': 's3://sp',
    });
    expect(executionConfig({ ...run, savePointPath: 's3://sp' }, '1.19.1')).toEqual({
      ...target,
      '$internal.pipeline.job-id': JOB_ID,
      'execution.savepoint.path': 's3://sp',
    });
    expect(executionConfig({ ...run, jobId: null }, '2.3.0')).toEqual(target);
  });

  it.each([
    ['1.17.2', 'execution.savepoint.path'],
    ['1.18.1', 'execution.savepoint.path'],
    ['1.19.3', 'execution.savepoint.path'],
    ['1.20.0', 'execution.state-recovery.path'],
    ['1.20.3', 'execution.state-recovery.path'],
    ['2.0.0', 'execution.state-recovery.path'],
    ['2.3.0', 'execution.state-recovery.path'],
    ['2.4-SNAPSHOT', 'execution.state-recovery.path'],
  ])('Flink %s restores by %s', (version, key) => expect(savepointPathKey(version)).toBe(key));

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
    expect(maskCells(['a'], [{ op: '-D', fields: ['1'] }])).toEqual([{ op: '-D', fields: ['1'] }]);
  });
});

describe('rows', () => {
  const LARGE: RowOptions = { maxRowNum: 100, useChangeLog: false, mostBytes: 100_000 };
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
    expect(rows.rows).toEqual([{ k: 'a', n: '2' }]);
  });

  it('with a change log, every change is a row with op as its first column', () => {
    const rows = collect(CHANGES, { useChangeLog: true });
    expect(rows.columns).toEqual(['op', 'k', 'n']);
    expect(rows.rows).toEqual([
      { op: '+I', k: 'a', n: '1' },
      { op: '-U', k: 'a', n: '1' },
      { op: '+U', k: 'a', n: '2' },
      { op: '+I', k: 'b', n: '1' },
      { op: '-D', k: 'b', n: '1' },
    ]);
    expect(Object.keys(rows.rows[0] ?? {})).toEqual(['op', 'k', 'n']);
  });

  it('a retraction takes one row of several equal ones', () => {
    const same = cell('+I', 'a', '1');
    const rows = collect([same, same, same, cell('-D', 'a', '1')]);
    expect(rows.rows).toEqual([
      { k: 'a', n: '1' },
      { k: 'a', n: '1' },
    ]);
  });

  it('a retraction of a row that is not there takes nothing away', () => {
    expect(collect([cell('+I', 'a', '1'), cell('-D', 'a', '2'), cell('-U', 'x', '1')]).rows).toEqual([
      { k: 'a', n: '1' },
    ]);
  });

  it('for any changes, what is left are the inserts less the retractions that met one', () => {
    const key = fc.constantFrom('a', 'b', 'c');
    const change = fc.tuple(fc.constantFrom('+I', '-U', '+U', '-D' as const), key);
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (list) => {
        const left = new Map<string, number>();
        for (const [op, k] of list) left.set(k, Math.max(0, (left.get(k) ?? 0) + (op.startsWith('+') ? 1 : -1)));
        const rows = collect(
          list.map(([op, k]) => cell(op, k)),
          {},
          ['k'],
        );
        for (const k of ['a', 'b', 'c'])
          expect(rows.rows.filter((row) => row['k'] === k)).toHaveLength(left.get(k) ?? 0);
        const bytes = rows.rows.reduce((sum, one) => sum + new TextEncoder().encode(JSON.stringify(one)).length, 0);
        expect(rows.bytes).toBe(bytes);
      }),
    );
  });

  it('null and missing cells are empty texts; digits are kept as they come', () => {
    expect(collect([cell('+I', null, '9007199254740993'), cell('+I', 'x')]).rows).toEqual([
      { k: '', n: '9007199254740993' },
      { k: 'x', n: '' },
    ]);
  });

  it('stops at the limit of rows, and says that nothing more is wanted', () => {
    const rows = new RowCollector({ ...LARGE, maxRowNum: 2 });
    expect(rows.add(['k'], [cell('+I', '1')])).toBe(true);
    expect(rows.add(['k'], [cell('+I', '2'), cell('+I', '3')])).toBe(false);
    expect([rows.rows.length, rows.isFull(), rows.cut]).toEqual([2, true, false]);
    rows.add(['k'], [cell('-D', '2')]);
    expect(rows.rows).toHaveLength(2);
  });

  it('stops before the limit of bytes, counted in UTF-8, and says that rows were left out', () => {
    // {"k":"é"} has 10 bytes.
    const rows = collect([cell('+I', 'é'), cell('+I', 'é'), cell('+I', 'é')], { mostBytes: 20 }, ['k']);
    expect([rows.rows.length, rows.bytes, rows.cut, rows.isFull()]).toEqual([2, 20, true, true]);
    const fits = collect([cell('+I', 'é'), cell('+I', 'é')], { mostBytes: 20 }, ['k']);
    expect([fits.rows.length, fits.cut]).toEqual([2, false]);
  });

  it('a retraction gives its bytes back', () => {
    const rows = collect([cell('+I', 'é'), cell('-D', 'é'), cell('+I', 'é')], { mostBytes: 10 }, ['k']);
    expect([rows.rows.length, rows.cut]).toEqual([1, false]);
  });

  it('keeps its columns when a page names none, and knows them without rows', () => {
    const rows = collect([], {}, ['k']);
    rows.add([], [cell('+I', 'a')]);
    expect([rows.columns, rows.rows]).toEqual([['k'], [{ k: 'a' }]]);
  });
});

describe('columns of awkward names', () => {
  it('a column that is called op does not take the place of the kind of change', () => {
    const rows = new RowCollector({ maxRowNum: 10, useChangeLog: true, mostBytes: 1_000 });
    rows.add(['op'], [{ op: '-D', fields: ['mine'] }]);
    expect(rows.rows[0]?.['op']).toBe('-D');
  });
});
