/** What is explored. Plans are short on purpose: every step more multiplies the histories. */
import { intentIn } from '../../../lib/domain/run/active-partitions.ts';
import type { Bound } from './explorer.ts';
import type { Scenario } from './fenced-world.ts';

const submit = { does: 'submit' } as const;
/** Past PATIENCE: a sweep may send again. */
const SWEEP_AT = 61_000;
const sweep = { does: 'reconcile', at: SWEEP_AT } as const;
/** Past the 5 s that a claim may be without its run; past a submitter's budget. */
const CLAIM_MS = 6_000;
const BUDGET_MS = 26_000;
/** Between the end of the time for rows and the end of the budget. */
const ROWS_MS = 24_000;

/** Past the permission to send, within the budget: an upload may take so long. */
const UPLOAD_MS = 21_000;
const JAR = { dialect: 'FlinkJar', statement: "EXECUTE JAR WITH ('uri' = 's3://jars/a.jar');" } as const;
const JAR_AGAIN = { ...JAR, repeatable: true } as const;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const HUNG_GATEWAY = 'http://hangs:8083';
const HUNG = { was: 'waiting', ageMs: 10 * MINUTE_MS, gateway: HUNG_GATEWAY, sick: true } as const;
/** Of the same Flink; one has another gateway, the other needs none. They come last. */
const BESIDE = [
  { id: 8, was: 'waiting', ageMs: 3 * MINUTE_MS },
  { id: 9, was: 'ended', ageMs: HOUR_MS },
] as const;
const THREE_HUNG = {
  stored: [{ id: 1, ...HUNG }, { id: 2, ...HUNG }, { id: 3, ...HUNG }, ...BESIDE],
  hanging: { [HUNG_GATEWAY]: 'open' },
  idleMs: 1_000,
} as const;

/** More than the sweep sends side by side to one cluster: with a time-out each, nobody else would have a turn. */
const MANY = 9;
const MANY_HUNG = {
  stored: [...Array.from({ length: MANY }, (_, at) => ({ id: at + 10, ...HUNG })), ...BESIDE],
  hanging: { [HUNG_GATEWAY]: 'open' },
  idleMs: 1_000,
} as const;

/** As start-slot.ts asks for it. */
const slotWith = (x: string) =>
  ({
    ...submit,
    request: { key: 'slot', slot: { schedule: 'nightly', at: 0 }, isOnline: true, variables: { x } },
  }) as const;

