/**
 * What each call costs, counted: requests to DynamoDB, and units of reads and writes. The page of costs has these figures
 * and the bill that follows from them (docs/operate/cost.md).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callHandler, type Envelope } from '../builders/event.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { billOf, type Call, CALLS, DAYS, lambdaMs, PRICES, SIZES } from './bill.ts';
import { type Cost, type CountedBed, startCountedBed } from './counted-bed.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/operate/cost.md'), 'utf8');
/** Flink is asked about a run again after this time at the latest. */
const REFRESH_MS = 6_000;

const NAMES: Readonly<Record<Call, string>> = {
  submit: 'submit',
  repeat: 'submit that repeats a live run',
  freshPoll: 'poll, answered from the record',
  askingPoll: 'poll that asks Flink',
  cancel: 'cancel',
  idleSweep: 'sweep, nothing runs',
  busySweep: 'sweep, one live job',
};

let bed: CountedBed;
let costs: Record<Call, Cost>;

const succeed = async (answer: Promise<Envelope>): Promise<void> => {
  expect(await answer).toMatchObject({ success: true });
};
const submit = (): Promise<void> => succeed(callHandler(bed.submit, { query: 'id=1' }));
const poll = (): Promise<void> => succeed(callHandler(bed.getJobInstance, { query: 'id=1' }));
const cancel = (): Promise<void> => succeed(callHandler(bed.control, { path: '/openapi/cancel', query: 'id=1' }));

/** Of several: in its first minute a run is refreshed each second, by whoever comes. */
async function cheapest(work: () => Promise<void>): Promise<Cost> {
  const all: Cost[] = [];
  for (let i = 0; i < 5; i += 1) all.push(await bed.cost(work));
  return all.toSorted((a, b) => a.requests - b.requests)[0]!;
}

beforeAll(async () => {
  bed = await startCountedBed();
  await bed.putTask(aTask());
  const idleSweep = await bed.cost(() => bed.reconcile());
  const submitted = await bed.cost(submit);
  const freshPoll = await cheapest(poll);
  await bed.reconcile();
  const busySweep = await bed.cost(() => bed.reconcile());
  const repeat = await cheapest(submit);
  await sleep(REFRESH_MS);
  const askingPoll = await bed.cost(poll);
  costs = { idleSweep, submit: submitted, freshPoll, busySweep, repeat, askingPoll, cancel: await bed.cost(cancel) };
});
afterAll(() => bed.stop());

it('a fresh poll is one read, a sweep of a deployment in which nothing runs two, and neither writes', () => {
  expect(costs.freshPoll).toEqual({ requests: 1, readUnits: 1, writeUnits: 0, flinkRequests: 0 });
  expect(costs.idleSweep).toEqual({ requests: 2, readUnits: 1.5, writeUnits: 0, flinkRequests: 0 });
});

it('a submit makes at most 7 requests and 10 write units', () => {
  expect(costs.submit.requests).toBeLessThanOrEqual(7);
  expect(costs.submit.writeUnits).toBeLessThanOrEqual(10);
});

it('the page has what was counted', () => {
  const rows = CALLS.map((call) => {
    const { requests, readUnits, writeUnits } = costs[call];
    return `| ${NAMES[call]} | ${requests} | ${readUnits} | ${writeUnits} | ${lambdaMs(call)} |`;
  });
  expect(PAGE).toContain(rows.join('\n'));
});

it('the page has the prices and the bills', () => {
  for (const price of Object.values(PRICES)) expect(PAGE).toContain(`| ${price} |`);
  const rows = Object.entries(SIZES).map(([name, size]) => {
    const day = billOf(size, costs);
    return `| ${name} | ${day.toFixed(4)} | ${(day * DAYS).toFixed(2)} |`;
  });
  expect(PAGE).toContain(rows.join('\n'));
});
