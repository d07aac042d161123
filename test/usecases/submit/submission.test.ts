/** Single decisions of one submission: who answers a repeat, what a key names, what is left behind when it breaks off. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { submitTask } from '../../../lib/usecases/submit-task.ts';
import { headAt } from '../../builders/a-head.ts';
import { aTask } from '../../fakes/memory-definitions.ts';
import { type World, world } from '../world.ts';

const URI = 's3://jars/a.jar';
const NO_VARIABLES = '[]';
const noAnswer = (): AppError => new AppError('store.unavailable', 'DynamoDB could not be used.');

function endInFlink(w: World, runId: number): void {
  const job = w.flink.jobs.get(w.store.heads.get(runId)?.jobId ?? '');
  Object.assign(job ?? {}, { state: 'FINISHED', endedAt: w.clock.now() });
}

/** A run of the task of most tests, as it stands in the table. */
function stored(w: World, id: number, changes: Partial<RunHead>): RunHead {
  const before = w.clock.now() - 3_600_000;
  const ended = { status: 'FINISHED', submitStatus: 'SUCCESS', answeredAt: before, finishedAt: before } as const;
  const head = headAt(before, { id, taskId: 1, fp: w.ids.sha256(NO_VARIABLES), active: null, ...ended, ...changes });
  w.store.heads.set(id, head);
  return head;
}

describe('a first submit', () => {
  it('reads the record of no run', async () => {
    const w = world();
    const read: number[] = [];
    const { readHead } = w.store;
    w.store.readHead = (id) => {
      read.push(id);
      return readHead(id);
    };
    await w.submit();
    expect(read).toEqual([]);
  });

  it('of a jar uploads it while the intent is written', async () => {
    const w = world({ tasks: [aTask({ dialect: 'FlinkJar', statement: `EXECUTE JAR WITH ('uri' = '${URI}')` })] });
    w.jarSource.kept.set(URI, 'a'.repeat(64));
    const log: string[] = [];
    const { putHead } = w.store;
    w.store.putHead = async (head) => {
      await w.clock.sleep(500);
      log.push('intent durable');
      return await putHead(head);
    };
    w.flink.fault = (call, before) => {
      if (before && (call === 'uploadJar' || call === 'runJar')) log.push(call);
    };
    await w.submit();
    expect(log).toEqual(['uploadJar', 'intent durable', 'runJar']);
  });

  it('of a process that stood still until the time was over starts nothing, and says so', async () => {
    const w = world();
    let stoodStillMs = 0;
    const { putBody } = w.store;
    w.store.putBody = async (...args) => {
      await putBody(...args);
      stoodStillMs = 30_000;
    };
    const clock = { ...w.clock, monotonic: () => w.clock.monotonic() + stoodStillMs };
    const asked = { taskId: 1, variables: {}, savePointPath: null, isOnline: false, key: null };
    const submitted = submitTask({ ...w, clock })(asked, { caller: 'test', budgetMs: 25_000 });
    await expect(w.clock.run(submitted)).rejects.toMatchObject({ code: 'budget.exceeded' });
    expect([w.store.heads.size, w.flink.jobs.size]).toEqual([0, 0]);
  });

  it('whose intent meets a bug throws it, and makes no number void', async () => {
    const w = world();
    w.store.putHead = (head) => {
      w.store.heads.set(head.id, head);
      throw new TypeError("Cannot read properties of undefined (reading 'x')");
    };
    await expect(w.submit()).rejects.toThrow(TypeError);
    expect(w.store.heads.get(1)?.status).toBe('INITIALIZING');
  });

  it('whose intent could not be decided tells the cause of it to the log', async () => {
    const w = world();
    const cause = noAnswer();
    w.store.putHead = () => Promise.reject(cause);
    await expect(w.submit()).rejects.toMatchObject({ code: 'store.unavailable', cause });
  });

  it('whose outcome can not be recorded is answered, and the log names the run and the reason', async () => {
    const w = world();
    w.store.updateHead = () => Promise.reject(noAnswer());
    expect((await w.submit()).head).toMatchObject({ id: 1, status: 'INITIALIZING' });
    expect(w.log.lines).toContainEqual({
      level: 'error',
      message: 'the outcome of a run could not be recorded',
      fields: { runId: 1, error: 'DynamoDB could not be used.' },
    });
  });

  it('whose run was ended before it was sent is no repeat', async () => {
    const w = world();
    const { putHead } = w.store;
    w.store.putHead = async (head) => {
      if (head.status === 'VOID') return await putHead(head);
      await putHead(head);
      const end = { status: 'UNKNOWN', submitStatus: 'FAILED', active: null, open: [] } as const;
      await w.store.updateHead(head, end, 'ended by a sweep');
      throw noAnswer();
    };
    expect(await w.submit()).toMatchObject({ duplicate: false, result: null, head: { id: 1, status: 'UNKNOWN' } });
  });
});

