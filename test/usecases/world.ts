/** Everything a use case needs, in memory, with a clock the test holds. */
import type { RunView } from '../../lib/domain/answer.ts';
import type { CancelOutcome } from '../../lib/domain/run/cancel.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import type { SubmitRequest } from '../../lib/domain/run/submit-request.ts';
import { cancelTask } from '../../lib/usecases/cancel-task.ts';
import { getJobInstance, getJobInstanceByTaskId } from '../../lib/usecases/job-instance.ts';
import { reconcile, type SweepReport } from '../../lib/usecases/reconcile.ts';
import { restartTask } from '../../lib/usecases/restart-task.ts';
import type { SubmitDeps } from '../../lib/usecases/submit/submission.ts';
import { submitTask } from '../../lib/usecases/submit-task.ts';
import { type FakeFlink, fakeFlink } from '../fakes/fake-flink.ts';
import { fakeIds, type KeptLog, keptLog } from '../fakes/fake-ids.ts';
import { type FakeJarSource, fakeJarSource } from '../fakes/fake-jars.ts';
import { aTask, type Definitions, memoryDefinitions } from '../fakes/memory-definitions.ts';
import { type MemoryJobStore, memoryJobStore } from '../fakes/memory-job-store.ts';
import { memoryRequestKeyStore } from '../fakes/memory-request-key-store.ts';
import { type MemorySavepoints, memorySavepointStore } from '../fakes/memory-savepoint-store.ts';
import { type MemorySecrets, memorySecrets } from '../fakes/memory-secrets.ts';
import { type MemorySweep, memorySweepStore } from '../fakes/memory-sweep-store.ts';
import { type VirtualClock, virtualClock } from '../fakes/virtual-clock.ts';

export interface World extends SubmitDeps {
  readonly clock: VirtualClock;
  readonly store: MemoryJobStore;
  readonly flink: FakeFlink;
  readonly jarSource: FakeJarSource;
  readonly savepoints: MemorySavepoints;
  readonly log: KeptLog;
  readonly sweep: MemorySweep;
  readonly secrets: MemorySecrets;
  /** One sweep of the reconciler. */
  reconcile(): Promise<SweepReport>;
  cancel(mayBeEcho?: boolean, caller?: string): Promise<CancelOutcome>;
  /** By a function that may read no secrets. */
  poll(runId: number): Promise<RunHead>;
  /** For the task of most tests. */
  pollTask(): Promise<RunHead | null>;
  submit(request?: Partial<SubmitRequest>, budgetMs?: number): Promise<RunView>;
  restart(savePointPath?: string | null, budgetMs?: number): Promise<RunView>;
}

export const GATEWAY = 'http://gateway:8083';
export const HOSTS = 'jobmanager:8081';

export function world(definitions: Definitions = { tasks: [aTask()] }): World {
  const clock = virtualClock();
  const ids = fakeIds();
  const flink = fakeFlink(clock);
  const store = memoryJobStore(clock, ids);
  const log = keptLog();
  const keys = memoryRequestKeyStore(clock);
  const sweep = memorySweepStore(store.heads, 100, new Map(), store.swept);
  const settings = { sqlGatewayUrl: GATEWAY, flinkRest: HOSTS, flinkConfig: {} };
  const deps = {
    definitions: memoryDefinitions(definitions),
    store,
    keys,
    savepoints: memorySavepointStore(),
    sweep,
    secrets: memorySecrets(),
    gateway: flink,
    jobManager: flink,
    jars: flink.jars,
    jarSource: fakeJarSource(),
    clock,
    ids,
    log,
    settings,
  };
  const submit = submitTask(deps);
  return {
    ...deps,
    flink,
    reconcile: () => clock.run(reconcile(deps)({ budgetMs: 60_000 })),
    cancel: (mayBeEcho = false, caller = 'test') =>
      clock.run(cancelTask({ ...deps, secrets: null })({ taskId: 1, mayBeEcho }, { caller, budgetMs: 25_000 })),
    poll: (id) => clock.run(getJobInstance({ ...deps, secrets: null })({ id })),
    pollTask: () => clock.run(getJobInstanceByTaskId({ ...deps, secrets: null })({ id: 1 })),
    restart: (savePointPath = null, budgetMs = 25_000) =>
      clock.run(restartTask(deps)({ taskId: 1, savePointPath }, { caller: 'test', budgetMs })),
    submit: (request, budgetMs = 25_000) => {
      const asked = { taskId: 1, variables: {}, savePointPath: null, isOnline: false, key: null, ...request };
      return clock.run(submit(asked, { caller: 'test', budgetMs }));
    },
  };
}
