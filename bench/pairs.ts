/** Measures two sides in pairs: one of each, in turns first, so that a slow minute of the machine meets both. */
import { cancelAndWait, checkJob, countJobs } from './cluster.ts';
import type { Side } from './side.ts';

export interface Pair {
  readonly handler: number;
  readonly handMade: number;
}

export interface Sides {
  readonly handler: Side;
  readonly handMade: Side;
}

export interface PairCounts {
  readonly warmup: number;
  readonly pairs: number;
}

/** The warm-up is left out of what is given back. */
export async function measurePairs(restUrl: string, sides: Sides, { warmup, pairs }: PairCounts): Promise<Pair[]> {
  const measured: Pair[] = [];
  const jobsBefore = await countJobs(restUrl);
  for (let n = 0; n < warmup + pairs; n++) {
    const pair = await measurePair(restUrl, sides, n);
    if (n >= warmup) measured.push(pair);
  }
  const started = (await countJobs(restUrl)) - jobsBefore;
  const expected = 2 * (warmup + pairs);
  if (started !== expected) throw new Error(`${expected} submits started ${started} jobs.`);
  return measured;
}

async function measurePair(restUrl: string, { handler, handMade }: Sides, n: number): Promise<Pair> {
  if (n % 2 === 0) {
    const first = await measureOne(restUrl, handler, n);
    return { handler: first, handMade: await measureOne(restUrl, handMade, n) };
  }
  const first = await measureOne(restUrl, handMade, n);
  return { handler: await measureOne(restUrl, handler, n), handMade: first };
}

async function measureOne(restUrl: string, side: Side, n: number): Promise<number> {
  await side.prepare(n);
  const { ms, jobId } = await side.submit(n);
  await checkJob(restUrl, jobId);
  await cancelAndWait(restUrl, jobId);
  return ms;
}