export const SCENARIOS = {
  threeSubmits: {
    name: 'three submits of the same',
    processes: [submit, submit, submit],
    jumps: [CLAIM_MS, BUDGET_MS],
  },
  noJob: {
    name: 'three submits of a task without a job, served by one process',
    task: { statement: 'CALL sys.compact();' },
    processes: [submit, submit, submit],
    jumps: [CLAIM_MS],
    oneProcess: true,
  },
  resend: {
    name: 'two submits, two sweeps that may send again, late statements',
    processes: [submit, submit, sweep, sweep],
    jumps: [BUDGET_MS],
  },
  cancel: {
    name: 'submit, cancel and sweep',
    processes: [submit, { does: 'cancel' }, sweep],
    jumps: [BUDGET_MS],
  },
  online: {
    name: 'three submits with other variables that must run alone',
    processes: ['a', 'b', 'c'].map((x) => ({ ...submit, request: { isOnline: true, variables: { x } } })),
    jumps: [CLAIM_MS],
    alone: true,
  },
  keys: {
    name: 'two submits under one key and one without',
    processes: [{ ...submit, request: { key: 'k' } }, { ...submit, request: { key: 'k' } }, submit],
    jumps: [CLAIM_MS],
    jobsEnd: true,
  },
  slots: {
    name: 'a slot is delivered twice, its variables have changed meanwhile, beside a submit',
    processes: [slotWith('a'), slotWith('b'), submit],
    jumps: [CLAIM_MS],
    jobsEnd: true,
  },
  preview: {
    name: 'a preview and two sweeps',
    task: { statement: 'SELECT id FROM src;' },
    processes: [submit, sweep, sweep],
    jumps: [ROWS_MS],
  },
  head: {
    name: 'submit, poll and two sweeps writing one record',
    processes: [submit, { does: 'poll' }, sweep, sweep],
    jumps: [BUDGET_MS],
    jobsEnd: true,
  },
  restart: {
    name: 'submit and two sweeps around a restart of the JobManager',
    processes: [submit, sweep, sweep],
    jumps: [BUDGET_MS],
    restarts: true,
  },
  clusters: {
    name: 'submit and two sweeps, high availability, and another cluster at the address',
    processes: [submit, sweep, sweep],
    jumps: [BUDGET_MS],
    clusters: true,
  },
  lost: {
    name: 'two submits and two sweeps meet a lost run whose job is back',
    lost: {},
    processes: [submit, submit, sweep, sweep],
    jumps: [BUDGET_MS],
  },
  lostOnline: {
    name: 'a submit that must run alone and two sweeps meet a lost run with other variables whose job is back',
    lost: { x: 'a' },
    processes: [{ ...submit, request: { isOnline: true, variables: { x: 'b' } } }, sweep, sweep],
    jumps: [BUDGET_MS],
    alone: true,
  },
  foreignHere: {
    name: 'two sweeps and a submit while another JobManager answers, which was seen before a pause',
    foreign: { missedBy: 'another', sinceMs: 0 },
    processes: [sweep, { ...sweep, at: 2 * SWEEP_AT }, submit],
    jumps: [BUDGET_MS],
  },
  foreignComes: {
    name: 'two sweeps and a submit, and another JobManager takes the address between two questions',
    foreign: { missedBy: 'its own', sinceMs: null },
    processes: [sweep, { ...sweep, at: 2 * SWEEP_AT }, submit],
    jumps: [BUDGET_MS],
  },
  foreignStays: {
    name: 'two sweeps and two submits when another JobManager has answered for nearly as long as is waited for',
    foreign: { missedBy: 'another', sinceMs: 270_000, noted: true },
    processes: [sweep, sweep, submit, submit],
    jumps: [BUDGET_MS],
  },
  jarOnce: {
    name: 'a jar that runs once: two submits and a sweep',
    task: JAR,
    processes: [submit, submit, sweep],
    jumps: [UPLOAD_MS],
  },
  jarSlept: {
    name: 'a jar that runs once: submit and sweep, the machine of the submit sleeps',
    task: JAR,
    processes: [submit, sweep],
    jumps: [UPLOAD_MS],
    stands: 'monotonic',
  },
  jarSetBack: {
    name: 'a jar that runs once: submit and sweep, the clock of the submit is set back',
    task: JAR,
    processes: [submit, sweep],
    jumps: [UPLOAD_MS],
    stands: 'wall',
  },
  jarAgain: {
    name: 'a repeatable jar: two submits, two sweeps that may send again',
    task: JAR_AGAIN,
    processes: [submit, submit, sweep, sweep],
    jumps: [BUDGET_MS],
  },
  jarHead: {
    name: 'a repeatable jar: one submit, two sweeps, jobs that end',
    task: JAR_AGAIN,
    processes: [submit, sweep, sweep],
    jumps: [BUDGET_MS],
    jobsEnd: true,
    exchanges: true,
  },
  jarCancel: {
    name: 'a repeatable jar: submit, cancel and sweep',
    task: JAR_AGAIN,
    processes: [submit, { does: 'cancel' }, sweep],
    jumps: [BUDGET_MS],
  },
  jarOnceCancel: {
    name: 'a jar that runs once: submit, cancel and sweep',
    task: JAR,
    processes: [submit, { does: 'cancel' }, sweep],
    jumps: [BUDGET_MS],
  },
  jarRestart: {
    name: 'a repeatable jar: submit and two sweeps around a restart of the JobManager',
    task: JAR_AGAIN,
    processes: [submit, sweep, sweep],
    jumps: [],
    restarts: true,
  },
  jarOnceRestart: {
    name: 'a jar that runs once: submit and sweep around a restart of the JobManager',
    task: JAR,
    processes: [submit, sweep],
    jumps: [],
    restarts: true,
  },
  gatewayHangs: {
    name: 'two sweeps at once beside a gateway that answers nothing',
    processes: [sweep, sweep],
    jumps: [],
    stored: [{ id: 1, ...HUNG }, ...BESIDE],
    hanging: { [HUNG_GATEWAY]: 'version' },
    settledWithin: 2,
    idleMs: 1_000,
  },
  openHangs: {
    name: 'a sweep beside a gateway that opens no session',
    processes: [sweep],
    jumps: [BUDGET_MS],
    ...THREE_HUNG,
    settledWithin: 2,
  },
  openHangsAtOnce: {
    name: 'the first sweep beside a gateway that opens no session',
    processes: [],
    jumps: [],
    ...THREE_HUNG,
    settledWithin: 1,
  },
  manyHangAtOnce: {
    name: 'the first sweep beside many runs of a gateway that opens no session',
    processes: [],
    jumps: [],
    ...MANY_HUNG,
    settledWithin: 1,
  },
  poison: {
    name: 'two sweeps beside a job that Flink can not show',
    processes: [sweep, sweep],
    jumps: [BUDGET_MS],
    stored: [
      { id: 1, was: 'ended', ageMs: HOUR_MS, sick: true, poisons: true },
      { id: 2, was: 'ended', ageMs: HOUR_MS },
      { id: 3, was: 'waiting', ageMs: 3 * MINUTE_MS },
    ],
    settledWithin: 2,
  },
  unreadable: {
    name: 'two sweeps, and a part of the index that can not be read',
    processes: [sweep, sweep],
    jumps: [BUDGET_MS],
    stored: [
      { id: 1, was: 'waiting', ageMs: 3 * MINUTE_MS, sick: true },
      { id: 2, was: 'ended', ageMs: HOUR_MS },
      { id: 3, was: 'waiting', ageMs: 3 * MINUTE_MS },
    ],
    unreadable: { partition: intentIn(1), forMs: 10 * MINUTE_MS },
    settledWithin: 2,
  },
  noTurn: {
    name: 'two sweeps come too late, or almost, to send runs again',
    processes: [sweep, sweep],
    jumps: [BUDGET_MS],
    stored: [
      { id: 1, was: 'waiting', ageMs: 31 * MINUTE_MS, gateway: 'http://gw-1:8083' },
      { id: 2, was: 'waiting', ageMs: 26 * MINUTE_MS, gateway: 'http://gw-2:8083' },
    ],
  },
  stopping: {
    name: 'a stop, a savepoint, a kill and two sweeps',
    running: true,
    processes: [{ does: 'stop' }, { does: 'trigger' }, { does: 'kill' }, sweep, sweep],
    jumps: [BUDGET_MS],
  },
  restarting: {
    name: 'a restart, a submit and two sweeps',
    running: true,
    processes: [{ does: 'restart' }, submit, sweep, { ...sweep, at: 2 * SWEEP_AT }],
    jumps: [BUDGET_MS, 2 * MINUTE_MS],
  },
  restartingFrom: {
    name: 'a restart from a given path, a submit and two sweeps',
    running: true,
    processes: [{ does: 'restart', path: 'file:/sp/1' }, submit, sweep, { ...sweep, at: 2 * SWEEP_AT }],
    jumps: [BUDGET_MS, 2 * MINUTE_MS],
  },
  restartEnded: {
    name: 'a restart of a job that may end by itself, a submit and two sweeps',
    running: true,
    jobsEnd: true,
    processes: [{ does: 'restart' }, submit, sweep, sweep],
    jumps: [],
  },
  restartOverSweeps: {
    name: 'a restart and two sweeps',
    running: true,
    processes: [{ does: 'restart' }, sweep, { ...sweep, at: 2 * SWEEP_AT }],
    jumps: [BUDGET_MS],
  },
  forgotten: {
    name: 'a savepoint, and a sweep when Flink has forgotten it',
    running: true,
    processes: [{ does: 'trigger' }, { ...sweep, at: 10 * MINUTE_MS }],
    jumps: [],
  },
  killOrCancel: {
    name: 'a savepoint, a cancel, a kill and a sweep',
    running: true,
    processes: [{ does: 'trigger' }, { does: 'kill' }, { does: 'cancel' }, sweep],
    jumps: [],
  },
  restartCancelled: {
    name: 'a restart, a submit, a cancel and two sweeps',
    running: true,
    processes: [{ does: 'restart' }, submit, { does: 'cancel' }, sweep, sweep],
    jumps: [BUDGET_MS],
  },
  movedOn: {
    name: 'two sweeps at once and a cancel of a run that is to be sent again',
    processes: [sweep, sweep, { does: 'cancel', at: SWEEP_AT }],
    jumps: [BUDGET_MS],
    stored: [{ id: 1, was: 'waiting', ageMs: 3 * MINUTE_MS }],
  },
} as const satisfies Record<string, Scenario>;

