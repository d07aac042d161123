import { join } from 'node:path';
import { USUAL_DIR } from '../cli/running-stack.ts';

/** The repository: where the local processes run, so that a task may name `examples/data/...`. */
export const ROOT = join(import.meta.dirname, '..');

/** Everything the local stack writes (git-ignored). */
export const STATE_DIR = USUAL_DIR;
