/**
 * What Flink itself says was started, asked past the proxies: the JobManager's list of jobs, kept across its deaths, and
 * its log, which names each job that it took on.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Flink } from '../../../local/flink.ts';
import { getJson } from '../../../local/wait-until.ts';

export interface LedgerJob {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly startAt: number;
  /** Infinity while it lives. */
  readonly endAt: number;
  /** Which JobManager process had it, from 0. */
  readonly process: number;
}

interface Overview {
  readonly jobs: readonly { jid: string; name: string; state: string; 'start-time': number; 'end-time': number }[];
}

const TAKEN_ON = /Submitting job '.*' \(([0-9a-f]{32})\)/;
/** Said by the main() of the jar (test/live/jar-jobs/CountedJob.java). */
const MAIN_OF = /main\(\) of ([0-9a-f]{32})/;
const ENDED_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 300;
const STARTED = 'Starting StandaloneSessionClusterEntrypoint (';

export class Ledger {
  /** When each JobManager process but the last died. */
  readonly deaths: number[] = [];
  readonly #flink: Flink;
  readonly #jobs = new Map<string, LedgerJob>();

  constructor(flink: Flink) {
    this.#flink = flink;
  }

  get hosts(): string {
    return new URL(this.#flink.restUrl).host;
  }

  get process(): number {
    return this.deaths.length;
  }

  /** Every job of every JobManager so far. */
  get jobs(): readonly LedgerJob[] {
    return [...this.#jobs.values()];
  }

  jobsOf(jobId: string | null): readonly LedgerJob[] {
    return jobId === null ? [] : this.jobs.filter((job) => job.id === jobId);
  }

  live(): readonly LedgerJob[] {
    return this.jobs.filter((job) => job.endAt === Infinity);
  }

  /** Looks at Flink. False when it did not answer. */
  async look(): Promise<boolean> {
    const reply = (await getJson(`${this.#flink.restUrl}/jobs/overview`)) as Overview | undefined;
    if (reply === undefined) return false;
    for (const { jid: id, name, state, 'start-time': startAt, 'end-time': end } of reply.jobs) {
      const job = { id, name, state, startAt, endAt: end > 0 ? end : Infinity, process: this.process };
      this.#jobs.set(`${this.process} ${id}`, job);
    }
    return true;
  }

  /** The JobManager was killed: its jobs are gone with it. */
  died(at: number): void {
    for (const [key, job] of this.#jobs)
      if (job.endAt === Infinity) this.#jobs.set(key, { ...job, state: 'KILLED', endAt: at });
    this.deaths.push(at);
  }

  /** How often each JobManager process took on a job, by its log. */
  takenOn(): ReadonlyMap<string, readonly number[]> {
    return this.#inLog(TAKEN_ON);
  }

  /** The same of the main() of a jar. */
  mains(): ReadonlyMap<string, readonly number[]> {
    return this.#inLog(MAIN_OF);
  }

  #inLog(what: RegExp): ReadonlyMap<string, readonly number[]> {
    const byId = new Map<string, number[]>();
    let process = -1;
    for (const line of readFileSync(this.#flink.jobManager.logFile, 'utf8').split('\n')) {
      if (line.includes(STARTED)) process += 1;
      const id = what.exec(line)?.[1];
      if (id !== undefined) byId.set(id, [...(byId.get(id) ?? []), process]);
    }
    return byId;
  }

  /** Ends whatever lives, so that the next round has slots, and waits until it has ended. */
  async endAll(): Promise<void> {
    await this.look();
    for (const { id } of this.live()) {
      await fetch(`${this.#flink.restUrl}/jobs/${id}?mode=cancel`, { method: 'PATCH' }).catch(() => undefined);
    }
    const until = Date.now() + ENDED_WITHIN_MS;
    while (this.live().length > 0 && Date.now() < until) {
      await sleep(LOOK_EVERY_MS);
      await this.look();
    }
  }
}
