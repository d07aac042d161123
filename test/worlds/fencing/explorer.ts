/**
 * Every history of a scenario within a bound, by depth-first search: each is replayed from the start along its choices
 * (nothing of a process can be copied), and a state that was reached before with as much of the bound left is not gone
 * into again.
 */
import { type Broken, FencedWorld, LANDED_MS, type Scenario } from './fenced-world.ts';
import { BrokenRule } from './rules.ts';
import type { Process, Stray } from './simulation.ts';

/** How often each kind of disturbance may happen in one history, and how many of all together. */
export interface Bound {
  /** A process is stopped although it could go on. */
  readonly switches: number;
  readonly crashes: number;
  /** A reply lost, a write asked for twice, a statement late, refused ... */
  readonly faults: number;
  /** Time passes although somebody could go on. */
  readonly jumps: number;
  /** A job ends, a JobManager restarts. */
  readonly events: number;
  readonly total: number;
}

type Cost = Exclude<keyof Bound, 'total'>;

interface Action {
  readonly label: string;
  readonly costs: readonly Cost[];
  readonly process: Process | null;
  readonly run: () => void;
}

export interface Exploration {
  /** Histories followed to their end. */
  readonly histories: number;
  /** Histories that came to a state which had been gone into before. */
  readonly joined: number;
  readonly states: number;
  readonly steps: number;
  /** What the undisturbed history answers with an error: a scenario whose calls are all refused shows nothing. */
  readonly refusals: readonly string[];
  /** The first history that breaks a rule. */
  readonly broken: { readonly rule: string; readonly message: string; readonly trace: readonly string[] } | null;
}

/** When all sleep, past a submitter's budget: polling loops turn once, not hundreds of times. Less is a disturbance. */
const IDLE_MS = 26_000;
const MINUTE = 60_000;
/** The law's number, not the code's. */
const LOST_AFTER_MS = 5 * MINUTE;

export async function explore(scenario: Scenario, bound: Bound, broken: Broken = {}): Promise<Exploration> {
  const search = new Search(scenario, bound, broken);
  await search.run();
  return search.report();
}

interface Choice {
  taken: number;
  of: number;
}

class Search {
  readonly #scenario: Scenario;
  readonly #bound: Bound;
  readonly #broken: Broken;
  readonly #path: Choice[] = [];
  readonly #visited = new Map<number, Bound[]>();
  readonly #settled = new Set<number>();
  #histories = 0;
  #joined = 0;
  #steps = 0;
  #refusals: readonly string[] | null = null;
  #found: Exploration['broken'] = null;

  constructor(scenario: Scenario, bound: Bound, broken: Broken) {
    this.#scenario = scenario;
    this.#bound = bound;
    this.#broken = broken;
  }

