/**
 * Sends a frozen plan again, with the same job id (protocol.md section 6). Everything before the new permission costs no
 * send; the permission is durable before the statement that starts the job is sent.
 */
import { cutText } from '../../domain/cut-text.ts';
import { AppError } from '../../domain/errors.ts';
import { MAX_ERROR_LENGTH } from '../../domain/limits.ts';
import type { RunBody } from '../../domain/plan/run-body.ts';
import type { SqlGateway } from '../../domain/ports.ts';
import type { JobManagerIdentity } from '../../domain/run/job-manager.ts';
import { refusesKnownIds } from '../../domain/run/reconcile.ts';
import { isUnsent } from '../../domain/run/restart.ts';
import type { HeadChange, RunHead } from '../../domain/run/run.ts';
import { redactionFor } from '../../domain/secrets/redaction.ts';
import { type FlinkVisit, jobManagerOf, withFlink } from '../connect/reach-flink.ts';
import { isSecretGone, readSecrets } from '../connect/read-secrets.ts';
import { redactingVisit } from '../connect/redacting-session.ts';
import { logFullText } from '../record/log-full-text.ts';
import { record } from '../record/record.ts';
import { type DriveDeps, Driver } from '../send/drive-run.ts';
import { runSteps, type StepsFailure } from '../send/run-steps.ts';
import { sendUntil } from '../send/send-permission.ts';
import { RESTARTED, whyNotSend } from '../send/why-not-send.ts';
import { type Budget, withinBudget } from '../waiting/budget.ts';

export interface ResendDeps extends DriveDeps {
  readonly gateway: SqlGateway;
}

/** One run must not use up a sweep that has others to send. */
const RESEND_WITHIN_MS = 25_000;

/** What became of a turn. `notSent`: the record is as it was, and `why` tells what the turn failed by. */
export type Turn = { readonly kind: 'recorded' } | { readonly kind: 'notSent'; readonly why: string };

const RECORDED: Turn = { kind: 'recorded' };
// Stryker disable next-line StringLiteral: whatever is not recorded was not sent
const notSent = (why: string): Turn => ({ kind: 'notSent', why });

export async function resend(deps: ResendDeps, head: RunHead, body: RunBody, sweep: Budget): Promise<Turn> {
  const target = { hosts: head.hosts, gatewayUrl: body.gatewayUrl };
  return await withinBudget(deps.clock, Math.min(RESEND_WITHIN_MS, sweep.remainingMs()), (budget) =>
    withFlink(deps, { target, plan: body.plan }, budget, async (reaching) =>
      sendAgain(deps, { head, body }, await reaching, budget),
    ),
  );
}

interface SentRun {
  readonly head: RunHead;
  readonly body: RunBody;
}

async function sendAgain(
  deps: ResendDeps,
  { head, body }: SentRun,
  reached: FlinkVisit,
  budget: Budget,
): Promise<Turn> {
  // One that took the place of another run (protocol.md section 13): no send of it is under way.
  if (isUnsent(head)) return await sendWith(deps, { head, body }, { reached, isFirst: true }, budget);
  // A script has no JobManager to ask, and is sent once.
  // Stryker disable next-line ConditionalExpression,StringLiteral: so that none comes here; the compiler does not know that
  if (reached.kind === 'script') return notSent(RESTARTED);
  if (!refusesKnownIds(head, { jobManager: reached.identity })) return notSent(RESTARTED);
  return await sendWith(deps, { head, body }, { reached, isFirst: false }, budget);
}

async function sendWith(
  deps: ResendDeps,
  { head, body }: SentRun,
  { reached, isFirst }: { readonly reached: FlinkVisit; readonly isFirst: boolean },
  budget: Budget,
): Promise<Turn> {
  const flink = await withSecrets(deps, { head, body }, reached, budget);
  if (flink === null) return notSent('its secrets could not be read');
  const steps = await runSteps(deps.clock, body, flink, budget);
  if (steps.kind === 'interrupted') return notSent(steps.reason);
  if (steps.kind === 'refused') {
    await noteRefusal(deps, head, steps);
    return RECORDED;
  }
  const sendUntilMs = sendUntil(deps.clock);
  const permitted = await permit(deps, head, isFirst ? jobManagerOf(reached) : null);
  if (permitted === null) return RECORDED;
  const run = { head: permitted, body, sendUntilMs };
  const refusal = isFirst ? null : await whyNotSend(deps.jobManager, permitted, budget);
  if (refusal === null) {
    await new Driver({ deps, run, flink, budget }).sendAndSettle(steps.results);
    return RECORDED;
  }
  const evidence = { kind: 'nothingStarted', send: permitted.sends, refusal, bySql: false } as const;
  await record(deps, permitted, evidence, budget.signal);
  return RECORDED;
}

/** Read anew for this send. Null: they can't be had; what that means for the run has been recorded. */
async function withSecrets(
  deps: ResendDeps,
  { head, body }: SentRun,
  reached: FlinkVisit,
  budget: Budget,
): Promise<FlinkVisit | null> {
  try {
    return redactingVisit(reached, redactionFor(body, await readSecrets(deps.secrets, body.plan, budget.signal)));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (isSecretGone(error)) await noteRefusal(deps, head, { reason: error.message, bySql: false });
    else deps.log.warn('secrets not read: the next sweep tries again', { runId: head.id, error: error.message });
    return null;
  }
}

/** Who answers now is the JobManager of the intent. */
function intentPlace({ deployment }: RunHead, identity: JobManagerIdentity): HeadChange {
  const { address, jmId, highAvailability, forgetsEnded, haCluster = null } = identity;
  return deployment === null ? { address, jmId, highAvailability, forgetsEnded, haCluster } : {};
}

/** `first`: the JobManager that answers, where no send before has started anything. */
async function permit(deps: ResendDeps, head: RunHead, first: JobManagerIdentity | null): Promise<RunHead | null> {
  const send = head.sends + 1;
  const place = first === null ? {} : intentPlace(head, first);
  const change = { ...place, sends: send, open: [...head.open, send], sentAt: deps.clock.now(), missedAt: null };
  return await deps.store.updateHead(head, change, whySent(send, first !== null));
}

function whySent(send: number, isFirst: boolean): string {
  if (!isFirst) return `send ${send}: Flink does not know the job`;
  return send === 1 ? 'sent for the first time' : `send ${send}: no send before has started a job`;
}

/** The statements before the job, or a secret in them, were refused this time: this send, which was never made, started nothing. */
async function noteRefusal(deps: ResendDeps, head: RunHead, steps: StepsFailure): Promise<void> {
  const send = head.sends + 1;
  const sqlRefusedSend = steps.bySql ? send : head.sqlRefusedSend;
  const refusal = cutText(steps.reason, MAX_ERROR_LENGTH);
  const change = { sends: send, sentAt: deps.clock.now(), refusal, sqlRefusedSend };
  const noted = await deps.store.updateHead(head, change, `send ${send} started nothing: ${refusal}`);
  if (noted !== null) logFullText(deps.log, head.id, steps.reason);
}
