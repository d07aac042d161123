/** One run in a sweep (protocol.md section 6): when it is looked at more closely, and what a look leaves in its record. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import { newDeployment } from '../../../lib/domain/options/own-cluster.ts';
import { voidHead } from '../../../lib/domain/run/new-run.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { newWish } from '../../../lib/domain/run/savepoint-wish.ts';
import type { FlinkJobState } from '../../../lib/domain/run/status.ts';
import { reconcile, type SweepReport } from '../../../lib/usecases/reconcile.ts';
import { headAt, JOB_ID } from '../../builders/a-head.ts';
import type { Call } from '../../fakes/fake-flink.ts';
import { START_OF_TIME } from '../../fakes/virtual-clock.ts';
import { HOSTS, type World, world } from '../world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const LIVE: Partial<RunHead> = { status: 'RUNNING', submitStatus: 'SUCCESS', open: [], active: 'LIVE#5' };
const WAITS: Partial<RunHead> = { ...LIVE, status: 'RESTARTING' };
const WATCHED: Partial<RunHead> = { status: 'FAILED', submitStatus: 'FAILED', open: [], active: 'WATCH#5' };
const LOST: Partial<RunHead> = { ...WATCHED, status: 'UNKNOWN', submitStatus: 'SUCCESS' };

/** A table with one run, whose intent was `ageMs` ago, and a Flink that shows its job in this state. */
class Story {
  readonly w: World = world();
  readonly #heads: number[] = [];
  readonly #jobs: string[] = [];

  constructor(changes: Partial<RunHead>, state: FlinkJobState | null, ageMs = MINUTE) {
    const place = { hosts: HOSTS, address: HOSTS };
    this.w.store.heads.set(21, headAt(this.w.clock.now() - ageMs, { ...place, ...changes }));
    if (state !== null) this.shows(state);
    const { readHead } = this.w.store;
    this.w.store.readHead = (id) => {
      this.#heads.push(id);
      return readHead(id);
    };
    const { job } = this.w.flink;
    this.w.flink.job = (address, id, signal) => {
      this.#jobs.push(id);
      return job(address, id, signal);
    };
  }

  shows(state: FlinkJobState): void {
    const endedAt = ['FINISHED', 'FAILED', 'CANCELED'].includes(state) ? this.w.clock.now() : null;
    const job = { id: JOB_ID, sql: '', config: {}, state, ranAt: 5, endedAt, cause: null };
    this.w.flink.jobs.set(JOB_ID, job);
  }

  get head(): RunHead {
    return this.w.store.heads.get(21)!;
  }

  get causes(): string[] {
    return this.head.events.map(({ cause }) => cause);
  }

