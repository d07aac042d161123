/** Which stages of `npm test` go one after the other, and which side by side. */
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';

/** Projects that run in one vitest process. */
type StageProjects = readonly string[];
/** Stages one after the other. */
type Lane = readonly StageProjects[];

const WITHOUT_FLINK: Lane = [['unit', 'dynamodb', 'worlds', 'time'], ['package']];
/** Each has a Flink of its own: about 4 GiB. */
const NEWEST_FLINK: Lane = [['flink-2.3'], ['local'], ['deploy']];
const OLDER_FLINK: Lane = [['flink-1.20'], ['e2e']];

const GIB = 1024 ** 3;
const ENOUGH_BYTES = 15 * GIB;
const ENOUGH_CORES = 2;

/** A script that brings what the lanes would fetch at the same time. */
export const NEEDED_OF_FLINK = join(import.meta.dirname, 'live/fetch-flinks.ts');

export interface Machine {
  readonly cores: number;
  readonly memoryBytes: number;
  /** TEST_LANES: 1 asks for one stage after the other. */
  readonly asked: string | undefined;
}

function thisMachine(): Machine {
  // A container may be given less than the machine has; 0 is no limit.
  const limitBytes = process.constrainedMemory() || Infinity;
  const memoryBytes = Math.min(totalmem(), limitBytes);
  return { cores: availableParallelism(), memoryBytes, asked: process.env['TEST_LANES'] };
}

export function lanes({ cores, memoryBytes, asked }: Machine = thisMachine()): readonly Lane[] {
  const all = [WITHOUT_FLINK, NEWEST_FLINK, OLDER_FLINK];
  const isEnough = cores >= ENOUGH_CORES && memoryBytes >= ENOUGH_BYTES;
  return asked !== '1' && isEnough ? all : [all.flat()];
}