export const more = Number(process.env['FENCING_BOUND'] ?? 0);

const ONE: Bound = { switches: 1, crashes: 1, faults: 1, jumps: 1, events: 1, total: 1 };

/**
 * What is allowed in one history; `changes` widen it where the histories are few. FENCING_BOUND=1 allows one disturbance
 * more in each history, 2 two more ...
 */
export function bound(changes: Partial<Bound> = {}): Bound {
  const { total, switches, ...others } = { ...ONE, ...changes };
  return { ...others, switches: switches + more, total: total + more };
}

const TWO = { total: 2, switches: 2 } as const;

export const EXPLORED: readonly { readonly scenario: Scenario; readonly changes: Partial<Bound> }[] = [
  { scenario: SCENARIOS.threeSubmits, changes: { ...TWO, faults: 0 } },
  { scenario: SCENARIOS.threeSubmits, changes: {} },
  { scenario: SCENARIOS.noJob, changes: {} },
  { scenario: SCENARIOS.noJob, changes: { ...TWO, crashes: 0 } },
  { scenario: SCENARIOS.resend, changes: {} },
  { scenario: SCENARIOS.resend, changes: { total: 2, crashes: 0, jumps: 0 } },
  { scenario: SCENARIOS.cancel, changes: {} },
  { scenario: SCENARIOS.cancel, changes: { ...TWO, faults: 0, jumps: 0 } },
  { scenario: SCENARIOS.online, changes: {} },
  { scenario: SCENARIOS.keys, changes: {} },
  { scenario: SCENARIOS.keys, changes: { ...TWO, faults: 0, crashes: 0 } },
  { scenario: SCENARIOS.slots, changes: {} },
  { scenario: SCENARIOS.slots, changes: { ...TWO, faults: 0, crashes: 0 } },
  { scenario: SCENARIOS.preview, changes: {} },
  { scenario: SCENARIOS.head, changes: {} },
  { scenario: SCENARIOS.head, changes: { total: 2, faults: 0, crashes: 0, jumps: 0 } },
  { scenario: SCENARIOS.restart, changes: { ...TWO, jumps: 0 } },
  { scenario: SCENARIOS.clusters, changes: { ...TWO, crashes: 0, jumps: 0 } },
  { scenario: SCENARIOS.gatewayHangs, changes: {} },
  { scenario: SCENARIOS.openHangs, changes: {} },
  { scenario: SCENARIOS.openHangsAtOnce, changes: {} },
  { scenario: SCENARIOS.poison, changes: {} },
  { scenario: SCENARIOS.unreadable, changes: {} },
  { scenario: SCENARIOS.noTurn, changes: {} },
  { scenario: SCENARIOS.movedOn, changes: { ...TWO, faults: 0, crashes: 0, jumps: 0 } },
  { scenario: SCENARIOS.lost, changes: {} },
  { scenario: SCENARIOS.foreignHere, changes: { ...TWO, events: 2, jumps: 0 } },
  { scenario: SCENARIOS.foreignComes, changes: { ...TWO, events: 2, jumps: 0 } },
  { scenario: SCENARIOS.foreignStays, changes: { ...TWO, crashes: 0, faults: 0, jumps: 0 } },
  { scenario: SCENARIOS.lostOnline, changes: { ...TWO, faults: 0, jumps: 0 } },
];

