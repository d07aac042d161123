/** Who does not answer in a sweep (protocol.md section 6): what one request that fails says of the endpoint that was asked. */
import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../../lib/domain/errors.ts';
import { type CallKind, Endpoint } from '../../../lib/usecases/reconcile/endpoint.ts';
import { widthLimit } from '../../../lib/usecases/waiting/width-limit.ts';
import { type VirtualClock, virtualClock } from '../../fakes/virtual-clock.ts';

const PROBE: CallKind = { withinMs: 5_000, tried: true, maxTimeouts: 1 };
const JOB: CallKind = { withinMs: 10_000, tried: true, maxTimeouts: 2 };
const OVERVIEW: CallKind = { ...JOB };
const STATEMENT: CallKind = { withinMs: null, tried: false, maxTimeouts: 2 };
const NAMES = new Map([
  [PROBE, 'identify'],
  [JOB, 'job'],
  [OVERVIEW, 'overview'],
  [STATEMENT, 'configure'],
]);
const HANGS = 24 * 3_600_000;

type Answer = 'hangs' | 'slow' | ErrorCode | TypeError | null;

/** A endpoint whose probe and whose requests answer so; what was sent is kept, by path. */
class Story {
  readonly clock: VirtualClock = virtualClock();
  readonly sweep = new AbortController();
  readonly sent: string[] = [];
  readonly signals: AbortSignal[] = [];
  readonly limit = widthLimit(20);
  probe: Answer = null;
  request: Answer = null;
  /** How one that hangs ends when it is broken off. */
  brokenOff: ErrorCode | TypeError = 'budget.exceeded';
  readonly endpoint = new Endpoint('The JobManager at jm:8081', { clock: this.clock, limit: this.limit }, PROBE, (s) =>
    this.#send('identify', this.probe, s),
  );

  ask(kind: CallKind = JOB): Promise<string> {
    return this.endpoint.call(kind, this.sweep.signal, (signal) =>
      this.#send(NAMES.get(kind) ?? '', this.request, signal),
    );
  }

  /** What became of so many that are asked at once: what was answered, or the code and the words of the failure. */
  async outcomes(count: number, kind: CallKind = JOB): Promise<unknown[]> {
    const all = await this.clock.run(Promise.allSettled(Array.from({ length: count }, () => this.ask(kind))));
    return all.map((one) => (one.status === 'fulfilled' ? one.value : this.#told(one.reason)));
  }

  async whyAway(): Promise<string | null> {
    return await this.clock.run(this.endpoint.whyAway(this.sweep.signal));
  }

  timesSent(path: string): number {
    return this.sent.filter((one) => one === path).length;
  }

  #told(error: unknown): unknown {
    return error instanceof AppError ? [error.code, error.message] : error;
  }

  async #send(path: string, how: Answer, signal: AbortSignal): Promise<string> {
    this.sent.push(path);
    this.signals.push(signal);
    if (how === null) return 'answered';
    if (how === 'slow') return await this.clock.sleep(1_000).then(() => 'answered');
    if (how instanceof TypeError) throw how;
    if (how !== 'hangs') throw new AppError(how, 'Said so.');
    await this.clock.sleep(HANGS, signal);
    if (this.brokenOff instanceof TypeError) throw this.brokenOff;
    throw new AppError(this.brokenOff, 'Out of time.');
  }
}

const SILENT = ['flink.unreachable', 'The JobManager at jm:8081 is not asked again in this sweep: it did not answer.'];
const timedOut = (ms: number): unknown => [
  'flink.noReply',
  `The JobManager at jm:8081 did not answer within ${ms} ms.`,
];

