/** How long a sweep waits for each of its requests, and how many of them may hang (protocol.md section 6). */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import type { GatewaySession, JarRunner, JobManager, SqlGateway } from '../../../lib/domain/ports.ts';
import {
  Endpoints,
  guardedGateway,
  guardedJars,
  guardedJobManager,
} from '../../../lib/usecases/reconcile/guarded-flink.ts';
import { widthLimit } from '../../../lib/usecases/waiting/width-limit.ts';
import { virtualClock } from '../../fakes/virtual-clock.ts';

const NEVER = 24 * 3_600_000;
const HOSTS = 'jm:8081';
const URL = 'http://gw:8083';

type Send = (all: Asked, signal: AbortSignal) => Promise<unknown>;

const ASKED = ['identify', 'overview', 'job', 'failureCause', 'restarts', 'slots', 'checkpoints', 'cancel'];

/** Flink as a sweep asks it. One request hangs; everything else is answered at once. */
class Asked {
  readonly clock = virtualClock();
  /** What was sent, with what it was asked for. */
  readonly sent: unknown[][] = [];
  readonly sweep = new AbortController();
  readonly #hanging: string;
  readonly endpoints: Endpoints;
  readonly jobManager: JobManager;
  readonly jars: JarRunner;
  readonly gateway: SqlGateway;

