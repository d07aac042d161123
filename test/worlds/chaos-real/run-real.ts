/**
 * `npm run chaos -- --real`: submits against a real Flink and DynamoDB through proxies that lose, delay and break what
 * passes them, while the processes are frozen and killed. Alone: npx tsx test/worlds/chaos-real/run-real.ts --seed N --submits N
 */
import { parseArgs } from 'node:util';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { isFinal } from '../../../lib/domain/run/status.ts';
import { type CallerState, callOnce } from './callers.ts';
import { Counts } from './counts.ts';
import { inflict, type MachineFault } from './machine-faults.ts';
import { MachineLag } from './machine-lag.ts';
import { judge } from './oracle.ts';
import { type RealWorld, startWorld } from './real-world.ts';
import { reportLines } from './report.ts';
import { isSettled, noteJobManager, settleRound, sweep } from './settle-round.ts';
import { twoClusters } from './two-clusters.ts';
import { Verdicts } from './verdicts.ts';

export interface RealOptions {
  readonly seed: number;
  readonly submits: number;
  readonly flinkVersion?: string;
}

export interface Totals {
  readonly submits: number;
  readonly answers: Counts;
  readonly latestMs: number;
  readonly sweeps: number;
  readonly waitedForLanding: number;
  readonly heads: ReadonlyMap<number, RunHead>;
}

type Print = (line: string) => void;

const PER_ROUND = 24;
const CALLERS = 5;
const PATIENCE_OVER_MS = 57_000;
/** A JobManager that was killed has forgotten: its rounds come last, and not in a short run. */
const LONG_RUN = 150;
const JOB_MANAGER_ROUNDS = 2;
/** A real run takes two seconds a submit; the default of the simulated chaos would take hours. */
const MAX_SUBMITS = 2_000;
const USUAL_SUBMITS = 200;

const toStdout: Print = (line) => void process.stdout.write(`${line}\n`);

/** False: something was started twice, lost or ended wrongly. */
export async function runReal(options: RealOptions, print: Print = toStdout): Promise<boolean> {
  const submits = options.submits > MAX_SUBMITS ? USUAL_SUBMITS : options.submits;
  const world = await startWorld(options.seed, options.flinkVersion ?? '2.3.0');
  try {
    const run = new RealRun(world, submits, print);
    const totals = await run.all();
    await twoClusters(world, run.verdicts, print);
    reportLines(options.seed, world, totals, run.verdicts).forEach(print);
    return run.verdicts.all.length === 0;
  } finally {
    await world.stop();
  }
}

class RealRun {
  readonly verdicts = new Verdicts();
  readonly #lag = new MachineLag();
  readonly #world: RealWorld;
  readonly #submits: number;
  readonly #print: Print;
  readonly #state: CallerState;
  #sweeps = 0;
  #landing = 0;

  constructor(world: RealWorld, submits: number, print: Print) {
    this.#world = world;
    this.#submits = submits;
    this.#print = print;
    this.#state = {
      acknowledged: [],
      submitted: 0,
      answers: new Counts(),
      latestMs: -Infinity,
      lag: this.#lag,
      verdicts: this.verdicts,
      idle: [...world.containers],
    };
  }

  async all(): Promise<Totals> {
    const rounds = Math.ceil(this.#submits / PER_ROUND);
    let heads: ReadonlyMap<number, RunHead> = new Map();
    for (let round = 1; this.#state.submitted < this.#submits; round += 1) {
      const losesMemory = this.#submits >= LONG_RUN && round > rounds - JOB_MANAGER_ROUNDS;
      heads = await this.#round(round, losesMemory);
    }
    this.#lag.stop();
    const { submitted: submits, answers, latestMs } = this.#state;
    return { submits, answers, latestMs, sweeps: this.#sweeps, waitedForLanding: this.#landing, heads };
  }

  async #round(round: number, losesMemory: boolean): Promise<ReadonlyMap<number, RunHead>> {
    const world = this.#world;
    world.trace(`ROUND ${round}`);
    const rounds = Math.ceil(this.#submits / PER_ROUND);
    const until = Math.ceil((this.#submits * round) / rounds);
    for (const proxy of world.proxies) proxy.active = true;
    for (let wave = 0; this.#state.submitted < until; wave += 1) {
      await this.#wave(until, this.#machineFault(wave, losesMemory));
      await this.#betweenWaves();
    }
    const { jmId } = await this.#peacefulIdentity();
    noteJobManager(jmId);
    const { sweeps, waitedForLanding, heads } = await settleRound(world, isSettled);
    this.#sweeps = Math.max(this.#sweeps, sweeps);
    this.#landing += waitedForLanding.length;
    await this.#judge(heads, jmId);
    const ended = await this.#endRound();
    await this.#judge(ended, jmId);
    const { submitted } = this.#state;
    this.#print(
      `round ${round}: ${submitted} submits, ${world.faults.total()} faults, ${ended.size} runs, ${sweeps} sweeps, ${this.verdicts.all.length} wrong`,
    );
    return ended;
  }

  #machineFault(wave: number, losesMemory: boolean): MachineFault | null {
    const { rng } = this.#world;
    if (losesMemory && wave === 1) return 'JobManager killed';
    if (rng.chance(0.06)) return 'gateway killed';
    return rng.chance(0.4) ? rng.pick(['gateway frozen', 'JobManager frozen'] as const) : null;
  }

  async #wave(until: number, fault: MachineFault | null): Promise<void> {
    const world = this.#world;
    const caller = (): Promise<void> => callOnce(world, this.#state, until);
    const work: Promise<unknown>[] = Array.from({ length: CALLERS }, caller);
    if (fault !== null) work.push(inflict(world, fault));
    if (world.rng.chance(0.5)) work.push(sweep(world));
    await Promise.all(work);
  }

  /** No submitter is alive: only now may the clock pass the time for which they are waited for. */
  async #betweenWaves(): Promise<void> {
    const world = this.#world;
    if (!world.rng.chance(0.5)) return;
    world.aheadMs += PATIENCE_OVER_MS;
    await sweep(world);
  }

  async #peacefulIdentity(): Promise<{ readonly jmId: string | null }> {
    const { flink, direct } = this.#world;
    await flink.jobManager.kill('SIGCONT');
    return await direct.jobManager.identify(new URL(flink.restUrl).host, AbortSignal.timeout(20_000));
  }

  async #judge(heads: ReadonlyMap<number, RunHead>, jmId: string | null): Promise<void> {
    const { ledger } = this.#world;
    if (!(await ledger.look())) throw new Error('Flink did not answer the oracle.');
    judge(
      { heads, ledger, takenOn: ledger.takenOn(), mains: ledger.mains(), jmId, verdicts: this.verdicts },
      this.#state.acknowledged,
    );
  }

  /** Frees the slots; the records must follow. */
  async #endRound(): Promise<ReadonlyMap<number, RunHead>> {
    await this.#world.ledger.endAll();
    return (await settleRound(this.#world, ({ status }) => isFinal(status))).heads;
  }
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, submits: { type: 'string' } } });
  const options = { seed: Number(values.seed ?? 1), submits: Number(values.submits ?? USUAL_SUBMITS) };
  process.exitCode = (await runReal(options)) ? 0 : 1;
}