  /** So many records and jobs were asked for in this sweep. */
  async sweep(): Promise<{ report: SweepReport; heads: number; jobs: number }> {
    this.#heads.length = 0;
    this.#jobs.length = 0;
    const report = await this.w.reconcile();
    return { report, heads: this.#heads.length, jobs: this.#jobs.length };
  }

  fails(wanted: Call, error: Error = new AppError('flink.failed', 'HTTP 500.')): void {
    this.w.flink.fault = (call, before) => {
      if (call === wanted && before) throw error;
    };
  }

  told(level: 'warn' | 'error'): string[] {
    return this.w.log.lines.filter((line) => line.level === level).map(({ message }) => message);
  }
}

describe('the record of a run is read', () => {
  type Row = readonly [string, Partial<RunHead>, FlinkJobState | null, number, number];
  it.each<Row>([
    ['not while Flink says what it says', LIVE, 'RUNNING', MINUTE, 0],
    ['when Flink says something else', LIVE, 'RESTARTING', MINUTE, 1],
    ['also then, when its job waits or restarts: what keeps it is asked anew', WAITS, 'RESTARTING', MINUTE, 1],
    ['when Flink does not list its job', LIVE, null, MINUTE, 1],
    ['when it was asked to end', { ...LIVE, cancelAskedAt: 5, cancelAskedBy: 'a' }, 'RUNNING', MINUTE, 1],
    ['when it was missed', { ...LIVE, missedAt: 5 }, 'RUNNING', MINUTE, 1],
    ['when it was out of reach', { ...LIVE, unreachableSince: 5 }, 'RUNNING', MINUTE, 1],
    ['when it has no job to be listed', { kind: 'none', jobId: null }, null, MINUTE, 1],
    ['not while nothing turns up of a run that is over', WATCHED, null, MINUTE, 0],
    ['not for a job of it that has ended as well', WATCHED, 'FAILED', MINUTE, 0],
    ['for a job of it that lives', WATCHED, 'RUNNING', MINUTE, 1],
    ['when it was watched for two hours', WATCHED, null, 2 * HOUR + 1, 1],
    ['not before two hours are over', WATCHED, null, 2 * HOUR, 0],
    ['of a lost run when its job has ended', { ...LOST, missedAt: START_OF_TIME, givenUpFor: 30 }, 'FAILED', DAY, 1],
  ])('%s', async (_when, changes, state, ageMs, reads) => {
    const s = new Story(changes, state, ageMs);
    expect((await s.sweep()).heads).toBe(reads);
  });

  it('of a lost run for seven days from when it was missed', async () => {
    const s = new Story({ ...LOST, missedAt: 0 }, null, 3 * DAY);
    s.w.store.heads.set(21, { ...s.head, missedAt: s.w.clock.now() - 7 * DAY });
    expect((await s.sweep()).heads).toBe(0);
    await s.w.clock.advance(1);
    expect((await s.sweep()).heads).toBe(1);
    expect(s.head.active).toBeNull();
  });

  it('not while its cluster is out of reach, unless that was made for it: then that is news', async () => {
    const s = new Story(LIVE, null);
    s.w.flink.deadHosts.add(HOSTS);
    expect((await s.sweep()).heads).toBe(0);
    const target = { type: 'kubernetes-application', properties: {}, jobManager: null };
    const own = new Story({ ...LIVE, deployment: { ...newDeployment(target, 21, JOB_ID), clusterId: 'c' } }, null);
    own.w.flink.deadHosts.add(HOSTS);
    expect((await own.sweep()).heads).toBe(1);
    expect(own.head.unreachableSince).not.toBeNull();
    const unasked = new Story({ ...LIVE, deployment: own.head.deployment }, null);
    unasked.fails('identify', new AppError('local.exhausted', 'No socket left.'));
    expect((await unasked.sweep()).heads).toBe(0);
  });

  it('and there is nothing to do when it has gone, or is void, since the index was read', async () => {
    for (const stored of [null, voidHead(21, 7, 'a', 5)]) {
      const s = new Story(LIVE, 'RESTARTING');
      s.w.store.readHead = () => Promise.resolve(stored);
      expect((await s.sweep()).report).toMatchObject({ runs: 1, failedRuns: 0 });
      expect([...s.told('warn'), ...s.told('error')]).toEqual([]);
      expect(s.head).toMatchObject({ v: 1, status: 'RUNNING' });
    }
  });
});

describe('the job of a run', () => {
  it('is not asked for where there can be none', async () => {
    const s = new Story({ kind: 'none', jobId: null }, null);
    expect((await s.sweep()).jobs).toBe(0);
    await s.w.clock.advance(MINUTE);
    await s.sweep();
    expect(s.head).toMatchObject({ status: 'UNKNOWN', error: 'interrupted; its statements may have run' });
  });

  it('is not asked for when its run is over and the list does not show it', async () => {
    const s = new Story(WATCHED, null, 3 * HOUR);
    expect((await s.sweep()).jobs).toBe(0);
    expect(s.head.active).toBeNull();
  });

  it('that nobody can list is not watched for longer than any other', async () => {
    const s = new Story(WATCHED, null, 3 * HOUR);
    s.fails('overview');
    expect((await s.sweep()).report.failedRuns).toBe(0);
    expect(s.head.active).toBeNull();
  });

  it('is asked for once before a submission of it is repeated, and twice before it is given up', async () => {
    const intent = new Story({ active: 'INTENT#1', once: true, missedAt: 5 }, null, 30 * MINUTE);
    expect((await intent.sweep()).jobs).toBe(1);
    expect(intent.head.status).toBe('FAILED');
    const live = new Story({ ...LIVE, shownBy: '/tmp/flink-web-1' }, null);
    live.w.store.heads.set(21, { ...live.head, missedAt: 5, missedBy: { jmId: '/tmp/flink-web-1', address: HOSTS } });
    expect((await live.sweep()).jobs).toBe(2);
    expect(live.head.status).toBe('UNKNOWN');
  });

  it('that shows itself at the very last look goes on', async () => {
    const s = new Story({ ...LIVE, shownBy: '/tmp/flink-web-1' }, null);
    s.w.store.heads.set(21, { ...s.head, missedAt: 5, missedBy: { jmId: '/tmp/flink-web-1', address: HOSTS } });
    let asked = 0;
    s.w.flink.fault = (call, before) => {
      if (call === 'job' && before && (asked += 1) === 2) s.shows('RUNNING');
    };
    await s.sweep();
    expect(s.head).toMatchObject({ status: 'RUNNING', missedAt: null });
  });

  it('is not given up while nobody says at that look who answers', async () => {
    const s = new Story({ active: 'INTENT#1', once: true, missedAt: 5 }, null, 30 * MINUTE);
    const { identify } = s.w.flink;
    let asked = 0;
    s.w.flink.identify = (hosts, signal) =>
      (asked += 1) === 1 ? identify(hosts, signal) : Promise.reject(new AppError('flink.failed', 'HTTP 500.'));
    expect((await s.sweep()).report.failedRuns).toBe(0);
    expect(s.head.status).toBe('INITIALIZING');
  });

  it('is not given up by a bug', async () => {
    const s = new Story({ active: 'INTENT#1', once: true, missedAt: 5 }, null, 30 * MINUTE);
    const { identify } = s.w.flink;
    let asked = 0;
    s.w.flink.identify = (hosts, signal) =>
      (asked += 1) === 1 ? identify(hosts, signal) : Promise.reject(new TypeError('x is undefined'));
    expect((await s.sweep()).report.failedRuns).toBe(1);
    expect(s.told('error')).toEqual(['run not reconciled: the next sweep tries again']);
    expect(s.head.status).toBe('INITIALIZING');
  });
});

describe('a job whose details can not be had', () => {
  it('by a bug is no such job: it comes to light, and nothing is recorded', async () => {
    const s = new Story(LIVE, 'RESTARTING');
    s.fails('job', new TypeError('x is undefined'));
    expect((await s.sweep()).report.failedRuns).toBe(1);
    expect(s.head.v).toBe(1);
  });

  it('because the sweep is over says nothing, and nobody is told', async () => {
    const s = new Story(LIVE, 'RESTARTING');
    // Who answers and what it lists take 14 s of the 18 s that this sweep has; the job would have ten.
    const takesMs: Partial<Record<Call, number>> = { identify: 4_900, overview: 9_100, job: HOUR };
    s.w.flink.fault = (call, before) => (before ? s.w.clock.sleep(takesMs[call] ?? 0) : undefined);
    await s.w.clock.run(reconcile(s.w)({ budgetMs: 20_000 }));
    expect(s.told('warn')).toEqual([]);
    expect(s.head.v).toBe(1);
  });

  it('because its cluster has gone meanwhile: nothing is known of it', async () => {
    const s = new Story(LIVE, 'RESTARTING');
    s.w.flink.fault = (call, before) => {
      if (call === 'job' && before) s.w.flink.deadHosts.add(HOSTS);
    };
    expect((await s.sweep()).report.failedRuns).toBe(0);
    expect(s.head.v).toBe(1);
  });

  it('nor the list of jobs: nothing is known either', async () => {
    const s = new Story(LIVE, 'RESTARTING');
    s.w.flink.fault = (call, before) => {
      if ((call === 'job' || call === 'overview') && before) throw new AppError('flink.failed', 'HTTP 500.');
    };
    expect((await s.sweep()).report.failedRuns).toBe(0);
    expect(s.head.v).toBe(1);
  });

  it('and that lives is recorded as the list shows it', async () => {
    const s = new Story(LIVE, 'RESTARTING');
    s.fails('job');
    await s.sweep();
    expect(s.head).toMatchObject({ status: 'RESTARTING', shownBy: '/tmp/flink-web-1' });
  });

  it('and that has failed, of a run that nobody has confirmed: whether it ever ran must be known first', async () => {
    const s = new Story({ active: 'INTENT#1' }, 'FAILED');
    s.fails('job');
    await s.sweep();
    expect(s.head).toMatchObject({ v: 1, endSeenAt: null });
  });

  it('because its own cluster has gone meanwhile: that is what is noted', async () => {
    const target = { type: 'kubernetes-application', properties: {}, jobManager: null };
    const s = new Story(
      { ...LIVE, deployment: { ...newDeployment(target, 21, JOB_ID), clusterId: 'c' } },
      'RESTARTING',
    );
    s.w.flink.fault = (call, before) => {
      if (call === 'job' && before) s.w.flink.deadHosts.add(HOSTS);
    };
    await s.sweep();
    expect(s.head).toMatchObject({ status: 'RUNNING', unreachableSince: s.w.clock.now() });
  });

  it('and that has ended, of a run that has ended as well: the record stays as it is', async () => {
    const s = new Story({ ...LOST, missedAt: 5, givenUpFor: 30, twinSince: 7 }, 'FINISHED');
    s.fails('job');
    await s.sweep();
    expect(s.head).toMatchObject({ v: 1, endSeenAt: null });
  });

  it('and that has ended, of a live run: since when it has is kept', async () => {
    const s = new Story(LIVE, 'FINISHED');
    s.fails('job');
    expect((await s.sweep()).report.failedRuns).toBe(0);
    expect(s.head).toMatchObject({ status: 'RUNNING', endSeenAt: s.w.clock.now() });
  });
});

describe('a job that is to end', () => {
  it('and turned up after the end of its run is told of once, and cancelled by each sweep until it has ended', async () => {
    const s = new Story(WATCHED, 'RUNNING');
    const cancelled: string[] = [];
    s.w.flink.cancel = (_address, id) => {
      cancelled.push(id);
      s.shows('CANCELLING');
      return Promise.resolve();
    };
    const told = (): string[] => s.causes.filter((cause) => /a job appeared .* it is cancelled/.test(cause));
    await s.sweep();
    expect(told()).toHaveLength(1);
    await s.sweep();
    expect(cancelled).toEqual([JOB_ID, JOB_ID]);
    expect(told()).toHaveLength(1);
    expect(s.head.status).toBe('FAILED');
  });

  it('is cancelled at the host that leads now', async () => {
    const s = new Story({ ...WATCHED, hosts: 'a:8081,b:8081', address: 'a:8081' }, 'RUNNING');
    s.w.flink.deadHosts.add('a:8081');
    const told: string[] = [];
    s.w.flink.cancel = (address) => {
      told.push(address);
      return Promise.resolve();
    };
    await s.sweep();
    expect(told).toEqual(['b:8081']);
  });

  it('because somebody asked for it is recorded as what it is first', async () => {
    const s = new Story({ active: 'INTENT#1', cancelAskedAt: 5, cancelAskedBy: 'ada' }, 'RUNNING');
    s.w.flink.cancel = () => Promise.resolve();
    await s.sweep();
    expect(s.head).toMatchObject({ status: 'RUNNING', submitStatus: 'SUCCESS', cancelAskedAt: 5 });
    expect(s.causes.filter((cause) => cause.includes('turned up'))).toEqual([]);
  });
});

describe('a run that was given up', () => {
  const FP_CLAIM = { claims: { fp: 21 }, claimSeq: 1, latestRunId: 21 };

  it('is not followed when somebody takes its place at the same moment', async () => {
    const s = new Story({ ...LOST, missedAt: 5 }, 'RUNNING');
    s.w.store.tasks.set(7, FP_CLAIM);
    const { updateHead } = s.w.store;
    s.w.store.updateHead = async (head, change, cause) => {
      s.w.store.updateHead = updateHead;
      await updateHead(head, { givenUpFor: 30 }, 'given up: run 30 takes its place');
      return await updateHead(head, change, cause);
    };
    await s.sweep();
    expect(s.head).toMatchObject({ status: 'UNKNOWN', givenUpFor: 30 });
    expect(s.told('warn')).toEqual([]);
  });

  it('takes both its claims again before it is followed: a repeat by either finds it', async () => {
    const s = new Story({ ...LOST, missedAt: 5, usedFp: 'used' }, 'RUNNING');
    s.w.store.tasks.set(7, FP_CLAIM);
    await s.sweep();
    expect(s.w.store.tasks.get(7)?.claims).toEqual({ fp: 21, used: 21 });
    expect(s.head.status).toBe('RUNNING');
  });

  it('whose claims still name it is followed without a write to them', async () => {
    const s = new Story({ ...LOST, missedAt: 5, usedFp: 'used' }, 'RUNNING');
    const claims = { claims: { fp: 21, used: 21 }, claimSeq: 1, latestRunId: 21 };
    s.w.store.tasks.set(7, claims);
    await s.sweep();
    expect(s.head.status).toBe('RUNNING');
    expect(s.w.store.tasks.get(7)).toEqual(claims);
  });

  it('gives way to whoever has claimed its work between two steps', async () => {
    const s = new Story({ ...LOST, missedAt: 5 }, 'RUNNING');
    const { claim } = s.w.store;
    s.w.store.claim = async (wanted) => {
      s.w.store.tasks.set(7, { claims: { fp: 30 }, claimSeq: 1, latestRunId: 30 });
      return await claim(wanted);
    };
    await s.sweep();
    expect(s.head).toMatchObject({ status: 'UNKNOWN', givenUpFor: 30, active: 'WATCH#5' });
    expect(s.causes.at(-1)).toBe('given up: run 30 has taken its place');
  });

  it('and whose job has ended as a twin: that is told in its history, and is no alarm', async () => {
    const s = new Story({ ...LOST, missedAt: 5, givenUpFor: 30, twinSince: 7 }, 'CANCELED');
    await s.sweep();
    expect(s.head.twinSince).toBeNull();
    expect(s.causes.at(-1)).toBe('the job that went on as a twin has ended');
    expect(s.told('error')).toEqual([]);
  });

  it('and whose job goes on as a twin: who was first to record that tells of it', async () => {
    const s = new Story({ ...LOST, missedAt: 5, givenUpFor: 30 }, 'RUNNING');
    const { updateHead } = s.w.store;
    s.w.store.updateHead = () => Promise.resolve(null);
    await s.sweep();
    expect(s.told('error')).toEqual([]);
    s.w.store.updateHead = updateHead;
    await s.sweep();
    const message = 'two jobs of one request are live: end one of them';
    const fields = { runId: 21, jobId: JOB_ID, address: HOSTS, takenBy: 30 };
    expect(s.w.log.lines.filter(({ level }) => level === 'error')).toMatchObject([{ message, fields }]);
    expect(s.head.twinSince).toBe(s.w.clock.now());
    expect(s.causes.at(-1)).toBe(`the job of this run goes on at ${HOSTS}, beside run 30, which has taken its place`);
  });
});

describe('what a look of a sweep leaves in the record', () => {
  it('who has shown the job, once', async () => {
    const s = new Story(LIVE, 'RESTARTING');
    let asked = 0;
    s.w.flink.fault = (call, before) => {
      if (call === 'identify' && before) asked += 1;
    };
    await s.sweep();
    expect(s.head).toMatchObject({ status: 'RESTARTING', shownBy: '/tmp/flink-web-1' });
    expect(asked).toBe(1);
  });

  it('when its end was seen, where Flink does not tell what its job has left behind', async () => {
    const s = new Story(LIVE, 'FINISHED');
    s.fails('checkpoints');
    await s.sweep();
    expect(s.head).toMatchObject({ status: 'RUNNING', endSeenAt: s.w.clock.now() });
  });

  it('that with high availability the same JobManager proves nothing', async () => {
    const s = new Story({ ...LIVE, shownBy: '/tmp/flink-web-1' }, null);
    s.w.flink.highAvailability = true;
    await s.sweep();
    const who = `the JobManager at ${HOSTS} answers (which proves nothing with high availability)`;
    expect(s.causes.at(-1)).toBe(`${who} and does not know the job`);
  });

  it('when it was missed first, and by whom; a process that never showed it is doubted in so many words', async () => {
    const s = new Story({ ...LIVE, shownBy: '/tmp/flink-web-0' }, null);
    await s.sweep();
    const missed = { missedAt: s.w.clock.now(), missedBy: { jmId: '/tmp/flink-web-1', address: HOSTS } };
    expect(s.head).toMatchObject({ ...missed, highAvailability: false });
    expect(s.causes.at(-1)).toBe(`another JobManager answers at ${HOSTS} and does not know the job`);
  });

  it('nothing in its history when the process that showed it does not know it any more: it may be seen again', async () => {
    const s = new Story({ ...LIVE, shownBy: '/tmp/flink-web-1' }, null);
    await s.sweep();
    expect(s.head.missedAt).toBe(s.w.clock.now());
    expect(s.causes).toEqual(['submitted']);
    const { v } = s.head;
    await s.w.clock.advance(10_000);
    expect((await s.sweep()).report.failedRuns).toBe(0);
    expect(s.head.v).toBe(v);
  });
});

it('a run that its restart has just sent is not sent a second time by a sweep that found it waiting', async () => {
  const follows = { runId: 1, isWaiting: true, isGiven: false };
  const s = new Story({ status: 'INITIALIZING', sends: 0, open: [], follows }, null);
  const { fp, taskId } = s.head;
  const restart = { runId: 21, state: 'wanted', reason: null } as const;
  const done = { ...newWish('stop', 'ab'.repeat(16), 'me', 1), firstSentAt: 1, sentAt: 1, doneAt: 2 };
  const savepoint = { ...done, state: 'done', path: 'file:/sp/1' } as const;
  s.w.store.heads.set(
    1,
    headAt(s.w.clock.now() - MINUTE, { id: 1, status: 'FINISHED', restart, savepoint, active: null }),
  );
  s.w.store.tasks.set(taskId, { claims: { [fp]: 21 }, claimSeq: 1, latestRunId: 21 });
  const { updateHead } = s.w.store;
  s.w.store.updateHead = (head, ...rest) => {
    // The caller of the restart is quicker: the run has begun, and its first send is under way.
    const sent = { sends: 1, open: [1], sentAt: s.w.clock.now(), follows: { ...follows, isWaiting: false } };
    if (s.head.v === head.v && head.id === 21) s.w.store.heads.set(21, { ...s.head, ...sent, v: head.v + 1 });
    return updateHead(head, ...rest);
  };
  const { report } = await s.sweep();
  expect(report).toMatchObject({ sent: 0, notSent: 0, leftToSend: 0 });
  expect(s.told('error')).toEqual([]);
  expect(s.head).toMatchObject({ sends: 1, open: [1] });
});

it('the end of a run whose place was to be taken is recorded, also where its new run is not there', async () => {
  const s = new Story({ ...LIVE, restart: { runId: 30, state: 'wanted', reason: null } }, 'FINISHED');
  expect((await s.sweep()).report.failedRuns).toBe(0);
  expect(s.head.status).toBe('FINISHED');
});