describe('what a run will send', () => {
  /** In which order claim, body and intent began and ended, each taking its time. */
  function ordered(w: World): string[] {
    const log: string[] = [];
    const { claim, putBody, putHead } = w.store;
    const timed = async <T>(name: string, write: () => Promise<T>): Promise<T> => {
      log.push(`${name} begins`);
      await w.clock.sleep(100);
      const done = await write();
      log.push(`${name} ends`);
      return done;
    };
    w.store.claim = (...args) => timed('claim', () => claim(...args));
    w.store.putBody = (...args) => timed('body', () => putBody(...args));
    w.store.putHead = (...args) => timed('intent', () => putHead(...args));
    return log;
  }

  it('is written beside the claim, and both before the intent', async () => {
    const w = world();
    const log = ordered(w);
    await w.submit();
    expect(log.slice(0, 2)).toEqual(['claim begins', 'body begins']);
    expect(log.slice(2, 4).sort()).toEqual(['body ends', 'claim ends']);
    expect(log.slice(4)).toEqual(['intent begins', 'intent ends']);
  });

  it('from a savepoint that is looked up is written after the claim', async () => {
    const w = world({ tasks: [aTask({ savePointStrategy: 1 })] });
    const log = ordered(w);
    await w.submit();
    expect(log).toEqual(['claim begins', 'claim ends', 'body begins', 'body ends', 'intent begins', 'intent ends']);
  });

  it.each(['store.unavailable', null])('is left to expire when another request wins the claim (%s)', async (code) => {
    const w = world();
    const { claim, expireBody } = w.store;
    w.store.claim = async (request) => {
      w.store.claim = claim;
      stored(w, 9, { status: 'RUNNING', active: 'LIVE#9', refreshedAt: w.clock.now() });
      await w.store.claim({ ...request, runId: 9 });
      return await claim(request);
    };
    const expired: unknown[] = [];
    w.store.expireBody = async (...which) => {
      expired.push(which);
      if (code !== null) throw noAnswer();
      await expireBody(...which);
    };
    expect(await w.submit()).toMatchObject({ duplicate: true, head: { id: 9 } });
    expect(expired).toEqual([[1, w.ids.writer]]);
    expect(w.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(code === null ? 0 : 1);
  });

  it('is left to expire when the request that wins the claim starts from another savepoint', async () => {
    const w = world();
    const { claim, expireBody } = w.store;
    w.store.claim = async (request) => {
      w.store.claim = claim;
      stored(w, 9, { status: 'RUNNING', active: 'LIVE#9', refreshedAt: w.clock.now(), savePointPath: 's3://b/one' });
      await w.store.claim({ ...request, runId: 9 });
      return await claim(request);
    };
    const expired: unknown[] = [];
    w.store.expireBody = async (...which) => {
      expired.push(which);
      await expireBody(...which);
    };
    await expect(w.submit({ savePointPath: 's3://b/two' })).rejects.toMatchObject({ code: 'run.conflict' });
    expect(expired).toEqual([[1, w.ids.writer]]);
  });

  it('is left to expire when the key names another run by the time the claim is lost', async () => {
    const w = world();
    const { claim } = w.store;
    const { repointKey } = w.keys;
    w.store.claim = async (request) => {
      w.store.claim = claim;
      stored(w, 9, { status: 'RUNNING', active: 'LIVE#9', refreshedAt: w.clock.now() });
      await w.store.claim({ ...request, runId: 9 });
      return await claim(request);
    };
    w.keys.repointKey = async (key, from, to) => {
      w.keys.repointKey = repointKey;
      await repointKey(key, from, { ...to, owner: 'another' });
      return false;
    };
    const expired: unknown[] = [];
    w.store.expireBody = (...which) => Promise.resolve(void expired.push(which));
    expect(await w.submit({ key: 'k' })).toMatchObject({ duplicate: true, head: { id: 9 } });
    expect(expired).toEqual([[1, w.ids.writer]]);
  });

  it('is kept where it is the body of a run', async () => {
    const w = world();
    w.store.expireBody = () => Promise.reject(new Error('the body of a live run must stay'));
    const { head } = await w.submit();
    expect(await w.submit()).toMatchObject({ duplicate: true });
    expect(await w.store.readBody(head)).not.toBeNull();
  });
});

describe('a submit after the run before has ended', () => {
  it('reads the record of that run once', async () => {
    const w = world({ tasks: [aTask({ dedupeSeconds: 0 })] });
    await w.submit();
    endInFlink(w, 1);
    await w.clock.advance(10_000);
    const read: number[] = [];
    const { readHead } = w.store;
    w.store.readHead = (id) => {
      read.push(id);
      return readHead(id);
    };
    expect(await w.submit()).toMatchObject({ duplicate: false, head: { id: 2 } });
    expect(read).toEqual([1]);
  });

  it('is a repeat when that run was lost, and a sweep finds its job before the place is taken', async () => {
    const w = world({ tasks: [aTask({ dedupeSeconds: 0 })] });
    const lost = { status: 'UNKNOWN', missedAt: w.clock.now() - 60_000, active: 'WATCH#1' } as const;
    const head = stored(w, 1, lost);
    w.store.tasks.set(1, { claims: { [w.ids.sha256(NO_VARIABLES)]: 1 }, claimSeq: 1, latestRunId: 1 });
    const { nextRunId } = w.store;
    w.store.nextRunId = async () => {
      w.store.nextRunId = nextRunId;
      const found = { status: 'RUNNING', active: 'LIVE#1', missedAt: null, finishedAt: null } as const;
      await w.store.updateHead(head, { ...found, lastSeenAt: w.clock.now() }, 'found again');
      await w.store.takeRefresh(w.store.heads.get(1)!, w.clock.now());
      return 5;
    };
    const { updateHead } = w.store;
    let updates = 0;
    w.store.updateHead = (...args) => {
      updates += 1;
      if (updates > 10) throw new Error('the record of before is tried again and again');
      return updateHead(...args);
    };
    expect(await w.submit()).toMatchObject({ duplicate: true, head: { id: 1, status: 'RUNNING' } });
    expect([w.flink.jobs.size, w.store.heads.get(1)?.givenUpFor]).toEqual([0, null]);
  });

  it('reads it again when the claims have changed meanwhile', async () => {
    const w = world();
    stored(w, 1, {});
    w.store.tasks.set(1, { claims: { [w.ids.sha256(NO_VARIABLES)]: 1 }, claimSeq: 1, latestRunId: 1 });
    const { claim } = w.store;
    w.store.claim = async (request) => {
      w.store.claim = claim;
      stored(w, 9, { status: 'RUNNING', active: 'LIVE#9', refreshedAt: w.clock.now() });
      await w.store.claim({ ...request, runId: 9 });
      return await claim(request);
    };
    expect(await w.submit()).toMatchObject({ duplicate: true, head: { id: 9 } });
  });
});

describe('a repeat', () => {
  it('of a run that ended a moment ago is answered although Flink is away, and draws no number', async () => {
    const w = world({ tasks: [aTask({ dedupeSeconds: 600 })] });
    const { head } = await w.submit();
    endInFlink(w, head.id);
    await w.clock.advance(10_000);
    expect(await w.poll(head.id)).toMatchObject({ status: 'FINISHED' });
    w.flink.fault = () => {
      throw new AppError('flink.unreachable', 'connection refused');
    };
    w.store.nextRunId = () => Promise.reject(new Error('a repeat needs no number'));
    expect(await w.submit()).toMatchObject({ duplicate: true, head: { id: head.id, status: 'FINISHED' } });
  });

  it('of a run that has ended since it was recorded is answered although the gateway is away', async () => {
    const w = world({ tasks: [aTask({ dedupeSeconds: 600 })] });
    const { head } = await w.submit();
    await w.clock.advance(10_000);
    endInFlink(w, head.id);
    w.flink.fault = (call) => {
      if (call === 'open' || call === 'version') throw new AppError('flink.unreachable', 'connection refused');
    };
    expect(await w.submit()).toMatchObject({ duplicate: true, head: { id: head.id, status: 'FINISHED' } });
  });

  it('that meets its run only when it claims writes nothing of its own', async () => {
    const w = world();
    await w.submit();
    const { readTask } = w.store;
    let isStale = true;
    w.store.readTask = async (taskId) => {
      if (!isStale) return await readTask(taskId);
      isStale = false;
      return { claims: {}, claimSeq: 0, latestRunId: null };
    };
    expect(await w.submit()).toMatchObject({ duplicate: true, head: { id: 1 } });
    expect([w.store.bodies.size, w.store.heads.size]).toEqual([1, 1]);
  });

  it('whose details can not be read, with time left, is refused: it would tell of a run without its rows', async () => {
    const w = world();
    await w.submit();
    w.store.readResult = () => Promise.reject(noAnswer());
    await expect(w.submit()).rejects.toMatchObject({ code: 'store.unavailable' });
  });

  it('whose details come too late is answered with what this request would have run', async () => {
    const w = world();
    w.flink.planningMs = 600_000;
    const { body } = await w.submit({}, 1_000);
    w.store.readBody = () => w.clock.sleep(60_000).then(() => null);
    expect(await w.submit({}, 3_000)).toMatchObject({ duplicate: true, head: { id: 1 }, body, result: null });
  });
});

describe('a key', () => {
  it('that somebody else has decided about meanwhile is answered by the run it names now', async () => {
    const w = world({ tasks: [aTask({ dedupeSeconds: 0 })] });
    await w.submit();
    stored(w, 7, {});
    const { repointKey } = w.keys;
    w.keys.repointKey = async (key, from, to) => {
      w.keys.repointKey = repointKey;
      await repointKey(key, from, { ...to, runId: 7 });
      return await repointKey(key, from, to);
    };
    const repeat = await w.submit({ key: 'k' });
    expect(repeat).toMatchObject({ duplicate: true, head: { id: 7 } });
  });

  it('is not answered by an old run of a restored table that has the number drawn for it', async () => {
    const w = world({ tasks: [aTask({ dedupeSeconds: 0 })] });
    const old = stored(w, 1, {});
    const run = await w.submit({ key: 'k' });
    expect(run).toMatchObject({ duplicate: false });
    expect(run.head.id).toBeGreaterThan(1);
    expect(w.store.heads.get(1)).toEqual(old);
    expect(await w.submit({ key: 'k' })).toMatchObject({ duplicate: true, head: { id: run.head.id } });
  });

  it('of a run that must be alone, and that stands for a number made void, is taken over', async () => {
    const w = world();
    const requestHash = w.ids.sha256('{"taskId":1,"variables":[],"savePointPath":null,"isOnline":true}');
    await w.keys.putKey({ caller: 'test', hash: w.ids.sha256('k') }, { runId: 77, requestHash, owner: 'somebody' });
    stored(w, 77, { status: 'VOID' });
    expect(await w.submit({ key: 'k', isOnline: true })).toMatchObject({ duplicate: false, head: { id: 1 } });
  });
});
