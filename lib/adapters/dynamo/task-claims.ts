/** The item of a task in the Jobs table: which runs are claimed for it, and which is its latest. */
import type { JobStore } from '../../domain/ports.ts';
import type { ClaimRequest } from '../../domain/run/claim-request.ts';
import type { Items } from './items.ts';
import { claimName, toTaskClaims } from './job-items.ts';
import { SCHEMA_VERSION, taskKey } from './job-keys.ts';
import { type ItemUpdate, tableAccess } from './table-access.ts';
import { toUpdate } from './update-expression.ts';

type TaskClaimStore = Pick<JobStore, 'readTask' | 'claim' | 'dropClaim' | 'noteLatestRun'>;

export function taskClaims(items: Items, table: string): TaskClaimStore {
  const { read, update } = tableAccess(items, table);
  return {
    readTask: async (taskId) => toTaskClaims(await read(taskKey(taskId))),

    claim: async (request) => {
      const { taskId, fp, runId } = request;
      if (await update(taskKey(taskId), toClaim(request, 'newest'))) return true;
      // A later run of the task may have been claimed meanwhile, for other variables: it stays the latest.
      if (await update(taskKey(taskId), toClaim(request, 'older'))) return true;
      return toTaskClaims(await read(taskKey(taskId))).claims[fp] === runId;
    },

    dropClaim: async (taskId, fp, runId) => {
      const names = { claim: claimName(fp) };
      const drop = { remove: ['claim'], names, condition: '#claim = :run', values: { run: runId } };
      await update(taskKey(taskId), toUpdate(drop));
    },

    noteLatestRun: async (taskId, runId) => {
      const set = { latestRunId: runId, schemaVersion: SCHEMA_VERSION };
      const condition = 'attribute_not_exists(#latestRunId) OR #latestRunId < :latestRunId';
      await update(taskKey(taskId), toUpdate({ set, condition }));
    },
  };
}

/** The condition of a claim on the latest run of its task. `<=`: a run whose number is noted may still be claimed. */
const AGES = {
  newest: '(attribute_not_exists(latestRunId) OR latestRunId <= :claim)',
  older: 'latestRunId > :claim',
} as const;

/** The claim is exactly what was seen: nobody else has taken it meanwhile; nor any other claim of the task, if that matters. */
function toClaim({ fp, runId, seen, also, seenClaimSeq }: ClaimRequest, age: keyof typeof AGES): ItemUpdate {
  const conditions = [
    seen === null ? 'attribute_not_exists(#claim)' : '#claim = :seen',
    ...(also === undefined ? [] : [also.seen === null ? 'attribute_not_exists(#also)' : '#also = :alsoSeen']),
    ...(seenClaimSeq === undefined ? [] : [seenClaimSeq === 0 ? 'attribute_not_exists(claimSeq)' : 'claimSeq = :seq']),
    AGES[age],
  ];
  return toUpdate({
    set: {
      claim: runId,
      ...(also === undefined ? {} : { also: runId }),
      ...(age === 'newest' ? { latestRunId: runId } : {}),
      schemaVersion: SCHEMA_VERSION,
    },
    add: { claimSeq: 1 },
    condition: conditions.join(' AND '),
    values: {
      seen: seen ?? undefined,
      alsoSeen: also?.seen ?? undefined,
      seq: seenClaimSeq === 0 ? undefined : seenClaimSeq,
    },
    names: { claim: claimName(fp), ...(also === undefined ? {} : { also: claimName(also.fp) }) },
  });
}
