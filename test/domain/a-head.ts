import type { RunHead } from '../../lib/domain/run.ts';

export const JOB_ID = '0123456789abcdef0123456789abcdef';

/** A run as it is right after its intent at this time: one send permitted. */
export function headAt(intentAt: number, changes: Partial<RunHead> = {}): RunHead {
  return {
    id: 21,
    v: 1,
    nonce: 'n1',
    kind: 'job',
    taskId: 7,
    taskVersion: 3,
    fp: 'fp',
    name: 'orders',
    step: 2,
    clusterId: 4,
    hosts: 'jm:8081',
    address: 'jm:8081',
    jobId: JOB_ID,
    status: 'INITIALIZING',
    submitStatus: 'INITIALIZE',
    writer: 'w1',
    createdBy: 'anonymous',
    intentAt,
    sends: 1,
    open: [1],
    sentAt: intentAt,
    jmId: '/tmp/flink-web-1',
    highAvailability: false,
    once: false,
    savePointPath: null,
    deployment: null,
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
    events: [{ seq: 1, at: intentAt, status: 'INITIALIZING', cause: 'submitted', by: 'w1' }],
    ...changes,
  };
}
