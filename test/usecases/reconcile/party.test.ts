/** Who does not answer in a sweep (protocol.md section 6): what one request that fails says of the party that was asked. */
import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../../lib/domain/errors.ts';
import { Party, type Question } from '../../../lib/usecases/reconcile/party.ts';
import { widthLimit } from '../../../lib/usecases/waiting/width-limit.ts';
import { type VirtualClock, virtualClock } from '../../fakes/virtual-clock.ts';

const PROBE: Question = { path: 'identify', withinMs: 5_000, tried: true, maxTimeouts: 1 };
const JOB: Question = { path: 'job', withinMs: 10_000, tried: true, maxTimeouts: 2 };
const STATEMENT: Question = { path: 'configure', withinMs: null, tried: false, maxTimeouts: 2 };
const HANGS = 24 * 3_600_000;

type Answer = 'hangs' | 'slow' | ErrorCode | TypeError | null;

/** A party whose probe and whose requests answer so; what was sent is kept, by path. */
class Story {
  readonly clock: VirtualClock = virtualClock();
  readonly sweep = new AbortController();
  readonly sent: string[] = [];
  probe: Answer = null;
  request: Answer = null;
  readonly party = new Party('The JobManager at jm:8081', { clock: this.clock, limit: widthLimit(20) }, PROBE, (s) =>
    this.#send('identify', this.probe, s),
  );

