/** What a turn to be sent again leaves in the record, and how it is counted (protocol.md section 6). */
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../../lib/domain/cut-text.ts';
import { AppError, type ErrorCode } from '../../../lib/domain/errors.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { reconcile } from '../../../lib/usecases/reconcile.ts';
import type { Call } from '../../fakes/fake-flink.ts';
import { aTask } from '../../fakes/memory-definitions.ts';
import { type World, world } from '../world.ts';

const MINUTE = 60_000;

function fails(w: World, wanted: Call, code: ErrorCode, message: string): void {
  w.flink.fault = (call, before) => {
    if (call === wanted && before) throw new AppError(code, message);
  };
}

/** A run whose statement never reached Flink, one minute later. */
async function lost(changes: Partial<RunHead> = {}): Promise<World> {
  const w = world();
  fails(w, 'start', 'flink.noReply', 'No reply.');
  const { head } = await w.submit();
  w.flink.fault = () => undefined;
  w.store.heads.set(1, { ...head, ...changes, v: head.v });
  await w.clock.advance(MINUTE);
  return w;
}

const now = (w: World): RunHead => w.store.heads.get(1)!;
const causes = (w: World): string[] => now(w).events.map(({ cause }) => cause);

describe('a run that is sent again', () => {
  it('has a new permission in its record, and is no longer missed', async () => {
    const w = await lost({ missedAt: 5 });
    const sentAt = now(w).sentAt;
    expect(await w.reconcile()).toMatchObject({ sent: 1, notSent: 0, notAsked: 0 });
    expect(now(w)).toMatchObject({ status: 'RUNNING', sends: 2, missedAt: null });
    expect(now(w).sentAt).toBeGreaterThan(sentAt);
    expect(causes(w)).toContain('send 2: Flink does not know the job');
  });

  it('permits the new send beside the open ones', async () => {
    const w = await lost();
    let permitted: readonly number[] = [];
    w.flink.fault = (call, before) => {
      if (call === 'start' && before) permitted = now(w).open;
    };
    await w.reconcile();
    expect(permitted).toEqual([1, 2]);
  });

  it('whose statements before the job are refused keeps the reason, and is not sent again', async () => {
    const w = await lost();
    fails(w, 'configure', 'flink.rejected', 'No such connector.');
    expect(await w.reconcile()).toMatchObject({ sent: 1, notSent: 0 });
    const { sentAt } = now(w);
    expect(now(w)).toMatchObject({ status: 'INITIALIZING', sends: 2, open: [1], sqlRefusedSend: 2 });
    expect(now(w).refusal).toContain('No such connector.');
    expect(causes(w).at(-1)).toBe(`send 2 started nothing: ${now(w).refusal ?? ''}`);
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect(now(w)).toMatchObject({ sends: 2, sentAt });
  });

  it('whose statements before the job are interrupted has had its turn, and is sent by a later sweep', async () => {
    const w = await lost();
    fails(w, 'configure', 'flink.noReply', 'No reply.');
    expect(await w.reconcile()).toMatchObject({ sent: 0, notSent: 1 });
    expect(now(w)).toMatchObject({ sends: 1, triedAt: w.clock.now() });
    expect(now(w).triedWhy).toContain('No reply.');
    w.flink.fault = () => undefined;
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect(now(w)).toMatchObject({ sends: 2, status: 'RUNNING' });
  });

  it('whose refusal is longer than a record has room for has the whole of it in the log, once it is recorded', async () => {
    const long = 'No such connector. '.repeat(200);
    const told = (w: World): number =>
      w.log.lines.filter(({ message }) => message.includes('beginning of this')).length;
    const w = await lost();
    fails(w, 'configure', 'flink.rejected', long);
    await w.reconcile();
    expect([now(w).sends, told(w)]).toEqual([2, 1]);
    const late = await lost();
    fails(late, 'configure', 'flink.rejected', long);
    late.store.updateHead = () => Promise.resolve(null);
    await late.reconcile();
    expect([now(late).sends, told(late)]).toEqual([1, 0]);
  });

  it('keeps no more than 300 bytes of why it could not be sent', async () => {
    const w = await lost();
    fails(w, 'configure', 'flink.noReply', 'x'.repeat(2_000));
    await w.reconcile();
    expect(bytesOf(now(w).triedWhy ?? '')).toBe(300);
  });

  it('that somebody has ended between the look and the permission is not sent', async () => {
    const w = await lost();
    w.flink.fault = async (call, before) => {
      if (call !== 'configure' || !before || now(w).cancelAskedAt !== null) return;
      await w.store.updateHead(now(w), { cancelAskedAt: 5 }, 'cancel asked');
    };
    expect(await w.reconcile()).toMatchObject({ notSent: 0, failedRuns: 0 });
    expect(now(w)).toMatchObject({ sends: 1, triedAt: null });
    expect(w.flink.started).toEqual([]);
  });

  it('to a JobManager that was restarted as its session was opened is not sent, and says so', async () => {
    const w = await lost();
    w.flink.fault = (call, before) => {
      if (call === 'open' && before) w.flink.jmId = '/tmp/flink-web-2';
    };
    await w.reconcile();
    expect(w.flink.started).toEqual([]);
    expect([now(w).triedWhy, now(w).refusal].join()).toContain('restarted before the submission was sent');
  });

  it('to a JobManager that was restarted since the look costs no send', async () => {
    const w = await lost();
    const { identify } = w.flink;
    let asked = 0;
    w.flink.identify = async (hosts, signal) => {
      const who = await identify(hosts, signal);
      // The view and the decision see the old one, whoever is reached for the send the new one.
      return (asked += 1) > 2 ? { ...who, jmId: '/tmp/flink-web-2' } : who;
    };
    expect(await w.reconcile()).toMatchObject({ sent: 0, notSent: 1 });
    expect(now(w)).toMatchObject({ sends: 1, triedWhy: 'the JobManager was restarted before the submission was sent' });
  });
});

