/** What a month costs, from what the calls cost and from prices: the tables of docs/operate/cost.md are made of it. */
import type { Cost } from './counted-bed.ts';

export const CALLS = ['submit', 'repeat', 'freshPoll', 'askingPoll', 'cancel', 'idleSweep', 'busySweep'] as const;
export type Call = (typeof CALLS)[number];

/** USD, in us-east-1. */
export const PRICES = {
  millionApiRequests: 1,
  millionInvocations: 0.2,
  gigabyteSecond: 0.0000133334,
  millionReadUnits: 0.125,
  millionWriteUnits: 0.625,
} as const;

/** How long the function of a call runs: a submit mostly waits for Flink. */
const BILLED_MS: Readonly<Record<Call, number>> = {
  submit: 600,
  repeat: 100,
  freshPoll: 20,
  askingPoll: 40,
  cancel: 300,
  idleSweep: 60,
  busySweep: 300,
};
const MEMORY_GB = 0.5;
const SWEEPS: readonly Call[] = ['idleSweep', 'busySweep'];

export const DAYS = 30;
const SWEEPS_A_DAY = 24 * 60;
/** Of a client that polls each 3 seconds: Flink is asked each 5 seconds at most. */
const POLLS_A_DAY = 28_800;
const ASKING_A_DAY = 17_280;

/** How often each call comes in a day. */
export const SIZES: Readonly<Record<string, Partial<Record<Call, number>>>> = {
  'nothing runs': { idleSweep: SWEEPS_A_DAY },
  'one job that is polled each 3 seconds': {
    busySweep: SWEEPS_A_DAY,
    askingPoll: ASKING_A_DAY,
    freshPoll: POLLS_A_DAY - ASKING_A_DAY,
  },
  '10,000 submits a day, each polled 20 times': {
    busySweep: SWEEPS_A_DAY,
    submit: 10_000,
    askingPoll: 200_000,
  },
};

/** USD a day. */
export function billOf(size: Partial<Record<Call, number>>, costs: Readonly<Record<Call, Cost>>): number {
  return CALLS.reduce((sum, call) => sum + (size[call] ?? 0) * priceOf(call, costs[call]), 0);
}

/** USD for one call. */
function priceOf(call: Call, { readUnits, writeUnits }: Cost): number {
  const api = SWEEPS.includes(call) ? 0 : PRICES.millionApiRequests;
  const requests = api + PRICES.millionInvocations;
  const units = readUnits * PRICES.millionReadUnits + writeUnits * PRICES.millionWriteUnits;
  return (requests + units) / 1e6 + (BILLED_MS[call] / 1000) * MEMORY_GB * PRICES.gigabyteSecond;
}

export function lambdaMs(call: Call): number {
  return BILLED_MS[call];
}
