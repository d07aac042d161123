import { join } from 'node:path';

/** The repository: where the local processes run, so that a task may name `examples/data/...`. */
export const ROOT = join(import.meta.dirname, '..');

/** Everything the local stack writes (git-ignored). */
export const STATE_DIR = join(ROOT, '.dinghy');
