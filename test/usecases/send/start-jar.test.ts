/** What each failure of a jar's main(), and of the way to it, proves (protocol.md sections 5 and 11). */
import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../../lib/domain/errors.ts';
import type { JobManagerIdentity } from '../../../lib/domain/run/job-manager.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { FlinkJob } from '../../../lib/domain/run/status.ts';
import { NO_REDACTION } from '../../../lib/domain/secrets/redaction.ts';
import type { JarVisit } from '../../../lib/usecases/connect/reach-flink.ts';
import { startJar, type StartJarDeps } from '../../../lib/usecases/send/start-jar.ts';
import type { StartOutcome } from '../../../lib/usecases/send/start-statement.ts';
import { withinBudget } from '../../../lib/usecases/waiting/budget.ts';
import { headAt } from '../../builders/a-head.ts';
import { aTask } from '../../fakes/memory-definitions.ts';
import { START_OF_TIME } from '../../fakes/virtual-clock.ts';
import { world } from '../world.ts';

const URI = 's3://jars/a.jar';
const WHO: JobManagerIdentity = {
  address: 'jm:8081',
  jmId: '/tmp/flink-web-1',
  highAvailability: false,
  forgetsEnded: false,
};
const RUNNING: FlinkJob = { state: 'RUNNING', ranAt: 1, endedAt: null };

interface Story {
  /** How each request to run the jar ends: null is well. */
  readonly runs: readonly (Error | null)[];
  readonly bring?: Error;
  readonly head?: Partial<RunHead>;
  /** As it stands in the table after an upload in between; by default as it was sent. */
  readonly stored?: Partial<RunHead> | null;
  readonly identity?: Partial<JobManagerIdentity>;
  /** What the JobManager says afterwards. */
  readonly job?: FlinkJob | Error | null;
  readonly after?: Partial<JobManagerIdentity>;
  readonly sendUntilMs?: number;
}

const failure = (code: ErrorCode): AppError => new AppError(code, 'Said so.');
const given = <T>(what: T | Error): Promise<T> =>
  what instanceof Error ? Promise.reject(what) : Promise.resolve(what);

async function told(story: Story): Promise<{ outcome: StartOutcome; sent: number; forgotten: number }> {
  const w = world({ tasks: [aTask({ dialect: 'FlinkJar', statement: `EXECUTE JAR WITH ('uri' = '${URI}')` })] });
  w.jarSource.kept.set(URI, 'a'.repeat(64));
  const { body } = await w.submit();
  const head = headAt(START_OF_TIME, { sentAt: w.clock.now(), ...story.head });
  const stored = story.stored === null ? null : { ...head, ...story.stored };
  const count = { sent: 0, forgotten: 0 };
  const deps = {
    clock: w.clock,
    store: { readHead: () => Promise.resolve(stored) },
    jobManager: {
      job: () => given(story.job ?? null),
      identify: () => Promise.resolve({ ...WHO, ...story.after }),
    },
    jars: { run: () => given(story.runs[(count.sent += 1) - 1] ?? null) },
  } as unknown as StartJarDeps;
  const flink = {
    ...{ kind: 'jar', job: body.plan.job, identity: { ...WHO, ...story.identity }, redaction: NO_REDACTION },
    jar: {
      bring: () => given(story.bring ?? 'jar-1'),
      forget: () => {
        count.forgotten += 1;
      },
    },
  } as unknown as JarVisit;
  const run = { head, body, sendUntilMs: story.sendUntilMs ?? w.clock.monotonic() + 20_000 };
  const outcome = await w.clock.run(withinBudget(w.clock, 25_000, (budget) => startJar(deps, flink, run, budget)));
  return { outcome, ...count };
}

const outcomeOf = async (story: Story): Promise<StartOutcome> => (await told(story)).outcome;
const AT_LINE = 'line 1: Said so.';
const notStarted = (reason: string, bySql = false): StartOutcome => ({ kind: 'nothingStarted', reason, bySql });
const answered = (reason: string): StartOutcome => ({ kind: 'unknown', reason, answered: true });
const silent = (reason: string | null): StartOutcome => ({ kind: 'unknown', reason, answered: false });

describe('a main() that ran to its end', () => {
  it('has started the job of the run', async () => {
    expect(await told({ runs: [null] })).toEqual({ outcome: { kind: 'accepted' }, sent: 1, forgotten: 0 });
  });
});

