/** What the wire shows of a run, key by key as contract.md lists them, and how it writes times. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAccepted, shownStatus, toJobInstance, toJobResult } from '../../lib/domain/answer.ts';
import type { GatewayConfig } from '../../lib/domain/plan/gateway-config.ts';
import { toJobConfig } from '../../lib/domain/plan/job-config.ts';
import type { RunBody } from '../../lib/domain/plan/run-body.ts';
import type { RunResult } from '../../lib/domain/results/statement-result.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import type { InstanceStatus } from '../../lib/domain/run/status.ts';
import { isoLocalTime, wireTime } from '../../lib/domain/time.ts';
import { headAt, JOB_ID } from '../builders/a-head.ts';
import { aTask } from '../fakes/memory-definitions.ts';

const INTENT_AT = Date.UTC(2026, 0, 31, 12, 0, 0, 5);

const aHead = (changes: Partial<RunHead> = {}): RunHead => headAt(INTENT_AT, changes);

const JOB_CONFIG_KEYS = [
  ...['type', 'checkpoint', 'savePointStrategy', 'savePointPath', 'parallelism', 'clusterId', 'clusterConfigurationId'],
  ...['step', 'configJson', 'udfRefer', 'useResult', 'useChangeLog', 'useAutoCancel', 'useRemote', 'address', 'taskId'],
  ...['jarFiles', 'pyFiles', 'jobName', 'fragment', 'statementSet', 'batchModel', 'maxRowNum', 'gatewayConfig'],
  'variables',
];
const JOB_RESULT_KEYS = [
  ...['id', 'jobInstanceId', 'jobConfig', 'jobManagerAddress', 'status', 'success', 'statement', 'jobId', 'error'],
  ...['result', 'results', 'startTime', 'endTime', 'duplicate', 'taskVersion'],
];
const JOB_INSTANCE_KEYS = [
  ...['id', 'tenantId', 'name', 'taskId', 'step', 'clusterId', 'jid', 'status', 'historyId', 'error', 'createTime'],
  ...['updateTime', 'finishTime', 'duration', 'failedRestartCount', 'creator', 'updater', 'operator', 'count'],
  ...['lastSeenAt', 'appId'],
];
const SUBMISSION_KEYS = ['success', 'startTime', 'endTime', 'time', 'error', 'jobID', 'jobId'];
const PREVIEW_KEYS = ['rowData', 'columns', 'total', 'currentCount', 'destroyed', 'truncationFlag'];
const STATEMENT_KEYS = [
  'columns',
  'rowData',
  'total',
  'page',
  'limit',
  'success',
  'startTime',
  'endTime',
  'time',
  'error',
];

const keysOf = (value: unknown): string[] => Object.keys(value as object).sort();

const ALL = { task: aTask({ id: 7, name: 'orders' }), address: 'jm:8081', savePointPath: null, asksForPath: false };
const jobConfig = toJobConfig({ ...ALL, variables: { a: '1' }, configuration: { 'x.y': 'z' } });

const body: RunBody = {
  statement: "CREATE TABLE t (a INT) WITH ('password' = 'hush');\nINSERT INTO t SELECT 1",
  plan: {
    ...{ steps: [], job: null, properties: {}, savePointPath: null, once: false, readOnly: false },
    ...{ maxRowNum: 100, useChangeLog: false, sources: [], secrets: {}, sensitive: [], warnings: [], origins: {} },
  },
  jobConfig,
  gatewayUrl: 'http://gw:8083',
};

const result = (head: RunHead, rows: RunResult | null = null, duplicate = false) =>
  toJobResult({ head, body, result: rows, duplicate }, 'Europe/Berlin');

const SUCCESS = { status: 'CREATED', submitStatus: 'SUCCESS', answeredAt: INTENT_AT + 1_250 } as const;

describe('jobConfig', () => {
  it('has exactly the keys of the contract', () => {
    expect(keysOf(jobConfig)).toEqual([...JOB_CONFIG_KEYS].sort());
  });

  it('echoes the task', () => {
    const task = aTask({
      ...{
        id: 7,
        name: 'orders',
        type: 'standalone',
        clusterId: 4,
        clusterConfigurationId: 5,
        step: 3,
        checkpoint: 60_000,
      },
      ...{ parallelism: 2, fragment: true, statementSet: false, batchModel: true, maxRowNum: 9, useResult: true },
      ...{ useChangeLog: true, useAutoCancel: false, configJson: { customConfig: { c: 'd' }, udfRefer: { f: 'a.F' } } },
    });
    const input = {
      task,
      address: 'b:2',
      savePointPath: null,
      asksForPath: false,
      variables: { v: '1' },
      configuration: { k: 'w' },
    };
    expect(toJobConfig(input)).toEqual({
      ...{ type: 'standalone', checkpoint: 60_000, savePointStrategy: 'NONE', savePointPath: null, parallelism: 2 },
      ...{ clusterId: 4, clusterConfigurationId: 5, step: 3, configJson: { k: 'w' }, udfRefer: { f: 'a.F' } },
      ...{ useResult: true, useChangeLog: true, useAutoCancel: false, useRemote: true, address: 'b:2', taskId: 7 },
      ...{ jarFiles: [], pyFiles: [], jobName: 'orders', fragment: true, statementSet: false, batchModel: true },
      ...{ maxRowNum: 9, gatewayConfig: null, variables: { v: '1' } },
    });
  });

  it.each([
    [0, null, false, 'NONE'],
    [1, null, false, 'LATEST'],
    [1, 's3://found', false, 'LATEST'],
    [1, 's3://asked', true, 'CUSTOM'],
    [2, null, false, 'EARLIEST'],
    [2, 's3://found', false, 'EARLIEST'],
    [3, 's3://own', false, 'CUSTOM'],
    [0, 's3://asked', true, 'CUSTOM'],
  ])(
    'strategy %i with path %s, asked for: %s, is shown as %s',
    (savePointStrategy, savePointPath, asksForPath, expected) => {
      const task = aTask({ savePointStrategy });
      const shown = toJobConfig({ task, address: 'a:1', savePointPath, asksForPath, variables: {}, configuration: {} });
      expect([shown.savePointStrategy, shown.savePointPath]).toEqual([expected, savePointPath]);
    },
  );
});

describe('jobConfig of a run that made its own cluster', () => {
  const gatewayConfig = { clusterConfig: { appId: null }, flinkConfig: { jobId: null } } as unknown as GatewayConfig;
  const deployment = {
    ...{ type: 'kubernetes-application', name: 'dinghy-21', namespace: 'etl', clusterId: 'dinghy-21' },
    jobManager: null,
  } as const;
  const shown = (changes: Partial<RunHead>, gateway: GatewayConfig | null): unknown =>
    toJobResult(
      {
        head: aHead({ address: 'own:8081', ...changes }),
        body: { ...body, jobConfig: { ...jobConfig, gatewayConfig: gateway } },
        ...{ result: null, duplicate: false },
      },
      'UTC',
    )['jobConfig'];

  it('has its address and the ids that are known by now', () => {
    expect(shown({ deployment }, gatewayConfig)).toEqual({
      ...jobConfig,
      address: 'own:8081',
      gatewayConfig: { clusterConfig: { appId: 'dinghy-21' }, flinkConfig: { jobId: JOB_ID } },
    });
  });

  it('is as it was frozen where there is no such cluster, or no configuration of one', () => {
    expect(shown({}, gatewayConfig)).toEqual({ ...jobConfig, gatewayConfig });
    expect(shown({ deployment }, null)).toEqual({ ...jobConfig, gatewayConfig: null });
  });

  it('its cluster is the appId of the job instance', () => {
    expect(toJobInstance(aHead({ deployment }), INTENT_AT, 'UTC')['appId']).toBe('dinghy-21');
    expect(toJobInstance(aHead(), INTENT_AT, 'UTC')['appId']).toBeNull();
  });
});

describe('JobResult', () => {
  it.each([
    ['INITIALIZE', { submitStatus: 'INITIALIZE' }, true],
    ['SUCCESS', SUCCESS, true],
    ['FAILED', { ...SUCCESS, status: 'FAILED', submitStatus: 'FAILED', error: 'no table' }, false],
    ['CANCEL', { ...SUCCESS, status: 'CANCELED', submitStatus: 'CANCEL' }, false],
  ] as const)('%s has exactly the keys of the contract, and success as it says', (status, changes, success) => {
    const shown = result(aHead(changes));
    expect(keysOf(shown)).toEqual([...JOB_RESULT_KEYS].sort());
    expect(shown).toMatchObject({ id: 21, jobInstanceId: 21, jobId: JOB_ID, status, success, taskVersion: 3 });
    expect(isAccepted(aHead(changes))).toBe(success);
  });

  it('writes its times in the zone, with milliseconds; endTime is null until there is an answer', () => {
    expect(result(aHead())).toMatchObject({ startTime: '2026-01-31T13:00:00.005', endTime: null, result: null });
    expect(result(aHead(SUCCESS))).toMatchObject({
      startTime: '2026-01-31T13:00:00.005',
      endTime: '2026-01-31T13:00:01.255',
    });
  });

  it('masks the secrets of its statement, and says whether it is a repeat', () => {
    const shown = result(aHead(), null, true);
    expect(shown['statement']).toBe("CREATE TABLE t (a INT) WITH ('password' = '******');\nINSERT INTO t SELECT 1");
    expect(shown['duplicate']).toBe(true);
    expect(shown['jobManagerAddress']).toBe('jm:8081');
  });

  it.each([
    [{ ...SUCCESS, submitStatus: 'FAILED', status: 'FAILED', error: 'no table', refusal: 'other' }, 'no table'],
    [{ ...SUCCESS, submitStatus: 'FAILED', status: 'FAILED', refusal: 'no table' }, 'no table'],
    [{ ...SUCCESS, status: 'FAILED', error: 'failed later' }, null],
    [{ refusal: 'Flink says so' }, 'Flink says so'],
    [{ ...SUCCESS, refusal: 'an earlier send was refused' }, null],
  ] as const)('of %j the error of the submission is %s', (changes, error) => {
    expect(result(aHead(changes))['error']).toBe(error);
  });

  it('the result of an INSERT has exactly its keys; a run without a job has none', () => {
    const shown = result(aHead(SUCCESS))['result'];
    expect(keysOf(shown)).toEqual([...SUBMISSION_KEYS].sort());
    expect(shown).toMatchObject({ success: true, time: 1_250, error: null, jobID: JOB_ID, jobId: JOB_ID });
    expect(result(aHead({ ...SUCCESS, kind: 'none', jobId: null }))['result']).toBeNull();
  });

  const rows = {
    ...{ columns: ['a'], rowData: [{ a: '1' }, { a: '2' }], total: 5, limit: 100, truncated: true, error: null },
    ...{ truncatedBy: 'rows' as const, startedAt: INTENT_AT, endedAt: INTENT_AT + 40 },
  };

  it('a preview adds its rows', () => {
    const shown = result(aHead({ ...SUCCESS, kind: 'preview' }), { preview: rows, results: [rows] });
    expect(keysOf(shown['result'])).toEqual([...SUBMISSION_KEYS, ...PREVIEW_KEYS].sort());
    expect(shown['result']).toMatchObject({
      total: 5,
      currentCount: 2,
      destroyed: false,
      truncationFlag: true,
      columns: ['a'],
    });
  });

  it('results has an entry for each statement that returns rows, null when there is no result at all', () => {
    const failed = { ...rows, error: 'no such table', truncated: false };
    const list = result(aHead(SUCCESS), { preview: null, results: [rows, failed] })['results'] as Record<
      string,
      unknown
    >[];
    expect(keysOf(list[0])).toEqual([...STATEMENT_KEYS, 'truncated'].sort());
    expect(list[0]).toMatchObject({
      page: 1,
      limit: 100,
      time: 40,
      success: true,
      startTime: '2026-01-31T13:00:00.005',
    });
    expect(list[1]).toMatchObject({ success: false, error: 'no such table' });
    expect(result(aHead(SUCCESS))['results']).toBeNull();
  });
});

describe('job instance', () => {
  const instance = (changes: Partial<RunHead> = {}, now = INTENT_AT + 90_999) =>
    toJobInstance(aHead(changes), now, 'Europe/Berlin');

  it('has exactly the keys of the contract, error among them', () => {
    expect(keysOf(instance())).toEqual([...JOB_INSTANCE_KEYS].sort());
    expect(instance()).toMatchObject({
      id: 21,
      historyId: 21,
      name: 'orders',
      taskId: 7,
      step: 2,
      clusterId: 4,
      jid: JOB_ID,
    });
    expect(instance()).toMatchObject({ error: null, count: null, finishTime: null, lastSeenAt: null });
  });

  it.each<[string, Partial<RunHead>, unknown]>([
    ['of a run that has failed', { status: 'FAILED', submitStatus: 'FAILED', error: 'no such table' }, 'no such table'],
    ['what was last said, while the outcome is open', { refusal: 'No reply.' }, 'No reply.'],
    ['of a run that goes on well', { ...SUCCESS, status: 'RUNNING', refusal: 'No reply.' }, null],
    [
      'that another JobManager answers',
      {
        ...SUCCESS,
        status: 'RUNNING',
        shownBy: '/tmp/a',
        missedAt: INTENT_AT,
        missedBy: { jmId: '/tmp/b', address: 'jm:8081' },
      },
      expect.stringContaining('another JobManager answers'),
    ],
  ])('tells in error %s', (_what, changes, error) => {
    expect(instance(changes)['error']).toEqual(error);
  });

  it('was last changed when it was made, where it has no history', () => {
    expect(instance({ events: [] })['updateTime']).toBe('2026-01-31 13:00:00');
  });

  it('counts whole seconds: until now while it lives, until its end afterwards', () => {
    expect(instance()['duration']).toBe(90);
    expect(instance({ status: 'FINISHED', finishedAt: INTENT_AT + 61_999 })['duration']).toBe(61);
  });

  it('writes its times in the zone', () => {
    const late = INTENT_AT + 61_000;
    const events = [{ seq: 1, at: INTENT_AT + 30_000, status: 'FINISHED', cause: 'x', by: 'w' }] as const;
    expect(instance({ status: 'FINISHED', finishedAt: late, lastSeenAt: late, events })).toMatchObject({
      createTime: '2026-01-31 13:00:00',
      updateTime: '2026-01-31 13:00:30',
      finishTime: '2026-01-31 13:01:01',
      lastSeenAt: '2026-01-31 13:01:01',
    });
  });

  it.each([
    ['RUNNING', {}, 'RUNNING'],
    ['RUNNING', { unreachableSince: 5 }, 'RECONNECTING'],
    ['INITIALIZING', { unreachableSince: 5 }, 'RECONNECTING'],
    ['RUNNING', { cancelAskedAt: 5 }, 'CANCELLING'],
    ['INITIALIZING', { cancelAskedAt: 5 }, 'CANCELLING'],
    ['CANCELLING', {}, 'CANCELLING'],
    ['FINISHED', { unreachableSince: 5, cancelAskedAt: 5 }, 'FINISHED'],
    ['FAILED', { cancelAskedAt: 5 }, 'FAILED'],
    ['CANCELED', { cancelAskedAt: 5 }, 'CANCELED'],
    ['UNKNOWN', { unreachableSince: 5 }, 'UNKNOWN'],
  ] as const)('%s with %j is shown as %s', (status: InstanceStatus, changes, expected) => {
    expect(shownStatus(aHead({ status, ...changes }))).toBe(expected);
    expect(instance({ status, ...changes })['status']).toBe(expected);
  });
});

describe('times', () => {
  it.each([
    [Date.UTC(2026, 0, 31, 12, 0, 0), 'UTC', '2026-01-31 12:00:00', '2026-01-31T12:00:00.000'],
    [Date.UTC(2026, 0, 31, 0, 0, 0), 'UTC', '2026-01-31 00:00:00', '2026-01-31T00:00:00.000'],
    [Date.UTC(2026, 0, 31, 23, 0, 0), 'Europe/Berlin', '2026-02-01 00:00:00', '2026-02-01T00:00:00.000'],
    [Date.UTC(2026, 2, 29, 0, 59, 59, 999), 'Europe/Berlin', '2026-03-29 01:59:59', '2026-03-29T01:59:59.999'],
    [Date.UTC(2026, 2, 29, 1, 0, 0, 1), 'Europe/Berlin', '2026-03-29 03:00:00', '2026-03-29T03:00:00.001'],
    [Date.UTC(2026, 6, 1, 12, 0, 0, 50), 'Europe/Berlin', '2026-07-01 14:00:00', '2026-07-01T14:00:00.050'],
    [Date.UTC(2026, 9, 25, 0, 59, 59), 'Europe/Berlin', '2026-10-25 02:59:59', '2026-10-25T02:59:59.000'],
    [Date.UTC(2026, 9, 25, 1, 0, 0), 'Europe/Berlin', '2026-10-25 02:00:00', '2026-10-25T02:00:00.000'],
    [Date.UTC(2026, 11, 31, 20, 0, 0), 'Asia/Kolkata', '2027-01-01 01:30:00', '2027-01-01T01:30:00.000'],
    [Date.UTC(2026, 0, 1, 4, 5, 6), 'America/New_York', '2025-12-31 23:05:06', '2025-12-31T23:05:06.000'],
  ])('%i in %s is %s', (at, zone, wire, iso) => {
    expect([wireTime(at, zone), isoLocalTime(at, zone)]).toEqual([wire, iso]);
  });

  it('law: in UTC are what the same zone is by another name, far past and future included', () => {
    const edges = fc.constantFrom(-1, 0, 1, 253_402_300_799_999, 253_402_300_800_000, 8_640_000_000_000_000);
    fc.assert(
      fc.property(fc.oneof(edges, fc.integer({ min: -1e14, max: 1e15 })), (at) => {
        expect([wireTime(at, 'UTC'), isoLocalTime(at, 'UTC')]).toEqual([
          wireTime(at, 'Etc/UTC'),
          isoLocalTime(at, 'Etc/UTC'),
        ]);
      }),
    );
  });
});
