/** A caller's own name for a request: the first request makes the run, the others get it (protocol.md section 3.3). */
import { AppError } from '../../domain/errors.ts';
import type { Clock, Ids, JobStore, RequestKeyStore } from '../../domain/ports.ts';
import { type Fingerprints, fingerprintsOf, isRunOf } from '../../domain/run/claims.ts';
import type { RequestKey } from '../../domain/run/request-key.ts';
import type { RunHead } from '../../domain/run/run.ts';
import type { SubmitRequest } from '../../domain/run/submit-request.ts';
import type { Budget } from '../waiting/budget.ts';
import { awaitHead } from './claim-run.ts';

export interface KeyDeps {
  readonly store: JobStore;
  readonly keys: RequestKeyStore;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface TakenKey {
  readonly key: RequestKey;
  readonly requestHash: string;
  /** The request of this submission. */
  readonly owner: string;
  /** The run that a key names must have one of these fingerprints. */
  readonly asked: { readonly taskId: number; readonly fps: readonly (string | null)[] };
}

/** Null: the request brings no key. */
export function requestKeyOf(
  { ids }: KeyDeps,
  request: SubmitRequest,
  fingerprints: Fingerprints,
  caller: string,
): TakenKey | null {
  if (request.key === null) return null;
  const { taskId, variables, savePointPath, startsFrom, isOnline, unstored, slot } = request;
  // Stryker disable next-line EqualityOperator: no two names are equal; the order itself is held by a test
  const sorted = Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1));
  const own = unstored === undefined ? {} : { identity: unstored.identity, start: unstored.fields.savePointStrategy };
  const start = startsFrom === undefined ? {} : { startsFrom };
  const whole = { taskId, variables: sorted, savePointPath, isOnline, ...own, ...start };
  // A slot is the same slot, even if its definition has changed before the next delivery (protocol.md section 14).
  const asking = slot === undefined ? whole : { taskId, slot };
  const requestHash = ids.sha256(JSON.stringify(asking));
  // A request whose run must be alone is answered by any live run of its task.
  const asked = { taskId, fps: isOnline ? [null] : fingerprintsOf(fingerprints) };
  return { key: { caller, hash: ids.sha256(request.key) }, requestHash, owner: ids.jobId(), asked };
}

/** Null: the key names `runId` now, go on; else the run that it names. */
export async function takeKey(deps: KeyDeps, taken: TakenKey, runId: number, budget: Budget): Promise<RunHead | null> {
  const { key, requestHash, owner, asked } = taken;
  for (;;) {
    const there = await deps.keys.putKey(key, { runId, requestHash, owner });
    if (there === null) return null;
    if (there.requestHash !== requestHash) throw reused(there.runId);
    const claim = { store: deps.store, clock: deps.clock, writer: deps.ids.writer };
    const stored = await deps.store.readHead(there.runId);
    const head = stored ?? (await awaitHead(claim, there.runId, asked.taskId, budget));
    if (head !== null && head.status !== 'VOID' && isOneOf(head, asked)) return head;
    if (await deps.keys.repointKey(key, there.runId, { runId, owner })) return null;
  }
}

function isOneOf(head: RunHead, { taskId, fps }: TakenKey['asked']): boolean {
  return fps.some((fp) => isRunOf(head, { taskId, fp }));
}

function reused(runId: number): AppError {
  const message = `This Idempotency-Key already belongs to another request (run ${runId}). Use a new key for each request.`;
  return new AppError('request.keyReused', message);
}
