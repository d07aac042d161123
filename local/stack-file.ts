/** The file with the addresses of this stack, for the `dinghy` command. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readStack, type RunningStack, stackFileIn } from '../cli/running-stack.ts';

/** In one step, so that nobody reads half of it. Only for the owner: an address may contain a password. */
export function writeStackFile(dataDir: string, stack: RunningStack): void {
  mkdirSync(dataDir, { recursive: true });
  const file = stackFileIn(dataDir);
  const unfinished = `${file}.${stack.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(stack, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, file);
}

/** Only the file of this process: another stack may use the same folder. */
export function removeStackFile(dataDir: string, pid: number): void {
  if (readStack(dataDir)?.pid === pid) rmSync(stackFileIn(dataDir), { force: true });
}