describe('the record of the run', () => {
  it('is read after an upload in between alone: the permission is a moment old', async () => {
    expect(await outcomeOf({ runs: [null], stored: null })).toEqual({ kind: 'accepted' });
  });
});

describe('a request that fails', () => {
  it.each<[ErrorCode, StartOutcome]>([
    ['flink.unreachable', notStarted(AT_LINE)],
    ['flink.rejected', notStarted(AT_LINE, true)],
    ['flink.failed', answered(AT_LINE)],
    ['flink.noReply', silent(AT_LINE)],
    ['flink.protocol', silent(AT_LINE)],
    ['flink.duplicate', silent(null)],
    ['budget.exceeded', silent(null)],
  ])('with %s proves no more than it says', async (code, outcome) => {
    expect(await outcomeOf({ runs: [failure(code)] })).toEqual(outcome);
  });

  it('by a bug is thrown', async () => {
    await expect(outcomeOf({ runs: [new TypeError('x is undefined')] })).rejects.toThrow(/^x is undefined$/);
  });
});

describe('what starts nothing', () => {
  it('is a jar that does not arrive', async () => {
    expect(await told({ runs: [], bring: failure('jar.unavailable') })).toEqual({
      ...{ outcome: notStarted(AT_LINE), sent: 0, forgotten: 0 },
    });
  });

  it('is a permission that has run out', async () => {
    expect(await told({ runs: [], sendUntilMs: -1 })).toMatchObject({ outcome: { kind: 'notSent' }, sent: 0 });
  });
});

describe('a main() that failed without a word of a submission', () => {
  const failed = (story: Partial<Story> = {}): Promise<StartOutcome> =>
    outcomeOf({ runs: [failure('flink.mainFailed')], ...story });

  it('has started nothing when the same JobManager knows no job of it', async () => {
    expect(await failed()).toEqual(notStarted(AT_LINE, true));
  });

  it.each<[string, Partial<Story>]>([
    ['the job is there', { job: RUNNING }],
    ['the JobManager can not be asked', { job: failure('flink.unreachable') }],
    ['another one answers afterwards', { after: { jmId: '/tmp/flink-web-2' } }],
    ['it does not say who it is', { identity: { jmId: null }, after: { jmId: null } }],
    ['it has high availability', { identity: { highAvailability: true } }],
    ['it had high availability at the intent', { head: { highAvailability: true } }],
    ['it has high availability afterwards', { after: { highAvailability: true } }],
  ])('proves nothing when %s', async (_when, story) => {
    expect(await failed(story)).toEqual(answered(AT_LINE));
  });

  it('throws a bug of the question', async () => {
    await expect(failed({ job: new TypeError('x is undefined') })).rejects.toThrow(/^x is undefined$/);
  });
});

describe('a jar that the JobManager has lost', () => {
  const GONE = failure('flink.jarGone');

  it('is uploaded again and run', async () => {
    expect(await told({ runs: [GONE, null] })).toEqual({ outcome: { kind: 'accepted' }, sent: 2, forgotten: 1 });
  });

  it('and loses again: nothing was started, and it may be tried later', async () => {
    expect(await outcomeOf({ runs: [GONE, GONE] })).toEqual(notStarted(AT_LINE));
  });

  it.each<[string, Partial<RunHead> | null]>([
    ['the run is not there any more', null],
    ['its send has been decided about', { open: [] }],
  ])('is not run when %s', async (_when, stored) => {
    expect(await told({ runs: [GONE, null], stored })).toMatchObject({ outcome: { kind: 'notSent' }, sent: 1 });
  });

  const SECOND: Partial<RunHead> = { sends: 2, open: [1, 2] };

  it('in its second send is run where the JobManager would still refuse the first', async () => {
    expect(await told({ runs: [GONE, null], head: SECOND })).toMatchObject({ outcome: { kind: 'accepted' }, sent: 2 });
  });

  it('in its second send is not run by another JobManager, which would not know of the first', async () => {
    const after = { jmId: '/tmp/flink-web-2' };
    expect(await told({ runs: [GONE, null], head: SECOND, after })).toMatchObject({
      outcome: notStarted('the JobManager was restarted before the submission was sent'),
      sent: 1,
    });
    // Before the first send was open, there is nothing that it would have to know.
    expect(await told({ runs: [GONE, null], after })).toMatchObject({ outcome: { kind: 'accepted' }, sent: 2 });
  });
});
