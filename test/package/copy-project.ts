import { cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../local/paths.ts';

/** All that a build reads: one that needs another file of the repository fails. */
const SOURCES = ['package.json', 'tsconfig.json', 'serverless.yml', 'serverless', 'handlers', 'lib'];

/** A folder with what a build reads, and `more`, so that a running local stack keeps its own .esbuild. */
export function copyProject(more: readonly string[] = []): string {
  const folder = mkdtempSync(join(tmpdir(), 'dinghy-copy-'));
  for (const name of [...SOURCES, ...more]) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
