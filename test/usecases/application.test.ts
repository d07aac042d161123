/** Runs that start a cluster for themselves, from the submit to their end (protocol.md section 11). */
import { describe, expect, it } from 'vitest';
import type {
  ClusterConfiguration,
  TaskDefinition,
  VariableDefinition,
} from '../../lib/domain/definition/definitions.ts';
import { AppError } from '../../lib/domain/errors.ts';
import { explainTask } from '../../lib/usecases/explain-task.ts';
import { aClusterConfiguration, aTask, INSERT_SQL } from '../fakes/memory-definitions.ts';
import { openapi } from './openapi.ts';
import { GATEWAY, type World, world } from './world.ts';

const MINUTE = 60_000;
const TYPE = 'kubernetes-application';

function appWorld(
  task: Partial<TaskDefinition> = {},
  configuration: Partial<ClusterConfiguration> = {},
  variables: readonly VariableDefinition[] = [],
): World {
  const type = task.type ?? TYPE;
  const w = world({
    variables,
    tasks: [aTask({ type, clusterConfigurationId: 5, ...task })],
    clusterConfigurations: [aClusterConfiguration({ id: 5, type, ...configuration })],
  });
  w.flink.platforms.add(type);
  return w;
}

const head = (w: World, id = 1) => w.store.heads.get(id);
const nameOf = (w: World): string => head(w)?.deployment?.name ?? '';
const refusal = async (w: World): Promise<AppError> => {
  const error: unknown = await w.submit().catch((thrown: unknown) => thrown);
  if (error instanceof AppError) return error;
  throw new Error(`not refused: ${JSON.stringify(error)}`);
};

describe('a submit', () => {
  it('makes the cluster with one request, under a name and a job id that were stored before', async () => {
    const w = appWorld();
    let storedBefore = '';
    w.flink.fault = (call, before) => {
      if (call === 'deploy' && before) storedBefore = nameOf(w);
    };
    const view = await w.submit();
    const jobId = view.head.jobId ?? '';
    const name = `dinghy-1-${jobId.slice(0, 8)}`;
    expect(storedBefore).toBe(name);
    expect(w.flink.clusters).toEqual([
      {
        clusterId: name,
        jobId,
        script:
          "CREATE TABLE src (id BIGINT) WITH ('connector' = 'datagen');\n" +
          "CREATE TABLE snk (id BIGINT) COMMENT 'x 0, y 0' WITH ('connector' = 'blackhole');\n" +
          'INSERT INTO snk SELECT id FROM src;\n',
        config: {
          'execution.target': TYPE,
          'kubernetes.cluster-id': name,
          '$internal.pipeline.job-id': jobId,
        },
      },
    ]);
    expect(w.flink.started).toEqual([]);
    expect(w.flink.openSessions()).toBe(0);
    expect(view.head).toMatchObject({
      status: 'CREATED',
      submitStatus: 'SUCCESS',
      once: true,
      open: [],
      hosts: `${name}-rest.default:8081`,
      address: `${name}-rest.default:8081`,
      jmId: null,
      deployment: { type: TYPE, name, namespace: 'default', clusterId: name },
    });
    expect(view.body.jobConfig.gatewayConfig).not.toBeNull();
  });

  it('asks no JobManager: there is none', async () => {
    const w = appWorld();
    const calls: string[] = [];
    w.flink.fault = (call) => void calls.push(call);
    await w.submit();
    expect(calls).not.toContain('identify');
    expect(calls).not.toContain('job');
  });

  it("gives the id of YARN's application, and an address once it is known", async () => {
    const w = appWorld({ type: 'yarn-application' }, { jobManager: 'http://rm:8088/proxy/{clusterId}' });
    const { head: answered } = await w.submit();
    expect(answered).toMatchObject({
      status: 'CREATED',
      address: 'http://rm:8088/proxy/application_1_1',
      deployment: { clusterId: 'application_1_1', namespace: null },
    });
    expect(w.flink.clusters[0]?.config['yarn.tags']).toBe(nameOf(w));
    expect(w.flink.lastProperties()['yarn.application.name']).toBe('demo');
  });

  it('has room for a script that is half comments: they cost its plan no more than their length', async () => {
    const comment = '-- some words about the columns of it\n'.repeat(2_600);
    const w = appWorld({ statement: INSERT_SQL.replace('id BIGINT', `${comment}id BIGINT`) });
    const { body } = await w.submit();
    expect(body.statement.length).toBeGreaterThan(98_000);
    expect(JSON.stringify(body).length).toBeLessThan(220_000);
    expect(w.flink.clusters[0]?.script).not.toContain('words');
  });

  it('is answered with the run it has when it is repeated', async () => {
    const w = appWorld();
    await w.submit();
    expect(await w.submit()).toMatchObject({ duplicate: true, head: { id: 1 } });
    expect(w.flink.clusters).toHaveLength(1);
  });

  it("lets the task's own options win over the cluster configuration's, by whichever name", async () => {
    const image = 'kubernetes.container.image';
    const w = appWorld(
      { configJson: { customConfig: { [image]: 'of-task', a: 'task' }, udfRefer: {} } },
      { configJson: { kubernetesConfig: { configuration: { [image]: 'of-cluster', a: 'cluster', b: 'cluster' } } } },
    );
    await w.submit();
    expect(w.flink.lastProperties()).toMatchObject({ [`${image}.ref`]: 'of-task', a: 'task', b: 'cluster' });
    expect(w.flink.lastProperties()).not.toHaveProperty([image]);
  });

  it('uses the gateway of the cluster configuration', async () => {
    const w = appWorld({}, { sqlGateway: 'http://own:8083' });
    const view = await w.submit();
    expect(view.body.gatewayUrl).toBe('http://own:8083');
    expect((await appWorld().submit()).body.gatewayUrl).toBe(GATEWAY);
  });
});

