import type { Call } from './command.ts';
import { loadManifest, type Manifest } from './manifest/load-manifest.ts';
import { hasErrors } from './manifest/problem.ts';
import { identify } from './plan/identify.ts';
import { resolveReferences } from './plan/resolve.ts';
import { reportProblems } from './report-problems.ts';

export async function validate({ positionals: [path = ''], io }: Call): Promise<number> {
  const manifest = await loadManifest(path);
  const references = resolveReferences(identify(manifest.drafts, []), null);
  const problems = [...manifest.problems, ...references.problems];
  reportProblems(problems, io);
  if (hasErrors(problems)) return 1;
  io.out(`${counted(manifest)}: no errors.`);
  return 0;
}

function counted({ drafts, files }: Manifest): string {
  const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
  return `${plural(drafts.length, 'definition')} in ${plural(files.length, 'file')}`;
}
