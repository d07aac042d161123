/** What the JobManager says of the measured jobs, and the end of each, so that the next one meets an idle cluster. */
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;
const FREE_WITHIN_MS = 30_000;
/** A moment for the TaskManager to take down what the job had started. */
const SETTLE_MS = 100;

interface Overview {
  readonly 'slots-total': number;
  readonly 'slots-available': number;
  readonly 'jobs-running': number;
}

export async function getJson(url: string): Promise<unknown> {
  const reply = await fetch(url);
  if (!reply.ok) throw new Error(`${url} answered HTTP ${reply.status}: ${(await reply.text()).slice(0, 200)}`);
  return await reply.json();
}

/** Fails unless the JobManager knows the job and it has not failed. */
export async function checkJob(restUrl: string, jobId: string): Promise<void> {
  const { state } = (await getJson(`${restUrl}/jobs/${jobId}`)) as { state: string };
  if (state === 'FAILED' || state === 'FAILING') throw new Error(`Job ${jobId} is ${state}.`);
}

/** All jobs this JobManager has seen: each measured submit must have started exactly one. */
export async function countJobs(restUrl: string): Promise<number> {
  return ((await getJson(`${restUrl}/jobs`)) as { jobs: unknown[] }).jobs.length;
}

export async function cancelAndWait(restUrl: string, jobId: string): Promise<void> {
  await fetch(`${restUrl}/jobs/${jobId}?mode=cancel`, { method: 'PATCH' });
  const deadline = Date.now() + FREE_WITHIN_MS;
  while (!(await isIdle(restUrl))) {
    if (Date.now() > deadline) throw new Error(`Job ${jobId} did not give back its slots within ${FREE_WITHIN_MS} ms.`);
    await sleep(LOOK_EVERY_MS);
  }
  await sleep(SETTLE_MS);
}

async function isIdle(restUrl: string): Promise<boolean> {
  const overview = (await getJson(`${restUrl}/overview`)) as Overview;
  return overview['jobs-running'] === 0 && overview['slots-available'] === overview['slots-total'];
}
