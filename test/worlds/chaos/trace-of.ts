/** Of a world's trace, the lines about the run concerned: those that name it, its job or the processes that touched it. */
import type { Violation } from './violations.ts';

const MAX_LINES = 150;

export function traceOf(lines: readonly string[], violations: readonly Violation[]): readonly string[] {
  const runId = violations.find((violation) => violation.runId !== null)?.runId ?? null;
  if (runId === null) return lines.slice(-MAX_LINES);
  const names = new RegExp(`run ${runId}\\b|"runId":${runId}\\b`);
  const own = lines.filter((line) => names.test(line));
  const jobId = /"jobId":"(\w{32})"/.exec(own.join('\n'))?.[1] ?? /job (\w{32})/.exec(own.join('\n'))?.[1];
  const processes = new Set(own.flatMap((line) => line.match(/\bsubmit-\d+\b/g) ?? []));
  const about = (line: string): boolean =>
    names.test(line) ||
    /WORLD|CLUSTER FAULT|PEACE/.test(line) ||
    (jobId !== undefined && line.includes(jobId)) ||
    (line.match(/\bsubmit-\d+\b/g) ?? []).some((name) => processes.has(name));
  return lines.filter(about).slice(0, MAX_LINES);
}
