/** Everything a use case needs, in memory, with a clock the test holds. */
import type { RunView } from '../../lib/domain/answer.ts';
import { type SubmitDeps, type SubmitRequest, submitTask } from '../../lib/usecases/submit-task.ts';
import { type FakeFlink, fakeFlink } from '../fakes/fake-flink.ts';
import { type KeptLog, fakeIds, keptLog } from '../fakes/fake-ids.ts';
import { type Definitions, aTask, memoryDefinitions } from '../fakes/memory-definitions.ts';
import { type MemoryJobStore, memoryJobStore } from '../fakes/memory-job-store.ts';
import { type VirtualClock, virtualClock } from '../fakes/virtual-clock.ts';

export interface World extends SubmitDeps {
  readonly clock: VirtualClock;
  readonly store: MemoryJobStore;
  readonly flink: FakeFlink;
  readonly log: KeptLog;
  submit(request?: Partial<SubmitRequest>, budgetMs?: number): Promise<RunView>;
}

export const GATEWAY = 'http://gateway:8083';
export const HOSTS = 'jobmanager:8081';

export function world(definitions: Definitions = { tasks: [aTask()] }): World {
  const clock = virtualClock();
  const ids = fakeIds();
  const flink = fakeFlink(clock);
  const store = memoryJobStore(clock, ids);
  const log = keptLog();
  const settings = { sqlGatewayUrl: GATEWAY, flinkRest: HOSTS, flinkConfig: {} };
  const deps = {
    definitions: memoryDefinitions(definitions),
    store,
    gateway: flink,
    jobManager: flink,
    clock,
    ids,
    log,
    settings,
  };
  const submit = submitTask(deps);
  return {
    ...deps,
    flink,
    submit: (request, budgetMs = 25_000) => {
      const asked = { taskId: 1, variables: {}, savePointPath: null, ...request };
      return clock.run(submit(asked, { caller: 'test', budgetMs }));
    },
  };
}