describe('a endpoint that hangs altogether', () => {
  it('costs a sweep one request and one probe, however many want something of it', async () => {
    const s = new Story();
    Object.assign(s, { probe: 'hangs', request: 'hangs' });
    expect(await s.outcomes(30)).toEqual([timedOut(10_000), ...Array.from({ length: 29 }, () => SILENT)]);
    expect(s.sent).toEqual(['job', 'identify']);
    expect(s.clock.monotonic()).toBe(15_000);
    expect(s.endpoint.away).toBe('The JobManager at jm:8081 did not answer within 5000 ms.');
    expect(await s.outcomes(1, STATEMENT)).toEqual([SILENT]);
    expect([await s.whyAway(), s.sent.length]).toEqual([s.endpoint.away, 2]);
  });

  it.each(['flink.unreachable', 'flink.noReply', 'flink.protocol'] as const)(
    'or whose probe fails with %s, is away, and that text is told',
    async (code) => {
      const s = new Story();
      s.probe = code;
      expect([await s.whyAway(), s.endpoint.away]).toEqual(['Said so.', 'Said so.']);
      expect([await s.whyAway(), s.sent]).toEqual(['Said so.', ['identify']]);
    },
  );
});

describe('a probe', () => {
  it.each(['flink.failed', 'local.exhausted'] as const)('that fails with %s shows nobody to be away', async (code) => {
    const s = new Story();
    s.probe = code;
    expect([await s.whyAway(), s.endpoint.away]).toEqual([null, null]);
  });

  it('is sent once, whoever wants to know', async () => {
    const s = new Story();
    s.probe = 'slow';
    const both = [
      s.endpoint.whyAway(s.sweep.signal),
      s.clock.sleep(2_000).then(() => s.endpoint.whyAway(s.sweep.signal)),
    ];
    expect(await s.clock.run(Promise.all(both))).toEqual([null, null]);
    expect(s.sent).toEqual(['identify']);
  });

  it('that the end of the sweep breaks off shows nothing, and a bug is thrown', async () => {
    const s = new Story();
    s.probe = 'hangs';
    const asking = s.endpoint.whyAway(s.sweep.signal);
    await s.clock.advance(1_000);
    s.sweep.abort();
    expect([await asking, s.endpoint.away]).toEqual([null, null]);
    const bad = new Story();
    bad.probe = new TypeError('a bug');
    await expect(bad.whyAway()).rejects.toThrow(TypeError);
  });
});

describe('what is known of a endpoint that is away', () => {
  it('is told at once, although all places of the sweep are taken', async () => {
    const s = new Story();
    s.probe = 'flink.unreachable';
    s.request = 'flink.unreachable';
    await s.outcomes(1);
    const taken = Promise.all(Array.from({ length: 20 }, () => s.limit(() => s.clock.sleep(HANGS))));
    expect(await s.whyAway()).toBe('Said so.');
    expect(s.clock.monotonic()).toBe(0);
    await s.clock.run(taken);
  });

  it('is not asked for again by a request that was under way and fails later', async () => {
    const s = new Story();
    s.probe = 'flink.unreachable';
    const late = s.endpoint.call(STATEMENT, s.sweep.signal, async () => {
      await s.clock.sleep(5_000);
      throw new AppError('flink.noReply', 'Gone.');
    });
    s.request = 'flink.noReply';
    await s.outcomes(1);
    expect(s.endpoint.away).toBe('Said so.');
    await s.clock.run(Promise.allSettled([late]));
    expect(s.timesSent('identify')).toBe(1);
  });
});

