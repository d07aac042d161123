/** Logs every end of a run, once: only one writer gets a version of the head through. */
import type { JobStore, Log } from '../../domain/ports.ts';
import type { RunHead } from '../../domain/run/run.ts';
import { isFinal } from '../../domain/run/status.ts';

export function loggingEnds(store: JobStore, log: Log): JobStore {
  return {
    ...store,
    within: (signal) => loggingEnds(store.within(signal), log),
    updateHead: async (head, change, cause, requester) => {
      const stored = await store.updateHead(head, change, cause, requester);
      if (stored !== null && isFinal(stored.status) && !isFinal(head.status)) logEnd(stored, log);
      return stored;
    },
  };
}

/** The reason may be long; the record has it. */
function logEnd({ id: runId, taskId, name, jobId, status, intentAt, finishedAt }: RunHead, log: Log): void {
  const durationMs = finishedAt === null ? null : finishedAt - intentAt;
  log.info('run ended', { runId, taskId, task: name, jobId, status, durationMs });
}
