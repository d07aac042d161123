/**
 * Runs the main() of a jar under the job id chosen for the run, and says what is known afterwards (protocol.md sections 5 and
 * 11). It never concludes more than the reply proves.
 */
import { AppError } from '../../domain/errors.ts';
import { atItsLine, sentStatement } from '../../domain/plan/sent-statement.ts';
import type { JobManager, JobStore } from '../../domain/ports.ts';
import { jarRun } from '../../domain/run/jar-run.ts';
import type { RunHead } from '../../domain/run/run.ts';
import type { JarDeps } from '../connect/jar-on-flink.ts';
import type { JarVisit } from '../connect/reach-flink.ts';
import { withoutValues } from '../connect/redacting-session.ts';
import type { Budget } from '../waiting/budget.ts';
import { knowsNoJob } from './knows-no-job.ts';
import { type DrivenRun, maySend, permissionOf } from './send-permission.ts';
import { silence, type StartOutcome } from './start-statement.ts';
import { whyNotSend } from './why-not-send.ts';

export interface StartJarDeps extends JarDeps {
  readonly store: JobStore;
  readonly jobManager: JobManager;
}

export async function startJar(
  deps: StartJarDeps,
  flink: JarVisit,
  run: DrivenRun,
  budget: Budget,
): Promise<StartOutcome> {
  const send = { deps, flink, run, budget };
  const first = await sendOnce(send, false);
  if (first.kind !== 'jarGone') return first;
  // This request started nothing: another request may use the permission and the job id.
  flink.jar.forget();
  const second = await sendOnce(send, true);
  return second.kind === 'jarGone' ? { ...second, kind: 'nothingStarted', bySql: false } : second;
}

interface JarSend {
  readonly deps: StartJarDeps;
  readonly flink: JarVisit;
  readonly run: DrivenRun;
  readonly budget: Budget;
}

type SendOutcome = StartOutcome | { readonly kind: 'jarGone'; readonly reason: string };

/**
 * The gate and the permission are checked in the same tick as the send. `afterLoss`: the JobManager has lost the jar, most
 * likely by a restart. It is asked after the upload: an upload goes with its process, so that a restart after the answer
 * leaves nothing that could be run.
 */
async function sendOnce(send: JarSend, afterLoss: boolean): Promise<SendOutcome> {
  const { deps, flink, run, budget } = send;
  const what = jarRun(run.head, run.body.plan, flink.job, flink.redaction.fill);
  let jarId: string;
  try {
    jarId = await flink.jar.bring(budget);
  } catch (error) {
    // On its way there a jar starts nothing.
    return { kind: 'nothingStarted', reason: reasonOf(appError(error, flink), run, flink), bySql: false };
  }
  const unwanted = afterLoss ? await notAnyMore(deps, run.head, budget) : null;
  if (unwanted !== null) return unwanted;
  if (!maySend(deps.clock, permissionOf(run), budget)) return { kind: 'notSent' };
  try {
    await deps.jars.run(flink.identity.address, jarId, what, budget.signal);
    return { kind: 'accepted' };
  } catch (error) {
    return await afterFailure(send, appError(error, flink));
  }
}

/**
 * After an upload in between. Null: the permission is as good as it was. Nobody has decided about the run meanwhile, and what
 * the sends before this one may have started, the JobManager would know.
 */
async function notAnyMore(deps: StartJarDeps, { id, sends }: RunHead, budget: Budget): Promise<SendOutcome | null> {
  const head = await deps.store.readHead(id);
  if (head?.open.includes(sends) !== true) return { kind: 'notSent' };
  const isFirst = head.open.every((send) => send === sends);
  const reason = isFirst ? null : await whyNotSend(deps.jobManager, head, budget);
  return reason === null ? null : { kind: 'nothingStarted', reason, bySql: false };
}

async function afterFailure({ deps, flink, run, budget }: JarSend, error: AppError): Promise<SendOutcome> {
  const reason = reasonOf(error, run, flink);
  switch (error.code) {
    case 'flink.unreachable':
      return { kind: 'nothingStarted', reason, bySql: false };
    case 'flink.rejected':
      return { kind: 'nothingStarted', reason, bySql: true };
    case 'flink.jarGone':
      return { kind: 'jarGone', reason };
    case 'flink.mainFailed':
      return (await startedNone(deps, flink, run.head, budget))
        ? { kind: 'nothingStarted', reason, bySql: true }
        : { kind: 'unknown', reason, answered: true };
    case 'flink.failed':
      return { kind: 'unknown', reason, answered: true };
    default:
      return { kind: 'unknown', reason: silence(error) === null ? null : reason, answered: false };
  }
}

/** main() ran in the JobManager and is over. */
async function startedNone(deps: StartJarDeps, flink: JarVisit, head: RunHead, budget: Budget): Promise<boolean> {
  try {
    return await knowsNoJob(deps.jobManager, flink.identity, head, budget);
  } catch (error) {
    throw withoutValues(error, flink.redaction, null);
  }
}

function reasonOf(error: AppError, run: DrivenRun, flink: JarVisit): string {
  return atItsLine(flink.redaction.messageOf(error), sentStatement(run.body, flink.job));
}

/** Unexpected errors are logged; they may quote the request. */
function appError(error: unknown, { redaction: hidden }: JarVisit): AppError {
  if (error instanceof AppError) return error;
  throw withoutValues(error, hidden, null);
}