describe('a request whose time is up', () => {
  it.each([
    ['budget.exceeded', 'flink.noReply'],
    ['flink.noReply', 'flink.noReply'],
    // Nothing was sent: that proves something, and must not be lost.
    ['flink.unreachable', 'flink.unreachable'],
  ] as const)('and that ends with %s is told as %s, with what was said', async (brokenOff, code) => {
    const s = new Story();
    s.request = 'hangs';
    s.brokenOff = brokenOff;
    const told = expect(s.ask()).rejects.toMatchObject({ code, cause: { code: brokenOff, message: 'Out of time.' } });
    await s.clock.advance(10_000);
    await told;
  });

  it('for want of sockets here says nothing of the endpoint', async () => {
    const s = new Story();
    s.request = 'hangs';
    s.brokenOff = 'local.exhausted';
    for (let tries = 1; tries <= 3; tries += 1) {
      expect(await s.outcomes(1)).toMatchObject([['local.exhausted', expect.stringContaining('did not answer')]]);
      expect([s.timesSent('job'), s.timesSent('identify')]).toEqual([tries, 0]);
    }
  });

  it('and that ends with a bug is told as that bug; so is a probe', async () => {
    const s = new Story();
    s.request = 'hangs';
    s.brokenOff = new TypeError('a bug');
    expect(await s.outcomes(1)).toEqual([s.brokenOff]);
    expect(s.sent).toEqual(['job']);
    const probing = new Story();
    Object.assign(probing, { request: 'flink.noReply', probe: 'hangs', brokenOff: s.brokenOff });
    expect(await probing.outcomes(1)).toEqual([s.brokenOff]);
    expect(probing.endpoint.away).toBeNull();
  });
});

describe('a request that is answered', () => {
  it.each(['job', 'identify'])('%s is not broken off afterwards', async (path) => {
    const s = new Story();
    if (path === 'identify') s.request = 'flink.noReply';
    await s.outcomes(1);
    await s.clock.advance(60_000);
    const signal = s.signals[s.sent.indexOf(path)];
    expect(signal?.aborted).toBe(false);
  });
});

describe('one request that fails, of a endpoint that is alive', () => {
  it.each(['flink.failed', 'flink.protocol', 'local.exhausted'] as const)(
    'with %s is no reason to ask whether it is',
    async (code) => {
      const s = new Story();
      s.request = code;
      expect(await s.outcomes(3)).toEqual(Array.from({ length: 3 }, () => [code, 'Said so.']));
      expect([s.timesSent('job'), s.timesSent('identify'), s.endpoint.away]).toEqual([3, 0, null]);
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
    expect([s.timesSent('job'), s.timesSent('identify'), s.endpoint.away]).toEqual([2, 2, null]);
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

  it.each(['budget.exceeded', 'flink.noReply', 'flink.unreachable'] as const)(
    'because the sweep is over says nothing of the endpoint, whatever it ends with: %s',
    async (brokenOff) => {
      const s = new Story();
      s.request = 'hangs';
      s.brokenOff = brokenOff;
      const told = expect(s.ask()).rejects.toMatchObject({ code: brokenOff, message: 'Out of time.' });
      await s.clock.advance(1_000);
      s.sweep.abort();
      await told;
      expect([s.endpoint.away, s.timesSent('identify')]).toEqual([null, 0]);
    },
  );

  it('while whether the endpoint is alive is asked, and the sweep is over, says nothing of the endpoint', async () => {
    const s = new Story();
    Object.assign(s, { request: 'flink.noReply', probe: 'hangs', brokenOff: 'flink.noReply' });
    const told = expect(s.ask()).rejects.toMatchObject({ code: 'flink.noReply', message: 'Said so.' });
    await s.clock.advance(1_000);
    s.sweep.abort();
    await told;
    expect([s.endpoint.away, s.sent]).toEqual([null, ['job', 'identify']]);
  });

  it('by a bug says nothing either, and is thrown', async () => {
    const s = new Story();
    s.request = new TypeError('a bug');
    expect(await s.outcomes(1)).toEqual([s.request]);
    expect([s.endpoint.away, s.timesSent('identify')]).toEqual([null, 0]);
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
    const kinds = [JOB, STATEMENT, STATEMENT, STATEMENT, OVERVIEW];
    const all = Promise.all(kinds.map((kind) => s.ask(kind)));
    await s.clock.advance(1);
    expect(s.sent).toEqual(['job', 'configure', 'configure', 'configure', 'overview']);
    await s.clock.run(all);
  });
});
