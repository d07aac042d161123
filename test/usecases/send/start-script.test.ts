/** A script is sent once, and only within its permission; what may be concluded from what went wrong (protocol.md section 11). */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import { newDeployment } from '../../../lib/domain/options/own-cluster.ts';
import type { RunBody } from '../../../lib/domain/plan/run-body.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { ScriptVisit } from '../../../lib/usecases/connect/reach-flink.ts';
import { sendUntil } from '../../../lib/usecases/send/send-permission.ts';
import { deployRun } from '../../../lib/usecases/send/start-script.ts';
import { withinBudget } from '../../../lib/usecases/waiting/budget.ts';
import { headAt, JOB_ID } from '../../builders/a-head.ts';
import { world } from '../world.ts';

const OWN = newDeployment({ type: 'yarn-application', properties: {}, jobManager: null }, 21, JOB_ID);

/** One send of a script; `answer` is what the gateway makes of it. */
async function deployed(answer: () => Promise<string>, changes: Partial<RunHead> = {}, budgetMs = 10_000) {
  const w = world();
  const head = headAt(w.clock.now(), { deployment: OWN, address: '', hosts: '', ...changes });
  w.store.heads.set(head.id, head);
  let [sends, left] = [0, 0];
  const session = {
    deploy: () => {
      sends += 1;
      return answer();
    },
  };
  const job = { kind: 'script', segments: ['SELECT 1'], start: null } as const;
  const flink = { kind: 'script', job, session, version: '2.3.0', leaveOpen: () => void (left += 1) };
  const body = { statement: 'SELECT 1', plan: { properties: {}, sources: [], job } };
  const run = { head, body: body as unknown as RunBody, sendUntilMs: sendUntil(w.clock) };
  const outcome = await w.clock.run(
    withinBudget(w.clock, budgetMs, async (budget) => {
      if (budgetMs === 0) await budget.sleep(1);
      return await deployRun(w, run, flink as unknown as ScriptVisit, budget);
    }),
  );
  return { outcome, stored: w.store.heads.get(head.id), head, sends, left };
}

const done = (): Promise<string> => Promise.resolve('application_1');
const failing = (error: Error) => (): Promise<string> => Promise.reject(error);

it('a script that the gateway has deployed has its cluster in the record', async () => {
  const { outcome, sends } = await deployed(done);
  expect([sends, outcome.deployment]).toEqual([1, { ...OWN, clusterId: 'application_1' }]);
});

describe('a script is not sent, and its record stays as it is,', () => {
  it.each<[string, Partial<RunHead>, number]>([
    ['after the end of the request', {}, 0],
    ['after its permission', { sentAt: 0 }, 10_000],
    ['for a run that has no cluster of its own', { deployment: null }, 10_000],
  ])('%s', async (...row) => {
    const [, changes, budgetMs] = row;
    const { outcome, head, stored, sends, left } = await deployed(done, changes, budgetMs);
    expect([sends, left, outcome, stored]).toEqual([0, 0, head, head]);
  });
});

describe('a script that was sent', () => {
  it.each(['flink.unreachable', 'flink.rejected'] as const)('started nothing by %s', async (code) => {
    const { outcome, left } = await deployed(failing(new AppError(code, 'Said so.')));
    expect([outcome.status, outcome.error, outcome.sqlRefusedSend, left]).toEqual(['FAILED', 'Said so.', null, 0]);
  });

  it('may have started a cluster when Flink failed: the reason is kept', async () => {
    const { outcome, stored, left } = await deployed(failing(new AppError('flink.failed', 'Said so.')));
    expect([outcome.status, stored?.refusal, left]).toEqual(['INITIALIZING', 'Said so.', 0]);
  });

  it('may be under way when nothing was answered: the session stays open, and the reason is told but not kept', async () => {
    const { outcome, stored, head, left } = await deployed(failing(new AppError('flink.noReply', 'Said so.')));
    expect([outcome.status, stored, left]).toEqual(['INITIALIZING', head, 1]);
    expect(outcome.refusal).toContain('Said so.');
  });

  it('and meets a bug throws it', async () => {
    const bug = new TypeError('x is undefined');
    await expect(deployed(failing(bug))).rejects.toBe(bug);
  });
});