  report(): Exploration {
    const counts = { histories: this.#histories, joined: this.#joined, steps: this.#steps };
    const refusals = this.#refusals ?? [];
    return { ...counts, refusals, states: this.#visited.size, broken: this.#found };
  }

  async run(): Promise<void> {
    do await this.#history();
    while (this.#found === null && this.#next());
  }

  /** The next path: the last choice that has another way to go takes it. */
  #next(): boolean {
    for (;;) {
      const last = this.#path.at(-1);
      if (last === undefined) return false;
      last.taken += 1;
      if (last.taken < last.of) return true;
      this.#path.pop();
    }
  }

  async #history(): Promise<void> {
    const world = new FencedWorld(this.#scenario, this.#broken);
    const trace: string[] = [];
    try {
      const ended = await this.#follow(world, trace);
      if (!ended) {
        this.#joined += 1;
        return;
      }
      this.#histories += 1;
      this.#refusals ??= [...world.refusals];
      const hash = world.hash();
      if (this.#settled.has(hash)) return;
      this.#settled.add(hash);
      await settle(world, this.#scenario, trace);
    } catch (error) {
      if (!(error instanceof BrokenRule)) throw error;
      this.#found = { rule: error.rule, message: error.message, trace };
    }
  }

  /** False: it came to a state that is known. */
  async #follow(world: FencedWorld, trace: string[]): Promise<boolean> {
    let left = this.#bound;
    let current: Process | null = null;
    await world.sim.settle();
    for (let depth = 0; ; depth += 1) {
      const actions = affordable(actionsOf(world, this.#scenario, current), left);
      if (actions.length === 0) return true;
      const known = this.#path[depth];
      if (known === undefined) {
        if (this.#seen(hashOf(world, current), left)) return false;
        this.#path.push({ taken: 0, of: actions.length });
      } else if (known.of !== actions.length) throw new Error(`not the same history again:\n${trace.join('\n')}`);
      const action = actions[known?.taken ?? 0]!;
      trace.push(`${((world.sim.now / 1000) % 100_000).toFixed(1)} ${action.label}`);
      left = pay(left, action);
      current = action.process ?? current;
      action.run();
      this.#steps += 1;
      await world.sim.settle();
      if (depth >= this.#path.length - 1) world.check();
      else world.follow();
    }
  }

  #seen(hash: number, left: Bound): boolean {
    const before = this.#visited.get(hash) ?? [];
    if (before.some((bound) => covers(bound, left))) return true;
    this.#visited.set(hash, [...before.filter((bound) => !covers(left, bound)), left]);
    return false;
  }
}

/** Who was at work matters while it may go on. */
function hashOf(world: FencedWorld, current: Process | null): number {
  return world.hash() + (current?.state === 'running' ? world.sim.processes.indexOf(current) + 1 : 0);
}

function covers(a: Bound, b: Bound): boolean {
  return (Object.keys(a) as (keyof Bound)[]).every((key) => a[key] >= b[key]);
}

function affordable(actions: readonly Action[], left: Bound): Action[] {
  return actions.filter(({ costs }) => costs.length <= left.total && costs.every((cost) => left[cost] > 0));
}

function pay(left: Bound, { costs }: Action): Bound {
  const paid = { ...left, total: left.total - costs.length };
  for (const cost of costs) paid[cost] -= 1;
  return paid;
}

/** First the undisturbed way on. */
function actionsOf(world: FencedWorld, scenario: Scenario, current: Process | null): Action[] {
  const { sim } = world;
  const runnable = sim.processes.filter((one) => one.ops.length > 0 && !world.hasTwinAhead(one));
  const goesOn = current !== null && runnable.includes(current);
  const ordered = goesOn ? [current, ...runnable.filter((one) => one !== current)] : runnable;
  const steps = ordered.flatMap((process) => {
    const cost: Cost[] = goesOn && process !== current ? ['switches'] : [];
    return process.ops.flatMap((op, index) => {
      const costs: Cost[] = index === 0 ? cost : ['switches'];
      return opActions(process, op, costs);
    });
  });
  if (runnable.length === 0 && sim.nextWake() === null) return [];
  const crash: Action[] = goesOn && mayDie(current) ? [crashOf(world, current)] : [];
  const landings = sim.strays.map((stray) => landingOf(world, stray));
  return [
    ...steps,
    ...timeActions(world, scenario, runnable.length > 0),
    ...landings,
    ...crash,
    ...events(world, scenario),
  ];
}

function opActions(process: Process, op: Process['ops'][number], costs: readonly Cost[]): Action[] {
  const label = `${process.name}: ${op.name}`;
  const plain = { label, costs, process, run: () => op.perform(null) };
  const faults = op.faults.map((name, index): Action => {
    return { label: `${label} [${name}]`, costs: [...costs, 'faults'], process, run: () => op.perform(index) };
  });
  return [plain, ...faults];
}

/** A process that has not begun is not there. */
function mayDie({ ops }: Process): boolean {
  return ops.every(({ name }) => name !== 'begin');
}

function crashOf(world: FencedWorld, process: Process): Action {
  return { label: `${process.name} dies`, costs: ['crashes'], process, run: () => world.sim.kill(process) };
}

function landingOf(world: FencedWorld, stray: Stray): Action {
  return { label: `arrives late: ${stray.name}`, costs: [], process: null, run: () => world.sim.land(stray) };
}

/** When nobody can go on but sleepers, time passes for nothing. */
function timeActions({ sim }: FencedWorld, { jumps, idleMs }: Scenario, busy: boolean): Action[] {
  const wake = sim.nextWake();
  const idle = busy || wake === null ? [] : [Math.max(idleMs ?? IDLE_MS, wake - sim.now)];
  const wanted = [...idle, ...jumps].map((ms): Action => {
    const free = !busy && ms === idle[0];
    return {
      label: `${ms / 1000} s pass`,
      costs: free ? [] : ['jumps'],
      process: null,
      run: () => sim.jumpTo(sim.now + ms),
    };
  });
  return wanted;
}

function events(world: FencedWorld, { jobsEnd, restarts, exchanges, clusters, foreign }: Scenario): Action[] {
  const { sim, flink, jars } = world;
  const event = (label: string, run: () => void): Action => ({ label, costs: ['events'], process: null, run });
  const happen = (jobsEnd === true ? flink.live() : []).map((job): Action =>
    event(`job ${job.jobId} ends`, () => flink.end(job, 'FINISHED')),
  );
  if (exchanges === true && jars.mains.length + flink.ledger.length === 0 && !jars.wasExchanged)
    happen.push(event('the jar is exchanged', () => jars.exchange()));
  if (foreign !== undefined)
    happen.push(
      event(flink.isAway ? 'its own JobManager is back' : 'another JobManager answers', () => flink.exchange()),
    );
  const waiting = [...sim.strays, ...sim.processes.flatMap(({ ops }) => ops)];
  // What Flink's own client does with a statement that is under way then is outside the promise (protocol.md section 10).
  const underWay = waiting.some(({ name }) => name.startsWith('job ') || name.endsWith('start job'));
  const somethingToLose = flink.ledger.length > 0 || jars.anyUploads;
  if (restarts === true && !underWay && somethingToLose)
    happen.push(event('the JobManager restarts', () => world.restart()));
  if (clusters === true && !underWay && somethingToLose)
    happen.push(event(flink.isAway ? 'its own cluster is back' : 'another cluster answers', () => flink.exchange()));
  return happen;
}

/**
 * The last fault is over. What is under way arrives after a first sweep; then sweeps a minute apart, and two more when
 * nothing can arrive any more: by then everything is settled.
 */
async function settle(world: FencedWorld, scenario: Scenario, trace: string[]): Promise<void> {
  const { sim } = world;
  if (world.flink.isAway) world.flink.exchange();
  const { idleMs = IDLE_MS, settledWithin = 0, stored = [] } = scenario;
  const sweep = (pauseMs: number): Promise<void> => sweepOnce(world, trace, { pauseMs, idleMs });
  await sweep(MINUTE + 1000);
  for (let n = 1; n < settledWithin; n += 1) await sweep(MINUTE + 1000);
  if (settledWithin > 0) world.rules.settledBeside(stored);
  for (const stray of sim.strays) {
    trace.push(`arrives at last: ${stray.name}`);
    sim.land(stray);
    await sim.settle();
    world.check();
  }
  for (const pause of [MINUTE + 1000, LANDED_MS, MINUTE]) await sweep(pause);
  // A job that another JobManager does not know is waited for; sweeps must be close to each other for that.
  for (let waited = 0; world.waits() && waited < LOST_AFTER_MS + 3 * MINUTE; waited += MINUTE) await sweep(MINUTE);
  world.rules.settled(world.restarted);
}

interface Pauses {
  readonly pauseMs: number;
  readonly idleMs: number;
}

async function sweepOnce(world: FencedWorld, trace: string[], { pauseMs, idleMs }: Pauses): Promise<void> {
  const { sim } = world;
  sim.jumpTo(sim.now + pauseMs);
  const number = sim.processes.length + 1;
  const process = world.begin({ does: 'reconcile' }, `sweep${number}`, number);
  await sim.settle();
  while (process.state === 'running') {
    const [op] = process.ops;
    if (op === undefined) sim.jumpTo(Math.max(sim.nextWake() ?? sim.now, sim.now + idleMs));
    else {
      trace.push(`${process.name}: ${op.name}`);
      op.perform(null);
    }
    await sim.settle();
    world.check();
  }
}
