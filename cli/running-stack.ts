/**
 * The addresses of a local stack that runs, as it wrote them itself when it was ready (local/stack-file.ts). They are read,
 * never guessed: at the usual port another stack with other tables may answer.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { shellWord } from './shell-word.ts';
import { UsageError } from './usage-error.ts';

const STACK = v.object({
  /** Of `npm start`. */
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  apiUrl: v.string(),
  restUrl: v.string(),
  gatewayUrl: v.string(),
  dynamodbUrl: v.string(),
  auth: v.picklist(['none', 'keys']),
});

export type RunningStack = v.InferOutput<typeof STACK>;

/** Of this checkout, unless `npm start -- --data-dir` says otherwise. */
export const USUAL_DIR = join(import.meta.dirname, '..', '.dinghy');

export function stackFileIn(dataDir: string): string {
  return join(dataDir, 'stack.json');
}

/** The options with which the command finds the stack with this folder. */
export function stackWords(dataDir: string | undefined): string {
  const isUsual = dataDir === undefined || dataDir === USUAL_DIR;
  return isUsual ? '--local' : `--local --data-dir ${shellWord(dataDir)}`;
}

export function findStack(dataDir: string | undefined): RunningStack {
  const stack = readStack(dataDir ?? USUAL_DIR);
  if (stack !== null && isAlive(stack.pid)) return stack;
  const which = dataDir === undefined ? 'of this checkout' : `that keeps its data in "${dataDir}"`;
  const where = dataDir === undefined ? ' If it keeps its data elsewhere, add --data-dir DIR.' : '';
  const start = dataDir === undefined ? 'npm start' : `npm start -- --data-dir ${shellWord(dataDir)}`;
  throw new UsageError(
    `no local stack ${which} is running. Start it with "${start}" and wait until it is ready.${where}`,
  );
}

/** Null: there is no valid one. */
export function readStack(dataDir: string): RunningStack | null {
  try {
    const read = v.safeParse(STACK, JSON.parse(readFileSync(stackFileIn(dataDir), 'utf8')));
    return read.success ? read.output : null;
  } catch {
    // Any error: no file, no permission, or an incomplete one. In each case no stack is known.
    return null;
  }
}

/** A killed stack leaves its file behind. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Any error: EPERM means a live process of another user; other errors mean that there is none.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
