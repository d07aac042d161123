/** The part that `apply` and `diff` share: read the manifest and the table, check one against the other. */
import type { DefinitionWriter } from '../lib/domain/ports.ts';
import type { Io } from './io.ts';
import { loadManifest } from './manifest/load-manifest.ts';
import { hasErrors } from './manifest/problem.ts';
import { makePlan, type Plan } from './plan/make-plan.ts';
import { readStored } from './plan/stored.ts';
import { reportProblems } from './report-problems.ts';

/** Null when there are errors; they have been printed. */
export async function planChanges(path: string, writer: DefinitionWriter, io: Io): Promise<Plan | null> {
  const [manifest, stored] = await Promise.all([loadManifest(path), readStored(writer)]);
  const plan = makePlan(manifest.drafts, stored);
  const problems = [...manifest.problems, ...plan.problems];
  reportProblems(problems, io);
  return hasErrors(problems) ? null : plan;
}
