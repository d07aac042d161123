/**
 * Has a run's script run in a cluster of its own: sent once, never again (protocol.md section 11). What the gateway says of
 * the cluster is all that can be known at once; its JobManager comes up later, and is the reconciler's to follow.
 */
import { AppError } from '../../domain/errors.ts';
import { sentStatement } from '../../domain/plan/sent-statement.ts';
import { sendOptions } from '../../domain/run/execution-config.ts';
import type { RunHead } from '../../domain/run/run.ts';
import type { ScriptVisit } from '../connect/reach-flink.ts';
import { noteReason, record, type RecordDeps } from '../record/record.ts';
import type { Budget } from '../waiting/budget.ts';
import { type DrivenRun, maySend, permissionOf } from './send-permission.ts';
import { silence, type StartOutcome } from './start-statement.ts';

type DeployOutcome =
  /** The gate was closed or the permission had run out: nothing left this process. */
  | { readonly kind: 'notSent' }
  | { readonly kind: 'made'; readonly clusterId: string }
  | { readonly kind: 'nothingStarted'; readonly reason: string }
  | Extract<StartOutcome, { kind: 'unknown' }>;

export async function deployRun(
  deps: RecordDeps,
  run: DrivenRun,
  flink: ScriptVisit,
  budget: Budget,
): Promise<RunHead> {
  const { head } = run;
  const outcome = await deploy(deps, run, flink, budget);
  switch (outcome.kind) {
    case 'made': {
      const evidence = { kind: 'deployed', send: head.sends, clusterId: outcome.clusterId } as const;
      return await record(deps, head, evidence, budget.signal);
    }
    case 'nothingStarted': {
      const evidence = { kind: 'nothingStarted', send: head.sends, refusal: outcome.reason, bySql: false } as const;
      return await record(deps, head, evidence, budget.signal);
    }
    case 'unknown':
      if (outcome.answered) return await noteReason(deps, head, outcome.reason);
      // The gateway may still be at work in the name of this session.
      flink.leaveOpen();
      return { ...head, refusal: outcome.reason };
    case 'notSent':
      return head;
  }
}

/** The gate and the permission are checked in the same tick as the send. */
async function deploy(
  { clock }: RecordDeps,
  run: DrivenRun,
  flink: ScriptVisit,
  budget: Budget,
): Promise<DeployOutcome> {
  const { head, body } = run;
  if (head.deployment === null || !maySend(clock, permissionOf(run), budget)) return { kind: 'notSent' };
  const options = sendOptions(head, body.plan.properties, flink.version);
  const { sql } = sentStatement(body, flink.job);
  try {
    return { kind: 'made', clusterId: await flink.session.deploy(sql, options, budget.signal) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return failed(error);
  }
}

/** Only errors before Flink asked for a cluster prove that there is none. */
function failed(error: AppError): DeployOutcome {
  const { code, message } = error;
  const nothing = code === 'flink.unreachable' || code === 'flink.rejected';
  if (nothing) return { kind: 'nothingStarted', reason: message };
  return code === 'flink.failed'
    ? { kind: 'unknown', reason: message, answered: true }
    : { kind: 'unknown', reason: silence(error), answered: false };
}