describe('the time of a turn', () => {
  /** A statement that the gateway takes and never finishes: nobody but the turn itself ends that. */
  async function hanging(): Promise<{ w: World; tookMs: (budgetMs: number) => Promise<number> }> {
    const w = await lost();
    w.flink.fault = (call, before) => (call === 'start' && before ? w.clock.sleep(24 * 60 * MINUTE) : undefined);
    const tookMs = async (budgetMs: number): Promise<number> => {
      const startedAt = w.clock.now();
      await w.clock.run(reconcile(w)({ budgetMs }));
      return w.clock.now() - startedAt;
    };
    return { w, tookMs };
  }

  it('is 25 s of a sweep that has others to send', async () => {
    const { w, tookMs } = await hanging();
    expect(await tookMs(60_000)).toBe(25_000);
    expect(now(w)).toMatchObject({ status: 'INITIALIZING', open: [1, 2] });
  });

  it('ends with a sweep that has less', async () => {
    const { w, tookMs } = await hanging();
    expect(await tookMs(17_000)).toBe(15_000);
    const [swept] = w.log.lines.filter(({ message }) => message === 'swept');
    expect(swept?.fields).toMatchObject({ runs: 1, sent: 1 });
  });

  it('is not begun with less than 10 s: the run is left for the next sweep', async () => {
    const w = await lost();
    const sweep = (budgetMs: number) => w.clock.run(reconcile(w)({ budgetMs }));
    expect(await sweep(11_999)).toMatchObject({ sent: 0, leftToSend: 1, passEnded: false });
    expect(now(w)).toMatchObject({ sends: 1, triedAt: null });
    expect(await sweep(12_000)).toMatchObject({ sent: 1, leftToSend: 0, passEnded: true });
    expect(now(w)).toMatchObject({ status: 'RUNNING', sends: 2 });
  });
});

describe('a jar that is sent again', () => {
  it('needs no gateway: one that hangs keeps nothing from it', async () => {
    const statement = "EXECUTE JAR WITH ('uri' = 's3://jars/a.jar')";
    const w = world({ tasks: [aTask({ dialect: 'FlinkJar', statement, repeatable: true })] });
    w.jarSource.kept.set('s3://jars/a.jar', 'a'.repeat(64));
    fails(w, 'runJar', 'flink.noReply', 'No reply.');
    await w.submit();
    fails(w, 'version', 'flink.noReply', 'No reply.');
    await w.clock.advance(MINUTE);
    expect(await w.reconcile()).toMatchObject({ sent: 1, notAsked: 0, away: [] });
    expect(now(w)).toMatchObject({ status: 'RUNNING', sends: 2 });
  });
});

describe('a turn that goes wrong', () => {
  it('by a bug as secrets are read is no store that is away', async () => {
    const statement =
      "CREATE TABLE t (a INT) WITH ('connector'='blackhole', 'password'='${pw}'); INSERT INTO t SELECT 1;";
    const variables = [{ name: 'pw', value: { secret: 'dinghy/pw' }, note: null }];
    const w = world({ tasks: [aTask({ statement, fragment: true })], variables });
    w.secrets.values.set('dinghy/pw', 'hunter22');
    fails(w, 'start', 'flink.noReply', 'No reply.');
    await w.submit();
    w.flink.fault = () => undefined;
    await w.clock.advance(MINUTE);
    Object.assign(w.secrets, { read: () => Promise.reject(new TypeError('x is undefined')) });
    await w.reconcile();
    expect(w.log.lines.map(({ message }) => message)).not.toContain('secrets not read: the next sweep tries again');
    expect(w.log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('by a bug is counted and told with its place, and the record stays', async () => {
    const w = await lost();
    w.flink.fault = (call, before) => {
      if (call === 'configure' && before) throw new TypeError('x is undefined');
    };
    expect(await w.reconcile()).toMatchObject({ sent: 0, notSent: 1 });
    expect(now(w)).toMatchObject({ sends: 1, triedAt: null });
    expect(w.log.lines.filter(({ level }) => level === 'error')).toEqual([
      {
        level: 'error',
        message: 'run not sent again: the next sweep tries',
        fields: { runId: 1, error: expect.stringContaining('TypeError: x is undefined') as string },
      },
    ]);
  });

  it('because nobody took the connection is kept in the record', async () => {
    const w = await lost();
    fails(w, 'open', 'flink.unreachable', 'connection refused');
    await w.reconcile();
    expect(now(w).triedAt).not.toBeNull();
    expect(now(w).triedWhy).toContain('connection refused');
  });

  it('because its run is not in the table any more is nothing', async () => {
    const w = await lost();
    const { readHead } = w.store;
    let reads = 0;
    // The look reads it, its turn does not find it.
    w.store.readHead = (id) => ((reads += 1) === 1 ? readHead(id) : Promise.resolve(null));
    expect(await w.reconcile()).toMatchObject({ sent: 0, notSent: 0, failedRuns: 0 });
    expect(w.log.lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });
});
