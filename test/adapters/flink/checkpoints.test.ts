/** What Flink answers about checkpoints, as recorded of 2.3.0 and 1.20.3, and what is made of it. */
import { describe, expect, it } from 'vitest';
import { toCheckpoints, toRetention } from '../../../lib/adapters/flink/checkpoints.ts';
import { AppError } from '../../../lib/domain/errors.ts';

const WHERE = 'JobManager jm:8081';

const completed = (id: number, changes: object = {}): object => ({
  ...{ className: 'completed', id, status: 'COMPLETED', is_savepoint: false, savepointFormat: null },
  ...{ trigger_timestamp: 1795618406845 + id, latest_ack_timestamp: 1795618408841 + id, checkpointed_size: 1384 },
  ...{ state_size: 1384, end_to_end_duration: 1996, alignment_buffered: 0, processed_data: 0, persisted_data: 0 },
  ...{ num_subtasks: 2, num_acknowledged_subtasks: 2, checkpoint_type: 'CHECKPOINT', tasks: {} },
  ...{ external_path: `file:/checkpoints/6debbd/chk-${id}`, discarded: false },
  ...changes,
});

const failed = {
  ...{ className: 'failed', id: 9, status: 'FAILED', is_savepoint: false, savepointFormat: null, tasks: {} },
  ...{ trigger_timestamp: 1795618422982, latest_ack_timestamp: -1, checkpoint_type: 'CHECKPOINT' },
  ...{ failure_timestamp: 1795618423994, failure_message: 'Checkpoint Coordinator is suspending.' },
};
const inProgress = {
  className: 'in_progress',
  id: 10,
  status: 'IN_PROGRESS',
  is_savepoint: true,
  latest_ack_timestamp: 5,
};

const answer = (latest: object, history: readonly object[]): string =>
  JSON.stringify({
    counts: { restored: 0, total: 2, in_progress: 0, completed: 1, failed: 1 },
    latest: { completed: null, savepoint: null, failed: null, restored: null, ...latest },
    history,
  });

const read = (latest: object, history: readonly object[] = []) => toCheckpoints(answer(latest, history), WHERE);

const SAVEPOINT = { is_savepoint: true, checkpoint_type: 'SYNC_SAVEPOINT', external_path: 's3://b/savepoint-6debbd' };

describe('the checkpoints of a job', () => {
  it('are those that were completed, in the history or beside it, each once', () => {
    const [first, latest, savepoint] = [completed(1), completed(3), completed(2, SAVEPOINT)];
    const { completed: seen, restoredFrom } = read({ completed: latest, savepoint, failed }, [
      inProgress,
      failed,
      latest,
      first,
    ]);
    expect(restoredFrom).toBeNull();
    const [a, b] = [
      { path: 'file:/checkpoints/6debbd/chk-3', isSavepoint: false, completedAt: 1795618408844, discarded: false },
      { path: 'file:/checkpoints/6debbd/chk-1', isSavepoint: false, completedAt: 1795618408842, discarded: false },
    ];
    expect(seen).toEqual([
      a,
      b,
      { path: 's3://b/savepoint-6debbd', isSavepoint: true, completedAt: 1795618408843, discarded: false },
    ]);
  });

  it.each([['<checkpoint-not-externally-addressable>'], [null], [''], [undefined]])(
    'have a path that another job can use: not %s',
    (external_path) => {
      expect(read({ completed: completed(1, { external_path }) }).completed).toEqual([]);
    },
  );

  it('are none where Flink leaves out what there is not', () => {
    const nothing = { completed: [], restoredFrom: null };
    expect(toCheckpoints('{"latest":{},"history":[]}', WHERE)).toEqual(nothing);
    expect(read({})).toEqual(nothing);
  });

  it('are not those that are under way, wherever they will be', () => {
    expect(read({}, [{ ...inProgress, external_path: 's3://b/savepoint-6debbd' }]).completed).toEqual([]);
  });

  it('are marked when Flink has deleted them, also when only one of two places says so', () => {
    const [gone, there] = [completed(1, { discarded: true }), completed(1)];
    for (const [latest, history] of [
      [gone, there],
      [there, gone],
      [gone, gone],
    ] as const) {
      expect(read({ completed: latest }, [history]).completed).toMatchObject([{ discarded: true }]);
    }
  });

  it('say what the job was restored from', () => {
    const restored = { id: 2, restore_timestamp: 1795618451767, is_savepoint: true, external_path: 's3://b/sp' };
    expect(read({ restored })).toEqual({ completed: [], restoredFrom: 's3://b/sp' });
  });

  it.each([
    '',
    'null',
    '[]',
    '<html>Sign in</html>',
    '{"errors":["x"]}',
    '{"latest":{},"history":[{}]}',
    '{"latest":7}',
  ])('%j is not an answer of Flink', (text) => {
    for (const work of [() => toCheckpoints(text, WHERE), () => toRetention(text, WHERE)]) {
      expect(work).toThrow(AppError);
      expect(work).toThrow(/^JobManager jm:8081 sent a reply that is not from Flink/);
    }
  });
});

describe('the time of completion', () => {
  it('is in whole milliseconds, or it is not an answer of Flink', () => {
    const answered = () => read({ completed: completed(1, { latest_ack_timestamp: 1795618408841.5 }) });
    expect(answered).toThrow(/latest_ack_timestamp/);
  });
});

describe('when checkpoints stay', () => {
  it.each([
    [false, true, 'never'],
    [false, false, 'never'],
    [true, true, 'afterFailure'],
    [true, false, 'afterFailureAndCancel'],
  ])('externalization enabled %s, deleted on cancellation %s: %s', (enabled, onCancellation, expected) => {
    const externalization = { enabled, delete_on_cancellation: onCancellation };
    const text = JSON.stringify({
      mode: 'exactly_once',
      interval: 400,
      externalization,
      tolerable_failed_checkpoints: 0,
    });
    expect(toRetention(text, WHERE)).toBe(expected);
  });
});
