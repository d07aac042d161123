import { defineConfig } from 'vitest/config';
import { ROOM_VARIABLE, ROOMS } from './rooms.ts';

const room = ROOMS[process.env[ROOM_VARIABLE] ?? ''];

/** The tests of one room. Fencing and chaos are not among them: they take longer than a mutant may. */
export default defineConfig({
  test: {
    include: [...(room?.tests ?? [])],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A mutant is tried by a handful of files: a process of its own for each of them would be most of the time.
    isolate: false,
  },
});
