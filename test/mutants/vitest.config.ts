import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { ROOM_VARIABLE, ROOMS } from './rooms.ts';

const room = ROOMS[process.env[ROOM_VARIABLE] ?? ''];
const narrowed = process.env['MUTANTS_TESTS']?.split(' ');

/** Each calls everything with every fault, or lets days pass. */
const SLOW = /(in-time|who-answers|sweep|width-limit)\.test\.ts$/;
/** The tests of one file of the use cases: more likely to notice than a whole story. */
const OF_ONE_FILE = /\/usecases\/[^/]+\//;

const turn = ({ moduleId }: TestSpecification): number => {
  if (SLOW.test(moduleId)) return 2;
  return OF_ONE_FILE.test(moduleId) ? 0 : 1;
};

/** A mutant is done with at the first test that notices it. */
class QuickFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(files.toSorted((a, b) => turn(a) - turn(b)));
  }
}

/** The tests of one room. Fencing and chaos are not among them: they take longer than a mutant may. */
export default defineConfig({
  test: {
    include: [...(narrowed ?? room?.tests ?? [])],
    // It measures time, of which code with all its mutants in it takes much more.
    exclude: ['test/domain/reading-time.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A mutant is tried by a handful of files: a process of its own for each of them would be most of the time.
    isolate: false,
    sequence: { sequencer: QuickFirst },
  },
});
