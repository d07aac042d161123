/**
 * One part of the benchmarks, in a process of its own: handlers read their environment once, and each part brings another
 * one. Argument: the part as JSON. Sends its figures to the parent.
 */
import { benchColdStart } from './cold-start.ts';
import type { Figure } from './figures.ts';
import { benchFinishLag } from './finish-lag.ts';
import { benchPoll } from './poll.ts';
import { benchPrepare } from './prepare.ts';
import { benchSubmit, type SubmitOptions } from './submit.ts';

export const PARTS = ['prepare', 'cold-start', 'poll', 'finish-lag', 'submit'] as const;

export interface Part extends SubmitOptions {
  readonly part: (typeof PARTS)[number];
}

async function run({ part, ...options }: Part): Promise<Figure[]> {
  switch (part) {
    case 'prepare':
      return await benchPrepare();
    case 'cold-start':
      return await benchColdStart();
    case 'poll':
      return await benchPoll(options.flinkVersion);
    case 'finish-lag':
      return await benchFinishLag(options.flinkVersion);
    case 'submit':
      return await benchSubmit(options);
  }
}

if (process.send !== undefined) {
  process.send(await run(JSON.parse(process.argv[2] ?? '') as Part));
  process.disconnect();
}
