/**
 * A person says that the job of a run is gone: the run ends as lost at once, where it would else be waited for (protocol.md
 * section 6). Not of a job that its JobManager shows.
 */
import { AppError } from '../domain/errors.ts';
import type { Clock, JobManager, JobStore } from '../domain/ports.ts';
import { isConfirmed } from '../domain/run/lost-job.ts';
import type { RunHead } from '../domain/run/run.ts';
import { settle } from '../domain/run/settle.ts';
import { isFinal } from '../domain/run/status.ts';
import { shownAddress } from '../domain/secrets/shown-address.ts';
import { withinBudget } from './waiting/budget.ts';

export interface SayLostDeps {
  readonly store: JobStore;
  readonly jobManager: JobManager;
  readonly clock: Clock;
}

export interface SaidLost {
  readonly head: RunHead;
  /** What the JobManager at the run's address answered. */
  readonly seen: string;
}

const ASK_WITHIN_MS = 10_000;

export function sayLost(deps: SayLostDeps): (input: { runId: number; person: string }) => Promise<SaidLost> {
  return async ({ runId, person }) => {
    for (;;) {
      const head = await deps.store.readHead(runId);
      const confirmed = refuseOthers(head, runId);
      const seen = await askForJob(deps, confirmed);
      const reason = `declared lost by ${person}; ${seen}`;
      const settlement = settle(confirmed, { kind: 'over', status: 'UNKNOWN', reason }, deps.clock.now());
      const requester = { caller: person };
      const ended =
        settlement && (await deps.store.updateHead(confirmed, settlement.change, settlement.cause, requester));
      if (ended) return { head: ended, seen };
    }
  };
}

/** Flink has shown its job. */
type ConfirmedRun = RunHead & { readonly jobId: string };

function refuseOthers(head: RunHead | null, runId: number): ConfirmedRun {
  if (head === null || head.status === 'VOID') {
    throw new AppError('run.notFound', `There is no run ${runId}. See dinghy runs.`);
  }
  const which = `Run ${runId} of task ${head.taskId}`;
  if (isFinal(head.status)) {
    throw new AppError('run.conflict', `${which} has ended already: ${head.status}. Nothing was changed.`);
  }
  const { jobId } = head;
  if (isConfirmed(head) && jobId !== null) return { ...head, jobId };
  const hint = 'A submission may still reach Flink; the reconciler ends the run when none can. Nothing was changed.';
  throw new AppError('run.conflict', `${which} is not confirmed: Flink has never shown its job. ${hint}`);
}

/** Returns the answer of the JobManager; throws if it shows the job. */
async function askForJob({ jobManager, clock }: SayLostDeps, head: ConfirmedRun): Promise<string> {
  const { jobId, hosts, id, taskId } = head;
  try {
    const { address, job } = await withinBudget(clock, ASK_WITHIN_MS, async ({ signal }) => {
      const identity = await jobManager.identify(hosts, signal);
      return { address: identity.address, job: await jobManager.job(identity.address, jobId, signal) };
    });
    if (job === null) return `the JobManager at ${shownAddress(address)} did not know its job`;
    const message = `The JobManager at ${shownAddress(address)} shows the job of run ${id} of task ${taskId} as ${job.state}: it is not lost.`;
    throw new AppError('run.conflict', `${message} Nothing was changed; to end the job, cancel the task.`);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'run.conflict') throw error;
    return `the JobManager at ${shownAddress(hosts)} was out of reach (${error.message})`;
  }
}
