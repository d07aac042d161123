/** What a job leaves behind, and what a path can be. */
import { describe, expect, it } from 'vitest';
import { savepointPathProblem } from '../../../lib/domain/definition/savepoint-path.ts';
import { AppError } from '../../../lib/domain/errors.ts';
import { startFrom } from '../../../lib/domain/plan/start-from.ts';
import { type CheckpointRetention, leftBehind } from '../../../lib/domain/run/savepoint.ts';
import type { FlinkJobState } from '../../../lib/domain/run/status.ts';

const SAVEPOINT = { path: 's3://b/savepoint-1', isSavepoint: true, completedAt: 1_000, discarded: false };
const CHECKPOINT = { path: 's3://b/chk-7', isSavepoint: false, completedAt: 2_000, discarded: false };

describe('what a job leaves behind', () => {
  const left = (state: FlinkJobState, retention: CheckpointRetention): string[] =>
    leftBehind({ completed: [SAVEPOINT, CHECKPOINT], retention, restoredFrom: null }, state).map(({ path }) => path);

  it.each([
    ['FINISHED', 'never', false],
    ['FINISHED', 'afterFailure', false],
    ['FINISHED', 'afterFailureAndCancel', false],
    ['CANCELED', 'never', false],
    ['CANCELED', 'afterFailure', false],
    ['CANCELED', 'afterFailureAndCancel', true],
    ['FAILED', 'never', false],
    ['FAILED', 'afterFailure', true],
    ['FAILED', 'afterFailureAndCancel', true],
    ['RUNNING', 'afterFailureAndCancel', false],
    ['RESTARTING', 'afterFailureAndCancel', false],
    ['SUSPENDED', 'afterFailureAndCancel', false],
  ] as const)('%s, checkpoints stay %s: its checkpoint %s, its savepoint always', (state, retention, checkpoint) => {
    expect(left(state, retention)).toEqual(checkpoint ? [SAVEPOINT.path, CHECKPOINT.path] : [SAVEPOINT.path]);
  });

  it('is never what Flink has deleted', () => {
    const completed = [SAVEPOINT, CHECKPOINT].map((one) => ({ ...one, discarded: true }));
    expect(leftBehind({ completed, retention: 'afterFailure', restoredFrom: null }, 'FAILED')).toEqual([]);
  });
});

describe('the path of a savepoint', () => {
  it.each([
    's3://bucket/savepoints/savepoint-1a2b3c-0123456789ab',
    's3://bucket',
    's3a://b/x y/ü',
    'hdfs:///flink/savepoints/1',
    'hdfs://namenode:8020/flink',
    'file:/tmp/savepoint-1',
    'file:///tmp/savepoint-1',
    'abfss://c@a.dfs.core.windows.net/x',
    '/flink/savepoints/1',
  ])('%s can be one', (path) => expect(savepointPathProblem(path)).toBeNull());

  it.each([
    ['', /blank/],
    ['  ', /blank/],
    ['\t', /blank/],
    [' s3://b/x', /begins or ends/],
    ['s3://b/x\n', /begins or ends/],
    ['s3://b/..\u0001', /control character/],
    ['s3://b/a\u0000b', /control character/],
    ['savepoint-1', /not absolute/],
    ['./savepoint-1', /not absolute/],
    ['file:savepoint-1', /not absolute/],
    ['s3:bucket/x', /not absolute/],
    ['file:', /not absolute/],
    ['s3://', /not absolute/],
    ['//x', /not absolute/],
    ['/', /not absolute/],
    ['<checkpoint-not-externally-addressable>', /not absolute/],
    [`s3://b/${'x'.repeat(1_018)}`, /1025 characters/],
  ])('%j can not', (path, problem) => expect(savepointPathProblem(path)).toMatch(problem));

  it('may have 1024 characters', () => expect(savepointPathProblem(`s3://b/${'x'.repeat(1_017)}`)).toBeNull());
});

describe('where a job starts from', () => {
  const own = 's3://b/own';
  it.each([
    [0, null, null, { kind: 'empty' }],
    [0, own, null, { kind: 'empty' }],
    [1, own, null, { kind: 'recorded', which: 'LATEST' }],
    [2, own, null, { kind: 'recorded', which: 'EARLIEST' }],
    [3, own, null, { kind: 'path', path: own }],
    [0, own, 's3://b/asked', { kind: 'path', path: 's3://b/asked' }],
    [1, own, 's3://b/asked', { kind: 'path', path: 's3://b/asked' }],
    [2, null, 's3://b/asked', { kind: 'path', path: 's3://b/asked' }],
    [3, null, 's3://b/asked', { kind: 'path', path: 's3://b/asked' }],
  ] as const)('strategy %i, own path %s, asked for %s: %j', (savePointStrategy, savePointPath, asked, expected) => {
    expect(startFrom({ id: 5, savePointStrategy, savePointPath }, asked)).toEqual(expected);
  });

  it('shows no more of a path than is needed to know it again, and says whose it is', () => {
    const long = `x${'y'.repeat(500)}`;
    const refused = (task: string | null, asked: string | null): string => {
      try {
        startFrom({ id: 5, savePointStrategy: 3, savePointPath: task }, asked);
      } catch (error) {
        if (error instanceof AppError) return `${error.code}: ${error.message}`;
      }
      return 'nothing was refused';
    };
    expect(refused(long, null)).toMatch(
      /^task\.invalid: The savePointPath of task 5 is "xy{99}": it is not absolute\./,
    );
    expect(refused('s3://b/own', ' ')).toMatch(
      /^request\.invalid: The parameter "savePointPath" is " ": it is blank\./,
    );
    expect(refused(null, null)).toMatch(/^task\.invalid: Task 5 .*no savePointPath/);
  });
});