  ask(question: Question = JOB): Promise<string> {
    return this.party.ask(question, this.sweep.signal, (signal) => this.#send(question.path, this.request, signal));
  }

  /** What became of so many that are asked at once: what was answered, or the code and the words of the failure. */
  async outcomes(count: number, question: Question = JOB): Promise<unknown[]> {
    const all = await this.clock.run(Promise.allSettled(Array.from({ length: count }, () => this.ask(question))));
    return all.map((one) => (one.status === 'fulfilled' ? one.value : this.#told(one.reason)));
  }

  async whyAway(): Promise<string | null> {
    return await this.clock.run(this.party.whyAway(this.sweep.signal));
  }

  timesSent(path: string): number {
    return this.sent.filter((one) => one === path).length;
  }

  #told(error: unknown): unknown {
    return error instanceof AppError ? [error.code, error.message] : error;
  }

  async #send(path: string, how: Answer, signal: AbortSignal): Promise<string> {
    this.sent.push(path);
    if (how === null) return 'answered';
    if (how === 'slow') return await this.clock.sleep(1_000).then(() => 'answered');
    if (how instanceof TypeError) throw how;
    if (how !== 'hangs') throw new AppError(how, 'Said so.');
    await this.clock.sleep(HANGS, signal);
    throw new AppError('budget.exceeded', 'Out of time.');
  }
}

const SILENT = ['flink.unreachable', 'The JobManager at jm:8081 is not asked again in this sweep: it did not answer.'];
const timedOut = (ms: number): unknown => [
  'flink.noReply',
  `The JobManager at jm:8081 did not answer within ${ms} ms.`,
];

describe('a party that hangs altogether', () => {
  it('costs a sweep one request and one probe, however many want something of it', async () => {
    const s = new Story();
    Object.assign(s, { probe: 'hangs', request: 'hangs' });
    expect(await s.outcomes(30)).toEqual([timedOut(10_000), ...Array.from({ length: 29 }, () => SILENT)]);
    expect(s.sent).toEqual(['job', 'identify']);
    expect(s.clock.monotonic()).toBe(15_000);
    expect(s.party.away).toBe('The JobManager at jm:8081 did not answer within 5000 ms.');
    expect(await s.outcomes(1, STATEMENT)).toEqual([SILENT]);
    expect([await s.whyAway(), s.sent.length]).toEqual([s.party.away, 2]);
  });

  it.each(['flink.unreachable', 'flink.noReply', 'flink.protocol'] as const)(
    'or whose probe fails with %s, is away, and that text is told',
    async (code) => {
      const s = new Story();
      s.probe = code;
      expect([await s.whyAway(), s.party.away]).toEqual(['Said so.', 'Said so.']);
      expect([await s.whyAway(), s.sent]).toEqual(['Said so.', ['identify']]);
    },
  );
});

describe('a probe', () => {
  it.each(['flink.failed', 'local.exhausted'] as const)('that fails with %s shows nobody to be away', async (code) => {
    const s = new Story();
    s.probe = code;
    expect([await s.whyAway(), s.party.away]).toEqual([null, null]);
  });

  it('is sent once, whoever wants to know', async () => {
    const s = new Story();
    s.probe = 'slow';
    const both = [s.party.whyAway(s.sweep.signal), s.clock.sleep(2_000).then(() => s.party.whyAway(s.sweep.signal))];
    expect(await s.clock.run(Promise.all(both))).toEqual([null, null]);
    expect(s.sent).toEqual(['identify']);
  });

  it('that the end of the sweep breaks off shows nothing, and a bug is thrown', async () => {
    const s = new Story();
    s.probe = 'hangs';
    const asking = s.party.whyAway(s.sweep.signal);
    await s.clock.advance(1_000);
    s.sweep.abort();
    expect([await asking, s.party.away]).toEqual([null, null]);
    const bad = new Story();
    bad.probe = new TypeError('a bug');
    await expect(bad.whyAway()).rejects.toThrow(TypeError);
  });
});

describe('one request that fails, of a party that is alive', () => {
  it.each(['flink.failed', 'flink.protocol', 'local.exhausted'] as const)(
    'with %s is no reason to ask whether it is',
    async (code) => {
      const s = new Story();
      s.request = code;
      expect(await s.outcomes(3)).toEqual(Array.from({ length: 3 }, () => [code, 'Said so.']));
      expect([s.timesSent('job'), s.timesSent('identify'), s.party.away]).toEqual([3, 0, null]);
    },
  );

  it.each(['flink.noReply', 'flink.unreachable'] as const)(
    'with %s has it asked, once in two seconds at most, and concerns itself alone',
    async (code) => {
      const s = new Story();
      s.request = code;
      s.probe = 'slow';
      expect(await s.outcomes(6)).toEqual(Array.from({ length: 6 }, () => [code, 'Said so.']));
      expect([s.timesSent('job'), s.timesSent('identify')]).toEqual([6, 1]);
      await s.clock.advance(1_999);
      await s.outcomes(1);
      expect(s.timesSent('identify')).toBe(1);
      await s.clock.advance(1);
      await s.outcomes(1);
      expect(s.timesSent('identify')).toBe(2);
    },
  );

  it('by its time is asked a second time, alone, and then no more; everything else goes on', async () => {
    const s = new Story();
    s.request = 'hangs';
    const gone = [timedOut(10_000), timedOut(10_000), SILENT, SILENT, SILENT];
    expect(await s.outcomes(5)).toEqual(gone);
    expect([s.timesSent('job'), s.timesSent('identify'), s.party.away]).toEqual([2, 2, null]);
    expect(s.clock.monotonic()).toBe(20_000);
    s.request = null;
    expect(await s.outcomes(1, STATEMENT)).toEqual(['answered']);
  });

  it('by its time, and the next one answers: the others are asked side by side again', async () => {
    const s = new Story();
    s.request = 'hangs';
    expect(await s.outcomes(1)).toEqual([timedOut(10_000)]);
    s.request = 'slow';
    const startedAt = s.clock.monotonic();
    expect(await s.outcomes(8)).toEqual(Array.from({ length: 8 }, () => 'answered'));
    expect(s.clock.monotonic() - startedAt).toBe(2_000);
  });

  it('because the sweep is over says nothing of the party', async () => {
    const s = new Story();
    s.request = 'hangs';
    const asking = s.ask();
    const told = expect(asking).rejects.toMatchObject({ code: 'budget.exceeded', message: 'Out of time.' });
    await s.clock.advance(1_000);
    s.sweep.abort();
    await told;
    expect([s.party.away, s.timesSent('identify')]).toEqual([null, 0]);
  });

  it('by a bug says nothing either, and is thrown', async () => {
    const s = new Story();
    s.request = new TypeError('a bug');
    expect(await s.outcomes(1)).toEqual([s.request]);
    expect([s.party.away, s.timesSent('identify')]).toEqual([null, 0]);
  });
});

describe('the first request of a kind', () => {
  it('goes alone, and the others after it side by side', async () => {
    const s = new Story();
    s.request = 'slow';
    const all = Promise.all(Array.from({ length: 9 }, () => s.ask()));
    await s.clock.advance(999);
    expect(s.sent).toEqual(['job']);
    expect(await s.clock.run(all)).toEqual(Array.from({ length: 9 }, () => 'answered'));
    expect(s.clock.monotonic()).toBe(2_000);
  });

  it('keeps no other kind waiting, nor a statement any other', async () => {
    const s = new Story();
    s.request = 'slow';
    const kinds = [JOB, STATEMENT, STATEMENT, STATEMENT, { ...JOB, path: 'overview' }];
    const all = Promise.all(kinds.map((kind) => s.ask(kind)));
    await s.clock.advance(1);
    expect(s.sent).toEqual(kinds.map(({ path }) => path));
    await s.clock.run(all);
  });
});