describe('before a cluster is made', () => {
  it('explain has its statements checked in a session, where errors can be told', async () => {
    const w = appWorld({ statement: `${INSERT_SQL}INSERT INTO nowhere SELECT id FROM src;` });
    const { ok, statements } = await w.clock.run(explainTask(w)({ task: 1, variables: {} }, { budgetMs: 25_000 }));
    expect(ok).toBe(false);
    expect(statements.map(({ error }) => error !== null)).toEqual([false, false, false, true]);
    expect(w.flink.clusters).toEqual([]);
    expect(w.store.heads.size).toBe(0);
  });
});

describe('a submit that is refused leaves no run', () => {
  it.each([
    [TYPE, '1.20.3', /type kubernetes-application needs a SQL gateway of Flink 2\.0 or later.*1\.20\.3/],
    ['yarn-application', '1.20.3', /type yarn-application needs a SQL gateway of Flink 2\.0 or later.*1\.20\.3/],
    ['yarn-per-job', '2.0.0', /needs a SQL gateway of Flink 1\.x.*Use yarn-application.*2\.0\.0/],
  ])('%s on a gateway of Flink %s', async (type, version, message) => {
    const w = appWorld({ type });
    w.flink.version = () => Promise.resolve(version);
    expect((await refusal(w)).message).toMatch(message);
    expect(w.store.heads.size).toBe(0);
    expect(w.flink.clusters).toEqual([]);
  });

  it.each([
    ['a preview', 'SELECT 1;', /can't have a preview|SELECT/],
    ['rows', `SHOW TABLES;\n${INSERT_SQL}`, /SHOW \(line 1\) returns rows/],
    ['no job', "CREATE TABLE t (a INT) WITH ('connector' = 'print');", /starts no job/],
  ])('%s', async (_name, statement, message) => {
    const w = appWorld({ statement });
    expect((await refusal(w)).message).toMatch(message);
    expect(w.store.heads.size).toBe(0);
  });

  it.each([
    ['no cluster configuration', { clusterConfigurationId: null }, {}, /names no cluster configuration/],
    ['one of another type', {}, { type: 'yarn-application' }, /is for yarn-application, but task 1 is of type/],
    ['one that is disabled', {}, { enabled: false }, /is disabled/],
    [
      'one with what a gateway can not be given',
      {},
      { configJson: { kubernetesConfig: { podTemplate: 'kind: Pod' } } },
      /Cluster configuration 5 \(k8s\): kubernetesConfig\.podTemplate can't be used/,
    ],
  ])('%s', async (_name, task, configuration, message) => {
    const w = appWorld({ type: TYPE, ...task }, configuration);
    expect((await refusal(w)).message).toMatch(message);
    expect(w.store.heads.size).toBe(0);
  });

  it("options that are Dinghy's to fix, in the task's own configuration", async () => {
    const w = appWorld({ configJson: { customConfig: { 'kubernetes.cluster-id': 'mine' }, udfRefer: {} } });
    expect((await refusal(w)).message).toContain('"kubernetes.cluster-id"');
  });
});

describe('what the gateway says', () => {
  it('a refusal before a cluster was asked for: the run has failed, with the reason', async () => {
    const w = appWorld();
    w.flink.platforms.clear();
    const { head: failed } = await w.submit();
    expect(failed).toMatchObject({ status: 'FAILED', submitStatus: 'FAILED', error: 'No ClusterClientFactory found.' });
  });

  it('nothing, because it is not there any more: the run has failed', async () => {
    const w = appWorld();
    w.flink.fault = (call, before) => {
      if (call === 'deploy' && before) throw new AppError('flink.unreachable', 'connection refused');
    };
    expect((await w.submit()).head).toMatchObject({ status: 'FAILED', error: 'connection refused' });
  });

  it.each([
    ['no reply', 'flink.noReply', /no reply came/],
    ['an error of the deployer', 'flink.failed', /the gateway said: quota exceeded/],
  ] as const)(
    '%s: waited for 20 minutes, then UNKNOWN with what to look for; never sent again',
    async (_name, code, said) => {
      const w = appWorld();
      w.flink.fault = (call, before) => {
        if (call === 'deploy' && before) throw new AppError(code, 'quota exceeded');
      };
      const { head: open } = await w.submit();
      expect(open).toMatchObject({ status: 'INITIALIZING', submitStatus: 'INITIALIZE', open: [1] });
      w.flink.fault = () => undefined;
      w.flink.deadHosts.add(open.address);
      for (let minute = 0; minute < 19; minute += 1) {
        await w.clock.advance(MINUTE);
        await w.reconcile();
      }
      expect(head(w)).toMatchObject({ status: 'INITIALIZING' });
      for (let minute = 0; minute < 3; minute += 1) {
        await w.clock.advance(MINUTE);
        await w.reconcile();
      }
      const ended = head(w);
      expect(ended).toMatchObject({ status: 'UNKNOWN', submitStatus: 'FAILED' });
      expect(ended?.error).toMatch(said);
      expect(ended?.error).toContain(`kubectl get deployment ${nameOf(w)} -n default`);
      expect(w.flink.clusters).toEqual([]);
    },
  );

  it('no reply, although the cluster was made: a sweep that sees its job confirms it', async () => {
    const w = appWorld();
    w.flink.fault = (call, before) => {
      if (call === 'deploy' && !before) throw new AppError('flink.noReply', 'reset');
    };
    expect((await w.submit()).head.status).toBe('INITIALIZING');
    w.flink.fault = () => undefined;
    await w.reconcile();
    const deployment = { name: nameOf(w), clusterId: nameOf(w) };
    expect(head(w)).toMatchObject({ status: 'RUNNING', submitStatus: 'SUCCESS', deployment });
    expect(w.flink.clusters).toHaveLength(1);
  });
});

describe('a cluster that was made', () => {
  it('is followed at its address, to the end of its job', async () => {
    const w = appWorld();
    const { head: made } = await w.submit();
    await w.reconcile();
    expect(head(w)?.status).toBe('RUNNING');
    Object.assign(w.flink.jobs.get(made.jobId ?? '') ?? {}, { state: 'FINISHED', endedAt: w.clock.now() });
    await w.reconcile();
    expect(head(w)).toMatchObject({ status: 'FINISHED', active: null });
  });

  it.each(['poll', 'sweep'] as const)(
    'that goes away as soon as its job has ended: the %s that saw the end records it, with savepoints or without',
    async (observer) => {
      const w = appWorld();
      const { head: made } = await w.submit();
      await w.clock.advance(10_000);
      Object.assign(w.flink.jobs.get(made.jobId ?? '') ?? {}, { state: 'FINISHED', endedAt: w.clock.now() });
      w.flink.fault = (call, before) => {
        if (call === 'checkpoints' && before) throw new AppError('flink.noReply', 'reset');
      };
      await (observer === 'poll' ? w.poll(1) : w.reconcile());
      expect(head(w)).toMatchObject({ status: 'FINISHED', active: null });
    },
  );

  it('whose job has failed is FAILED for a poll that may read no secrets, without a reason', async () => {
    const statement = `SET 'x' = '\${pw}';\n${INSERT_SQL}`;
    const w = appWorld({ statement, fragment: true }, {}, [{ name: 'pw', value: { secret: 'pw' }, note: null }]);
    w.secrets.values.set('pw', 'hunter22');
    const { head: made } = await w.submit();
    await w.clock.advance(10_000);
    const failed = { state: 'FAILED', endedAt: w.clock.now(), cause: 'no login with hunter22' } as const;
    Object.assign(w.flink.jobs.get(made.jobId ?? '') ?? {}, failed);
    await w.poll(1);
    expect(head(w)).toMatchObject({ status: 'FAILED', active: null });
    expect(head(w)?.error).toMatch(/^the job failed\. Flink's reason may quote a secret/);
  });

  it('keeps no record of its own in the list of clusters', async () => {
    const w = appWorld();
    await w.submit();
    await w.reconcile();
    expect([...w.sweep.clusters.keys()]).toEqual([]);
  });

  it('that is out of reach is RECONNECTING for a poll, and UNKNOWN after 20 minutes', async () => {
    const w = appWorld();
    const { head: made } = await w.submit();
    await w.reconcile();
    w.flink.deadHosts.add(made.address);
    await w.clock.advance(6_000);
    expect(await w.poll(1)).toMatchObject({ status: 'RUNNING', unreachableSince: expect.any(Number) as number });
    for (let minute = 0; minute < 19; minute += 1) {
      await w.clock.advance(MINUTE);
      await w.reconcile();
    }
    expect(head(w)?.status).toBe('RUNNING');
    await w.clock.advance(2 * MINUTE);
    await w.reconcile();
    expect(head(w)).toMatchObject({ status: 'UNKNOWN', submitStatus: 'SUCCESS', active: null });
    expect(head(w)?.error).toContain('kubectl get deployment');
  });

  it('that comes back in time goes on as if nothing had been, and the time counts anew', async () => {
    const w = appWorld();
    const { head: made } = await w.submit();
    await w.reconcile();
    for (let round = 0; round < 3; round += 1) {
      w.flink.deadHosts.add(made.address);
      for (let minute = 0; minute < 15; minute += 1) {
        await w.clock.advance(MINUTE);
        await w.reconcile();
      }
      w.flink.deadHosts.clear();
      await w.reconcile();
      expect(head(w)).toMatchObject({ status: 'RUNNING', unreachableSince: null });
    }
  });

  it('whose JobManager nobody knows ends UNKNOWN and says what to set; no sweep stumbles over it', async () => {
    const w = appWorld({ type: 'yarn-application' });
    const { head: made } = await w.submit();
    expect(made).toMatchObject({ status: 'CREATED', hosts: '', address: '' });
    for (let minute = 0; minute < 25; minute += 1) {
      await w.clock.advance(MINUTE);
      await w.reconcile();
    }
    expect(head(w)).toMatchObject({ status: 'UNKNOWN', submitStatus: 'SUCCESS' });
    expect(head(w)?.error).toMatch(/has no jobManager.*yarn application -status application_1_1/);
    expect(w.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('is not taken for forgotten by the 404 of another Flink at its address', async () => {
    const w = appWorld();
    await w.submit();
    await w.reconcile();
    w.flink.jobs.clear();
    w.flink.clusters.length = 0;
    for (let minute = 0; minute < 5; minute += 1) {
      await w.clock.advance(MINUTE);
      await w.reconcile();
      await w.poll(1);
    }
    expect(head(w)).toMatchObject({ status: 'RUNNING', unreachableSince: expect.any(Number) as number });
  });
});

describe('a cancel', () => {
  it('goes to the JobManager at its address', async () => {
    const w = appWorld();
    const { head: made } = await w.submit();
    await w.cancel();
    expect(w.flink.jobs.get(made.jobId ?? '')?.state).toBe('CANCELED');
    await w.reconcile();
    expect(head(w)?.status).toBe('CANCELED');
  });

  it('without an address is refused, with what to do by hand', async () => {
    const w = appWorld({ type: 'yarn-application' });
    await w.submit();
    await expect(w.cancel()).rejects.toThrow(/Run 1 .*yarn application -kill application_1_1/);
    expect(head(w)?.cancelAskedAt).toBeNull();
  });
});

describe('yarn-per-job', () => {
  const perJob = (): World => {
    const w = appWorld({ type: 'yarn-per-job' });
    w.flink.version = () => Promise.resolve('1.20.3');
    return w;
  };

  it('runs its statements in a session and gives the job a cluster of its own, once', async () => {
    const w = perJob();
    const { head: made } = await w.submit();
    expect(w.flink.started).toEqual([
      {
        sql: 'INSERT INTO snk SELECT id FROM src',
        config: {
          'execution.target': 'yarn-per-job',
          'yarn.tags': `dinghy-1-${(made.jobId ?? '').slice(0, 8)}`,
          '$internal.pipeline.job-id': made.jobId,
        },
      },
    ]);
    expect(made).toMatchObject({ status: 'CREATED', submitStatus: 'SUCCESS', once: true, hosts: '' });
  });

  it('takes a SHOW, but no preview', async () => {
    const w = appWorld({ type: 'yarn-per-job', statement: `SHOW TABLES;\n${INSERT_SQL}` });
    w.flink.version = () => Promise.resolve('1.20.3');
    expect((await w.submit()).result?.results).toHaveLength(1);
    const preview = appWorld({ type: 'yarn-per-job', statement: 'SELECT 1;' });
    expect((await refusal(preview)).message).toContain("can't have a preview");
  });

  it('without a reply ends UNKNOWN after 20 minutes, with the tag to look for', async () => {
    const w = perJob();
    w.flink.fault = (call, before) => {
      if (call === 'start' && before) throw new AppError('flink.noReply', 'reset');
    };
    const startedAt = w.clock.now();
    const { head: open } = await w.submit();
    expect(open.status).toBe('INITIALIZING');
    expect(w.clock.now() - startedAt).toBeLessThan(20_000);
    w.flink.fault = () => undefined;
    for (let minute = 0; minute < 23; minute += 1) {
      await w.clock.advance(MINUTE);
      await w.reconcile();
    }
    expect(head(w)?.error).toContain(`-appTags ${nameOf(w)}`);
    expect(w.flink.started).toEqual([]);
  });
});

describe('stops and restarts of a run with its own cluster, which goes away with its job', () => {
  const GIVEN = 'file:/savepoints/given';
  const api = (w: World) => openapi(w);
  const live = (w: World): unknown[] =>
    [...w.flink.jobs.entries()].filter(([, { endedAt }]) => endedAt === null).map(([jobId]) => jobId);
  const kept = (w: World) => w.savepoints.find(1, head(w)?.usedFp ?? head(w)?.fp ?? '', 'LATEST');

  /** Its JobManager stays until it has been asked what became of the savepoint, and not a moment longer. */
  async function running(task: Partial<TaskDefinition> = {}): Promise<World> {
    const w = appWorld({ dedupeSeconds: 0, ...task });
    const { head: made } = await w.submit();
    await w.reconcile();
    await w.clock.advance(10_000);
    w.flink.fault = (call, before) => {
      const isOver = w.flink.jobs.get(made.jobId ?? '')?.endedAt !== null;
      if (call === 'savepointState' && !before && isOver) w.flink.deadHosts.add(made.address);
    };
    return w;
  }

  it('a stop is over when Flink says so, and what it has left is recorded, although nobody can be asked any more', async () => {
    const w = await running();
    expect(await api(w).savepoint('stop')).toMatchObject({ success: true, data: { isSuccess: true } });
    expect(head(w)).toMatchObject({ status: 'FINISHED', active: null, error: null, unreachableSince: null });
    expect(head(w)?.savepoint).toMatchObject({ state: 'done' });
    expect(await kept(w)).toMatchObject({ path: head(w)?.savepoint?.path, kind: 'savepoint', runId: 1 });
    expect((await api(w).poll(1)).data).toMatchObject({ status: 'FINISHED' });
  });

  it('a stop that outlasts its call is ended by the reconciler', async () => {
    const w = await running();
    w.flink.savepoints.takesMs = 2 * MINUTE;
    await api(w).savepoint('stop');
    expect(head(w)?.status).toBe('RUNNING');
    for (let minute = 0; minute < 3; minute += 1) {
      await w.clock.advance(MINUTE);
      await w.reconcile();
    }
    expect(head(w)).toMatchObject({ status: 'FINISHED', active: null });
    expect(await kept(w)).not.toBeNull();
  });

  it('a savepoint that the job outlives ends nothing', async () => {
    const w = await running();
    expect(await api(w).savepoint('trigger')).toMatchObject({ success: true });
    expect(head(w)).toMatchObject({ status: 'RUNNING', savepoint: { state: 'done' } });
  });

  it('a restart starts another cluster from the savepoint', async () => {
    const w = await running();
    const { head: now } = await w.restart();
    expect(now).toMatchObject({
      id: 2,
      status: 'CREATED',
      submitStatus: 'SUCCESS',
      savePointPath: head(w)?.savepoint?.path,
    });
    expect(now.savePointPath).toMatch(/savepoint/);
    expect(head(w)).toMatchObject({ status: 'FINISHED', restart: { runId: 2 } });
    expect(w.flink.clusters).toHaveLength(2);
    expect(w.flink.clusters[1]).toMatchObject({ clusterId: now.deployment?.name, jobId: now.jobId });
    expect(w.flink.clusters[1]?.config['execution.state-recovery.path']).toBe(now.savePointPath);
    expect(live(w)).toEqual([now.jobId]);
    await w.reconcile();
    expect(head(w, 2)?.status).toBe('RUNNING');
  });

  it('a restart whose savepoint outlasts its call is ended by the reconciler', async () => {
    const w = await running();
    w.flink.savepoints.takesMs = 2 * MINUTE;
    expect((await w.restart()).head).toMatchObject({ submitStatus: 'INITIALIZE' });
    for (let minute = 0; minute < 4; minute += 1) {
      await w.clock.advance(MINUTE);
      await w.reconcile();
    }
    expect(head(w)?.status).toBe('FINISHED');
    expect(head(w, 2)).toMatchObject({ status: 'RUNNING', savePointPath: head(w)?.savepoint?.path });
    expect(live(w)).toEqual([head(w, 2)?.jobId]);
  });

  it('a restart from a given path is refused with a way out: Flink would not be there to say that the job has ended', async () => {
    const w = await running();
    const refused = w.restart(GIVEN);
    await expect(refused).rejects.toThrow(
      /^Run 1 of task 1 runs on its own cluster.*without savePointPath.*Nothing was changed\.$/,
    );
    expect(head(w)).toMatchObject({ status: 'RUNNING', restart: null, cancelAskedAt: null });
    expect(w.flink.clusters).toHaveLength(1);
  });

  it('a restart from a given path goes well where the cluster stays when its job has ended', async () => {
    const stays = { 'execution.shutdown-on-application-finish': 'false' };
    const w = await running({ configJson: { customConfig: stays, udfRefer: {} } });
    const { head: now } = await w.restart(GIVEN);
    expect(now).toMatchObject({ id: 2, status: 'CREATED', savePointPath: GIVEN });
    expect(head(w)?.status).toBe('CANCELED');
    expect(live(w)).toEqual([now.jobId]);
  });

  it('a restart of one whose JobManager nobody knows is refused, naming how to end it', async () => {
    const w = appWorld({ type: 'yarn-application' });
    await w.submit();
    await expect(w.restart()).rejects.toThrow(/address of its JobManager.*yarn application -kill application_1_1/);
    expect(head(w)).toMatchObject({ restart: null, savepoint: null });
  });

  it('a restart of one that is out of reach is refused, and nothing is changed', async () => {
    const w = await running();
    w.flink.deadHosts.add(head(w)?.address ?? '');
    await expect(w.restart()).rejects.toMatchObject({ code: 'flink.unreachable' });
    expect(head(w)).toMatchObject({ restart: null, savepoint: null });
    expect(w.store.heads.size).toBe(1);
  });
});