  constructor(hanging: string) {
    this.#hanging = hanging;
    const deps = {
      jobManager: this.#double(...ASKED) as JobManager,
      jars: this.#double('find', 'upload', 'run') as JarRunner,
      gateway: { ...(this.#double('version') as SqlGateway), open: this.#open.bind(this) },
    };
    this.endpoints = new Endpoints(deps, { clock: this.clock, limit: widthLimit(50) });
    this.jobManager = guardedJobManager(deps.jobManager, this.endpoints.jobManager(HOSTS, true));
    this.jars = guardedJars(deps.jars, this.endpoints.jobManager(HOSTS, true));
    this.gateway = guardedGateway(deps.gateway, this.endpoints.gateway(URL));
  }

  timesSent(name: string): number {
    return this.sent.filter(([one]) => one === name).length;
  }

  /** What becomes of it, and how long that takes; null: nothing within an hour. */
  async outcome(send: Send): Promise<{ told: string; tookMs: number } | null> {
    const startedAt = this.clock.monotonic();
    const asking = send(this, this.sweep.signal).then(
      () => 'answered',
      (error: unknown) => (error as Error).message,
    );
    const patience = this.clock.sleep(3_600_000).then(() => null);
    const told = await this.clock.run(Promise.race([asking, patience]));
    return told === null ? null : { told, tookMs: this.clock.monotonic() - startedAt };
  }

  async #open(url: string, properties: object, signal: AbortSignal): Promise<GatewaySession> {
    await this.#answer('open', [url, properties, signal]);
    return this.#double('configure', 'start', 'deploy', 'fetch', 'close') as GatewaySession;
  }

  #double(...names: readonly string[]): object {
    const calls = names.map((name) => [name, (...asked: unknown[]) => this.#answer(name, asked)] as const);
    return Object.fromEntries(calls);
  }

  async #answer(name: string, asked: readonly unknown[]): Promise<unknown> {
    const signal = asked.find((one) => one instanceof AbortSignal);
    this.sent.push([name, ...asked.filter((one) => one !== signal)]);
    if (name !== this.#hanging) return name;
    await this.clock.sleep(NEVER, signal);
    throw new AppError('budget.exceeded', 'Out of time.');
  }
}

const inSession =
  (send: (session: GatewaySession, signal: AbortSignal) => Promise<unknown>): Send =>
  async ({ gateway }, signal) =>
    send(await gateway.open(URL, {}, signal), signal);

const mask = (text: string): string => text;
/** Name, how long it may take, how many of them may hang, and how it is asked. */
const LIMITED: readonly (readonly [string, number, number, Send, readonly unknown[]])[] = [
  ['identify', 5_000, 1, (all, s) => all.jobManager.identify(HOSTS, s), [HOSTS]],
  ['overview', 10_000, 1, (all, s) => all.jobManager.overview(HOSTS, s), [HOSTS]],
  ['job', 10_000, 2, (all, s) => all.jobManager.job(HOSTS, 'j', s), [HOSTS, 'j']],
  ['failureCause', 10_000, 2, (all, s) => all.jobManager.failureCause(HOSTS, 'j', s, mask), [HOSTS, 'j', mask]],
  ['restarts', 10_000, 2, (all, s) => all.jobManager.restarts(HOSTS, 'j', s), [HOSTS, 'j']],
  ['slots', 10_000, 2, (all, s) => all.jobManager.slots(HOSTS, s), [HOSTS]],
  ['checkpoints', 10_000, 2, (all, s) => all.jobManager.checkpoints(HOSTS, 'j', s), [HOSTS, 'j']],
  ['cancel', 10_000, 2, (all, s) => all.jobManager.cancel(HOSTS, 'j', s), [HOSTS, 'j']],
  ['find', 10_000, 2, (all, s) => all.jars.find(HOSTS, 'sha', s), [HOSTS, 'sha']],
  ['version', 5_000, 1, (all, s) => all.gateway.version(URL, s), [URL]],
  ['open', 15_000, 1, (all, s) => all.gateway.open(URL, { a: 'b' }, s), [URL, { a: 'b' }]],
  ['configure', 23_000, 2, inSession((session, s) => session.configure('SET', s)), ['SET']],
  ['fetch', 10_000, 2, inSession((session, s) => session.fetch('op', 3, s)), ['op', 3]],
];

const UNLIMITED: readonly (readonly [string, Send])[] = [
  ['start', inSession((session, s) => session.start('INSERT', {}, s))],
  ['deploy', inSession((session, s) => session.deploy('INSERT', {}, s))],
  ['close', inSession((session, s) => session.close(s))],
  ['upload', (all, s) => all.jars.upload(HOSTS, {} as never, s)],
  ['run', (all, s) => all.jars.run(HOSTS, 'jar', {} as never, s)],
];

describe('a request of a sweep', () => {
  it.each(LIMITED)('%s that hangs is given up after %i ms, and so many hang at most: %i', async (...row) => {
    const [name, withinMs, most, send, asked] = row;
    const all = new Asked(name);
    const first = await all.outcome(send);
    expect(first?.told).toContain(`did not answer within ${withinMs} ms`);
    expect(all.sent.at(name === 'identify' || name === 'version' ? 0 : -2)).toEqual([name, ...asked]);
    const isProbe = name === 'identify' || name === 'version';
    if (isProbe) expect(all.endpoints.away()).toHaveLength(1);
    for (let tries = 0; tries < 4; tries += 1) await all.outcome(send);
    expect(all.timesSent(name)).toBe(most);
    if (!isProbe) expect(all.endpoints.away()).toEqual([]);
  });

  it.each(LIMITED)('%s is passed on as it was asked', async (...row) => {
    const [name, , , send, asked] = row;
    const all = new Asked('none');
    expect(await all.outcome(send)).toMatchObject({ told: 'answered' });
    expect(all.sent.at(-1)).toEqual([name, ...asked]);
  });

  it.each(UNLIMITED)(
    '%s takes as long as the run has: what may have started something is not given up',
    async (...row) => {
      const [name, send] = row;
      const all = new Asked(name);
      expect(await all.outcome(send)).toBeNull();
      expect(all.timesSent(name)).toBe(1);
    },
  );

  it.each(LIMITED.filter(([name]) => name !== 'configure'))('%s goes first alone', async (...row) => {
    const [name, withinMs, , send] = row;
    const all = new Asked(name);
    const asking = Promise.allSettled([1, 2, 3].map(() => send(all, all.sweep.signal)));
    await all.clock.advance(withinMs - 1);
    expect(all.timesSent(name)).toBe(1);
    await all.clock.run(asking);
  });

  it('that is a statement keeps no other one waiting: it may be slow', async () => {
    const all = new Asked('configure');
    const send = inSession((session, s) => session.configure('SET', s));
    const asking = Promise.allSettled([1, 2, 3].map(() => send(all, all.sweep.signal)));
    await all.clock.advance(1);
    expect(all.timesSent('configure')).toBe(3);
    await all.clock.run(asking);
  });
});

describe('what a sweep knows of whom it asks', () => {
  it('is kept by address, for all who ask there; a cluster that one run has for itself is asked by that run alone', () => {
    const { endpoints } = new Asked('none');
    expect(endpoints.gateway(URL)).toBe(endpoints.gateway(URL));
    expect(endpoints.jobManager(HOSTS, true)).toBe(endpoints.jobManager(HOSTS, true));
    expect(endpoints.jobManager('other:8081', true)).not.toBe(endpoints.jobManager(HOSTS, true));
    expect(endpoints.jobManager('own:8081', false)).not.toBe(endpoints.jobManager('own:8081', false));
  });

  it('names who is away, without passwords', async () => {
    const all = new Asked('identify');
    const hosts = 'ada:hunter22@jm:8081';
    await all.clock.run(all.endpoints.jobManager(hosts, true).whyAway(all.sweep.signal));
    expect(all.endpoints.away()).toEqual(['The JobManager at ******@jm:8081 did not answer within 5000 ms.']);
    const gateways = new Asked('version');
    await gateways.clock.run(gateways.endpoints.gateway('http://ada:hunter22@gw:8083').whyAway(gateways.sweep.signal));
    expect(gateways.endpoints.away()).toEqual([
      'The SQL gateway at http://******@gw:8083 did not answer within 5000 ms.',
    ]);
  });
});