export const RESTARTS_EXPLORED: typeof EXPLORED = [
  { scenario: SCENARIOS.stopping, changes: {} },
  { scenario: SCENARIOS.restarting, changes: {} },
  { scenario: SCENARIOS.restartingFrom, changes: { crashes: 0 } },
  { scenario: SCENARIOS.restartCancelled, changes: { faults: 0, crashes: 0, jumps: 0 } },
  { scenario: SCENARIOS.restartEnded, changes: { total: 2, switches: 0, faults: 0, jumps: 0 } },
  { scenario: SCENARIOS.forgotten, changes: {} },
  { scenario: SCENARIOS.killOrCancel, changes: { faults: 0, crashes: 0 } },
];

export const JARS_EXPLORED: typeof EXPLORED = [
  { scenario: SCENARIOS.jarOnce, changes: {} },
  { scenario: SCENARIOS.jarSlept, changes: {} },
  { scenario: SCENARIOS.jarSetBack, changes: {} },
  { scenario: SCENARIOS.jarAgain, changes: {} },
  { scenario: SCENARIOS.jarHead, changes: { total: 2, faults: 2, switches: 2, jumps: 0 } },
  { scenario: SCENARIOS.jarCancel, changes: {} },
  { scenario: SCENARIOS.jarOnceCancel, changes: {} },
  { scenario: SCENARIOS.jarRestart, changes: { ...TWO } },
  { scenario: SCENARIOS.jarOnceRestart, changes: { ...TWO } },
];
