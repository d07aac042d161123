/** What all worlds together say. */
import type { WorldReport } from './run-world.ts';
import type { ViolationKind } from './violations.ts';

export const MAX_SWEEPS = 2;

export class Sum {
  readonly #faults = new Map<string, number>();
  readonly #apart = new Map<string, number>();
  readonly #statuses = new Map<string, number>();
  readonly #commands = new Map<string, number>();
  readonly #bad = new Map<ViolationKind, number>();
  #worlds = 0;
  #submits = 0;
  #runs = 0;
  #answers = 0;
  #latestMs = -Infinity;
  #jobs = 0;
  #sweeps = 0;
  readonly #beside: number[] = [];
  readonly #mains: number[] = [];

  add(report: WorldReport): void {
    this.#worlds += 1;
    this.#submits += report.submits;
    this.#runs += report.runs;
    this.#answers += report.answers;
    this.#latestMs = Math.max(this.#latestMs, report.latestMs);
    this.#jobs += report.jobs;
    this.#mains.push(...report.mains);
    this.#sweeps = Math.max(this.#sweeps, report.sweeps);
    if (report.sweepsBeside !== null) this.#beside.push(report.sweepsBeside);
    addAll(this.#faults, report.faults);
    addAll(this.#apart, report.setApart);
    addAll(this.#statuses, report.statuses);
    addAll(this.#commands, report.commands);
    for (const { kind } of report.violations) this.#bad.set(kind, this.of(kind) + 1);
  }

  of(kind: ViolationKind): number {
    return this.#bad.get(kind) ?? 0;
  }

  isGood(): boolean {
    return this.#bad.size === 0 && Math.max(this.#sweeps, ...this.#beside) <= MAX_SWEEPS;
  }

  /** The last one is the sum. */
  lines(): readonly string[] {
    const faults = [...this.#faults.values()].reduce((a, b) => a + b, 0);
    return [
      `worlds ${this.#worlds}, runs ${this.#runs}, laws broken ${this.of('law')}`,
      `faults: ${shown(this.#faults)}`,
      `commands: ${shown(this.#commands)}`,
      `jars: ${this.#mains.length} runs with a main(), ${this.#mains.filter((n) => n > 1).length} of them ran it more than once`,
      `beside one fault that went on: ${this.#beside.length} worlds, at most ${Math.max(0, ...this.#beside)} sweeps`,
      `answers ${this.#answers}, the latest ${this.#latestMs} ms after its budget, over 500 ms late ${this.of('late')}`,
      `runs ended: ${shown(this.#statuses)}`,
      `set apart as the protocol does: ${shown(this.#apart)}`,
      `submits ${this.#submits}, faults ${faults}, jobs ${this.#jobs}, duplicates ${this.of('duplicate')}, lost ${this.of('lost')}, wrong finals ${this.of('wrong final')}, sweeps ${this.#sweeps}`,
    ];
  }
}

function addAll(sum: Map<string, number>, more: ReadonlyMap<string, number>): void {
  for (const [name, count] of more) sum.set(name, (sum.get(name) ?? 0) + count);
}

function shown(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.length === 0 ? 'none' : sorted.map(([name, count]) => `${name} ${count}`).join(', ');
}
