/**
 * The JobManager refuses a job because of what the job itself says (protocol.md section 5): the run has failed when that same
 * JobManager knows of no job, and nothing is known in every other case.
 */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import type { RunHead } from '../../lib/domain/run/run.ts';
import type { Call } from '../fakes/fake-flink.ts';
import { type World, world } from './world.ts';

const REASON = "Could not parse value 'maybe' for key 'state.changelog.enabled'.";
const MINUTE = 60_000;

/** The gateway takes the statement, the JobManager says no. `also`: what else happens with a call. */
function refusing(w: World, also: (call: Call) => void = () => undefined): void {
  w.flink.fault = (call, before) => {
    if (!before) return;
    also(call);
    if (call !== 'fetch') return;
    w.flink.jobs.clear();
    throw new AppError('flink.planRefused', REASON);
  };
}

async function submitted(prepare: (w: World) => void): Promise<{ w: World; head: RunHead; tookMs: number }> {
  const w = world();
  prepare(w);
  const startedAt = w.clock.now();
  const { head } = await w.submit();
  return { w, head, tookMs: w.clock.now() - startedAt };
}

const isUnknown = { status: 'INITIALIZING', submitStatus: 'INITIALIZE', open: [1] };

describe('a job that the JobManager refuses', () => {
  it('has failed at once, with the reason, and the next submit is a run of its own', async () => {
    const { w, head, tookMs } = await submitted(refusing);
    expect(head).toMatchObject({ status: 'FAILED', submitStatus: 'FAILED', sends: 1, sqlRefusedSend: 1 });
    expect(head.error).toContain(REASON);
    expect(tookMs).toBeLessThan(2_000);
    w.flink.fault = () => undefined;
    await w.clock.advance(MINUTE);
    expect((await w.submit()).head).toMatchObject({ id: 2, submitStatus: 'SUCCESS' });
  });

  it('is never sent again', async () => {
    const { w } = await submitted(refusing);
    const sends = w.flink.started.length;
    w.flink.fault = () => undefined;
    for (let i = 0; i < 3; i += 1) {
      await w.clock.advance(MINUTE);
      await w.reconcile();
    }
    expect(w.flink.started.length).toBe(sends);
  });

  it.each([
    ['with high availability, whose leader may be another one', (w: World) => (w.flink.highAvailability = true)],
    ['when the JobManager does not say who it is', (w: World) => (w.flink.jmId = '')],
  ])('proves nothing %s', async (_when, prepare) => {
    const { head } = await submitted((w) => {
      prepare(w);
      if (w.flink.jmId === '') Object.assign(w.flink, { jmId: null });
      refusing(w);
    });
    expect(head).toMatchObject({ ...isUnknown, refusal: expect.stringContaining(REASON) as string });
  });

  it('proves nothing when the JobManager was restarted meanwhile', async () => {
    const { head } = await submitted((w) =>
      refusing(w, (call) => {
        if (call === 'job') w.flink.jmId = '/tmp/flink-web-2';
      }),
    );
    expect(head).toMatchObject(isUnknown);
  });

  it('proves nothing when the JobManager does not answer', async () => {
    const { head } = await submitted((w) =>
      refusing(w, (call) => {
        if (call === 'job') throw new AppError('flink.noReply', 'No reply.');
      }),
    );
    expect(head).toMatchObject(isUnknown);
  });

  it('goes on when the JobManager has it all the same', async () => {
    const w = world();
    w.flink.fault = (call, before) => {
      if (call === 'fetch' && !before && w.flink.jobs.size > 0) throw new AppError('flink.planRefused', REASON);
    };
    const { head } = await w.submit();
    expect(head).toMatchObject({ submitStatus: 'SUCCESS' });
  });
});
