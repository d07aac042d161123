/** What the run says in the end; the last line is the sum. */
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { Counts } from './counts.ts';
import type { RealWorld } from './real-world.ts';
import type { Totals } from './run-real.ts';
import type { Verdict, Verdicts } from './verdicts.ts';

const MAX_TRACES = 5;
const MAX_LINES = 120;

export function reportLines(seed: number, world: RealWorld, totals: Totals, verdicts: Verdicts): readonly string[] {
  const { faults, ledger } = world;
  const jobs = [...ledger.takenOn().values()].reduce((sum, starts) => sum + starts.length, 0);
  const sentAgain = [...totals.heads.values()].filter(({ sends }) => sends > 1).length;
  const mains = [...ledger.mains().values()];
  const repeated = mains.filter(({ length }) => length > 1).length;
  const statuses = new Counts();
  for (const { status, kind } of totals.heads.values()) statuses.add(`${kind} ${status}`);
  return [
    ...verdicts.all.slice(0, MAX_TRACES).flatMap((verdict) => explain(seed, world, totals.heads, verdict)),
    `seed ${seed}, runs ${totals.heads.size}, sent again ${sentAgain}, JobManager restarts ${ledger.deaths.length}, latest answer ${totals.latestMs} ms after its budget, over 500 ms late ${verdicts.count('late')}`,
    `answers: ${totals.answers.shown()}`,
    `faults: ${faults.shown()}`,
    `jars: ${mains.length} runs with a main(), ${repeated} of them ran it more than once`,
    `runs ended: ${statuses.shown()}`,
    `waited for LANDING: ${totals.waitedForLanding}; set apart: ${verdicts.apart.shown()}`,
    `submits ${totals.submits}, faults ${faults.total()}, jobs ${jobs}, duplicates ${verdicts.count('duplicate')}, lost ${verdicts.count('lost')}, wrong finals ${verdicts.count('wrong final')}, sweeps ${totals.sweeps}`,
  ];
}

function explain(seed: number, world: RealWorld, heads: ReadonlyMap<number, RunHead>, verdict: Verdict): string[] {
  const { kind, runId, text } = verdict;
  const head = runId === null ? undefined : heads.get(runId);
  const own = [`--- seed ${seed}: ${kind}, run ${runId ?? '-'}: ${text}`];
  if (head === undefined) return own;
  const { events, ...rest } = head;
  const flink = world.ledger.jobsOf(head.jobId).map((job) => JSON.stringify(job));
  return [
    ...own,
    `HEAD ${JSON.stringify(rest)}`,
    ...events.map((event) => `  event ${JSON.stringify(event)}`),
    `Flink: ${flink.length === 0 ? 'no such job' : flink.join(' ')}`,
    ...linesAbout(world.lines, head),
  ];
}

function linesAbout(lines: readonly string[], { id, jobId }: RunHead): string[] {
  const names = new RegExp(`run ${id}\\b|"runId":${id}\\b|MACHINE|PEACE|SWEEP|ROUND`);
  return lines
    .filter((line) => names.test(line) || (jobId !== null && line.includes(jobId)))
    .slice(-MAX_LINES)
    .map((line) => `  ${line}`);
}
