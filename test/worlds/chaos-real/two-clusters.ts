/** The part of the real run that takes two clusters: one hangs, or one answers in the place of the other. */
import type { RunHead } from '../../../lib/domain/run/run.ts';
import { isFinal } from '../../../lib/domain/run/status.ts';
import { type Beside, headsOf, startBeside } from './beside.ts';
import { exchange } from './exchanged.ts';
import { hang } from './hanging.ts';
import type { Ledger } from './ledger.ts';
import { judge } from './oracle.ts';
import type { RealWorld } from './real-world.ts';
import { isSettled, settleRound } from './settle-round.ts';
import type { Verdicts } from './verdicts.ts';

export async function twoClusters(world: RealWorld, verdicts: Verdicts, print: (line: string) => void): Promise<void> {
  const beside = await startBeside(world);
  try {
    for (const what of ['gateway', 'JobManager'] as const) {
      await hang(world, beside, what, verdicts);
      await settleAndJudge(world, beside, verdicts);
      print(`two clusters, ${what} hangs: ${verdicts.all.length} wrong`);
    }
    // The long one first: where two have just answered by turns, the word of neither ends a run.
    for (const how of ['long', 'short'] as const) {
      await exchange(world, beside, how, verdicts);
      await settleAndJudge(world, beside, verdicts);
      print(`two clusters, JobManager exchanged, ${how}: ${verdicts.all.length} wrong`);
    }
  } finally {
    await beside.stop();
  }
}

async function settleAndJudge(world: RealWorld, beside: Beside, verdicts: Verdicts): Promise<void> {
  await settleRound(world, isSettled);
  await judgeBoth(world, beside, verdicts);
  for (const ledger of [world.ledger, beside.ledger]) await ledger.endAll();
  await settleRound(world, ({ status }) => isFinal(status));
  await judgeBoth(world, beside, verdicts);
}

async function judgeBoth(world: RealWorld, beside: Beside, verdicts: Verdicts): Promise<void> {
  await judgeOne(world, world.ledger, await headsOf(world, 'first'), verdicts);
  await judgeOne(world, beside.ledger, await headsOf(world, 'beside'), verdicts);
}

async function judgeOne(world: RealWorld, ledger: Ledger, heads: RunHead[], verdicts: Verdicts): Promise<void> {
  if (!(await ledger.look())) throw new Error('Flink did not answer the oracle.');
  const { jmId } = await world.direct.jobManager.identify(ledger.hosts, AbortSignal.timeout(20_000));
  const byId = new Map(heads.map((head) => [head.id, head]));
  const [takenOn, mains] = [ledger.takenOn(), ledger.mains()];
  judge({ heads: byId, ledger, takenOn, mains, jmId, verdicts }, []);
}
