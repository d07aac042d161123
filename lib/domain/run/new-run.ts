/** The first state of a run: its intent, durable before anything that can start a job (design.md, rule 1). */
import { intentIn } from './active-partitions.ts';
import { withShortTexts } from './head-size.ts';
import type { RunHead } from './run.ts';

export type NewRun = Omit<RunHead, ChosenHere | keyof typeof NOTHING_YET | Usual> & Partial<Pick<RunHead, Usual>>;

/** As a rule: a cluster that is there, and that says nothing special. */
type Usual = 'deployment' | 'forgetsEnded' | 'haCluster' | 'lostAfterMs';

type ChosenHere =
  'v' | 'creation' | 'status' | 'submitStatus' | 'intentAt' | 'sends' | 'open' | 'sentAt' | 'active' | 'events';

/** Permits send 1: its writer may send once, within SEND_WITHIN of `now` (UTC ms). */
export function newRun(run: NewRun, now: number): RunHead {
  const short = withShortTexts(run);
  return {
    deployment: null,
    forgetsEnded: false,
    haCluster: null,
    lostAfterMs: null,
    ...short,
    v: 1,
    creation: run.nonce,
    status: 'INITIALIZING',
    submitStatus: 'INITIALIZE',
    intentAt: now,
    sends: 1,
    open: [1],
    sentAt: now,
    ...NOTHING_YET,
    active: intentIn(run.id),
    events: [{ seq: 1, at: now, status: 'INITIALIZING', cause: 'submitted', by: run.writer, who: short.createdBy }],
  };
}

/** Permits nothing yet: the run waits for the end of the one whose place it takes. */
export function waitingRun(run: NewRun, follows: number, now: number): RunHead {
  const waiting = {
    follows: { runId: follows, isWaiting: true, isGiven: run.savePointPath !== null },
    sends: 0,
    open: [],
  };
  return { ...newRun(run, now), ...waiting };
}

/**
 * A number that was claimed and never became a run; no answer shows it. Two such heads of one writer are the same: all that
 * a writer wants to know is that the number is void.
 */
export function voidHead(id: number, taskId: number, writer: string, now: number): RunHead {
  const nobody = { name: '', step: 0, clusterId: null, hosts: '', address: '', jobId: null, jmId: null };
  const run = {
    ...nobody,
    id,
    taskId,
    kind: 'none',
    taskVersion: 0,
    fp: '',
    once: true,
    highAvailability: false,
  } as const;
  const head = newRun({ ...run, savePointPath: null, writer, createdBy: '', nonce: `void-${writer}` }, now);
  const events = [{ seq: 1, at: now, status: 'VOID', cause: 'claimed, but never submitted', by: writer } as const];
  return { ...head, status: 'VOID', submitStatus: 'CANCEL', sends: 0, open: [], finishedAt: now, active: null, events };
}

/** What only the life of a run brings. */
const NOTHING_YET = {
  refusal: null,
  sqlRefusedSend: null,
  otherJobId: null,
  savepoint: null,
  restart: null,
  follows: null,
  cancelAskedAt: null,
  cancelAskedBy: null,
  missedAt: null,
  triedAt: null,
  triedWhy: null,
  missedBy: null,
  shownBy: null,
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
} as const;
