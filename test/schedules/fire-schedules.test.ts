/** The local stack delivers slots: once each, at their time, whatever fails beside them. */
import { describe, expect, it } from 'vitest';
import type { TaskDefinition } from '../../lib/domain/definition/definitions.ts';
import { fireSchedules } from '../../local/fire-schedules.ts';
import { aSchedule } from '../builders/a-schedule.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { virtualClock } from '../fakes/virtual-clock.ts';

const MINUTE_MS = 60_000;

function bed(tasks: () => Promise<readonly TaskDefinition[]>, fails = false) {
  const clock = virtualClock();
  const over = new AbortController();
  const [slots, said]: [number[], string[]] = [[], []];
  const start = clock.now();
  const deliver = ({ at }: { at: number }): Promise<void> => {
    slots.push(at - start);
    return fails ? Promise.reject(new Error('no Flink')) : Promise.resolve();
  };
  const done = fireSchedules({ tasks, deliver, clock, say: (line) => said.push(line) }, over.signal);
  const stop = async (): Promise<void> => {
    over.abort();
    await clock.run(done);
  };
  return { clock, slots, said, stop };
}

const eachMinute = () => Promise.resolve([aTask({ schedules: [aSchedule({ cron: null, rate: '1 minute' })] })]);

describe('the schedules of the local stack', () => {
  it('fire once for each slot', async () => {
    const { clock, slots, stop } = bed(eachMinute);
    await clock.advance(3 * MINUTE_MS + 1_000);
    await stop();
    expect(slots).toEqual([MINUTE_MS, 2 * MINUTE_MS, 3 * MINUTE_MS]);
  });

  it('say what failed, and go on', async () => {
    const { clock, slots, said, stop } = bed(eachMinute, true);
    await clock.advance(2 * MINUTE_MS + 1_000);
    await stop();
    expect(slots).toHaveLength(2);
    expect(said[0]).toMatch(/^The slot .+ of the schedule "nightly" of task 1 failed: no Flink$/);
  });

  it('lose no slot when the table can not be read for a moment', async () => {
    let looks = 0;
    const { clock, slots, stop } = bed(() => {
      looks += 1;
      return looks % 2 === 0 ? eachMinute() : Promise.reject(new Error('away'));
    });
    await clock.advance(2 * MINUTE_MS + 2_000);
    await stop();
    expect(slots).toEqual([MINUTE_MS, 2 * MINUTE_MS]);
  });
});
