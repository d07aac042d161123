/** Data as the API has it, as far as the command looks at it. test/e2e/command.test.ts holds them to real answers. */

export const SAVEPOINT_PATH = 'file:/savepoints/savepoint-1d6468-a2f4';

export const jobResult = (more: object = {}) => ({
  ...{
    id: 13,
    status: 'SUCCESS',
    success: true,
    jobId: 'ab'.repeat(16),
    error: null,
    duplicate: false,
    taskVersion: 2,
  },
  jobConfig: { jobName: 'orders', taskId: 1, savePointPath: SAVEPOINT_PATH },
  ...more,
});

export const saved = (path: string | null) => ({
  ...{ appId: null, type: 'trigger', isSuccess: path !== null, exceptionMsg: null },
  jobInfos: [{ jobId: 'ab', savePoint: path, status: 'RUN' }],
});

/** A job instance. */
export const instance = (status: string, more: object = {}) => ({
  ...{ id: 13, taskId: 1, name: 'orders', status, jid: 'ab'.repeat(16), error: null },
  ...{ createTime: '2026-01-31 12:00:00', finishTime: null, duration: 5, ...more },
});

/** One run with its history. */
export const runDetails = (more: object = {}) => ({
  ...{ id: 13, taskId: 1, name: 'orders', status: 'RUNNING', jobId: 'ab'.repeat(16), error: null },
  history: [
    { seq: 1, at: '2026-01-31T12:00:00.123Z', status: 'INITIALIZING', cause: 'submitted', by: 'x', who: 'key ops' },
    { seq: 2, at: '2026-01-31T12:00:04.500Z', status: 'RUNNING', cause: 'Flink says RUNNING', by: 'y' },
  ],
  ...more,
});

/** The rows of a preview. */
export const preview = (more: object = {}) => ({
  columns: ['customer', 'spent'],
  rowData: [
    { customer: 'Ann, B.', spent: '3' },
    { customer: 'two\nlines', spent: '' },
  ],
  truncationFlag: false,
  ...more,
});
