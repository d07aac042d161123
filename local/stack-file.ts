/** The file from which the `dinghy` command learns where this stack answers. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readStack, type RunningStack, stackFileIn } from '../cli/running-stack.ts';

/** In one step: nobody reads half of it. For the owner alone, since an address may hold a password. */
export function writeStackFile(dataDir: string, stack: RunningStack): void {
  mkdirSync(dataDir, { recursive: true });
  const file = stackFileIn(dataDir);
  const unfinished = `${file}.${stack.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(stack, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, file);
}

/** Only that of this process: another stack may have been started with the same folder. */
export function removeStackFile(dataDir: string, pid: number): void {
  if (readStack(dataDir)?.pid === pid) rmSync(stackFileIn(dataDir), { force: true });
}
