/**
 * The fake store behind gates. One condition can be taken away (`Conditions`), to show that the exploration notices.
 * The SDK's own retry: the write has succeeded, its reply is lost, the second attempt meets its own write and the
 * adapter reads the item to find out (protocol.md section 2, rule 3).
 */
import { AppError } from '../../../lib/domain/errors.ts';
import type { JobStore, RequestKeyStore } from '../../../lib/domain/ports.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { MemoryTable } from '../../fakes/memory-job-store.ts';
import type { Fault, Process, Simulation } from './simulation.ts';

/** The item as it is in the table now, whoever wrote it. */
const nonceOf = (table: MemoryTable, id: number): string | undefined => table.heads.get(id)?.nonce;

const lost = (): AppError => new AppError('store.unavailable', 'No reply from the table.');

/** Reply lost once (the SDK asks again, `second`) or for good. */
function writeFaults<T>(first: () => Promise<T>, second: (firstReply: T) => T): Fault<T>[] {
  return [
    {
      name: 'retried',
      run: () => {
        const reply = first();
        return { kind: 'again', effect: async () => second(await reply) };
      },
    },
    {
      name: 'unavailable',
      run: () => {
        first().catch(() => undefined);
        return { kind: 'error', error: lost() };
      },
    },
  ];
}

export function gatedStore(sim: Simulation, process: Process, store: JobStore, table: MemoryTable): JobStore {
  const read = <T>(name: string, effect: () => Promise<T>): Promise<T> => sim.call(process, { name, effect });
  const write = <T>(name: string, effect: () => Promise<T>, second: (first: T) => T): Promise<T> =>
    sim.call(process, { name, effect, faults: writeFaults(effect, second), outlives: 'process' });
  const gated: JobStore = {
    ...store,
    // No call of an explored world takes longer than a budget.
    within: () => gated,
    readTask: (taskId) => read(`readTask ${taskId}`, () => store.readTask(taskId)),
    readHead: (runId) => read(`readHead ${runId}`, () => store.readHead(runId)),
    claim: (request) => {
      const { taskId, fp, runId } = request;
      const mine = (): boolean => table.tasks.get(taskId)?.claims[fp] === runId;
      return write(`claim ${runId}`, () => store.claim(request), mine);
    },
    putHead: (head) =>
      write(
        `putHead ${head.id} ${head.status}`,
        () => store.putHead(head),
        (first) => first,
      ),
    updateHead: (head, change, cause) => {
      const mine = (first: RunHead | null): RunHead | null =>
        first !== null && nonceOf(table, head.id) === first.nonce ? first : null;
      const what = Object.keys(change).join();
      return write(`updateHead ${head.id} v${head.v} ${what}`, () => store.updateHead(head, change, cause), mine);
    },
    takeRefresh: (head, now) =>
      write(
        `takeRefresh ${head.id}`,
        () => store.takeRefresh(head, now),
        () => false,
      ),
  };
  return gated;
}

export function gatedKeys(sim: Simulation, process: Process, keys: RequestKeyStore): RequestKeyStore {
  const write = <T>(name: string, effect: () => Promise<T>, second: (first: T) => T): Promise<T> =>
    sim.call(process, { name, effect, faults: writeFaults(effect, second), outlives: 'process' });
  const gated: RequestKeyStore = {
    ...keys,
    within: () => gated,
    putKey: (key, request) =>
      write(
        `putKey ${request.runId}`,
        () => keys.putKey(key, request),
        (first) => first,
      ),
    repointKey: (key, from, to) =>
      write(
        `repointKey ${from} ${to.runId}`,
        () => keys.repointKey(key, from, to),
        (ok) => ok,
      ),
  };
  return gated;
}
