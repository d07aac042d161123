/** npm run bench [-- --pairs 30 --warmup 20 --flink-version 2.3.0 --only submit|prepare|cold-start --trace] */
import { arch, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchColdStart } from './cold-start.ts';
import { benchPrepare } from './prepare.ts';
import { benchSubmit } from './submit.ts';

const PARTS = ['prepare', 'cold-start', 'submit'] as const;

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '30' },
    warmup: { type: 'string', default: '20' },
    'flink-version': { type: 'string', default: '2.3.0' },
    only: { type: 'string', multiple: true, default: [...PARTS] },
    trace: { type: 'boolean', default: false },
  },
});

function count(name: 'pairs' | 'warmup', least: number): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(`--${name} is "${values[name]}". It must be a whole number from ${least}.`);
}

function parts(): Set<string> {
  const unknown = values.only.filter((name) => !PARTS.some((part) => part === name));
  if (unknown.length === 0) return new Set(values.only);
  throw new Error(`--only is "${unknown.join(', ')}". It must be ${PARTS.join(', ')}; it may be given several times.`);
}

const options = {
  pairs: count('pairs', 1),
  warmup: count('warmup', 0),
  flinkVersion: values['flink-version'],
  trace: values.trace,
};
const chosen = parts();
const [cpu] = cpus();
console.log(`${new Date().toISOString()}  Node ${process.version}, ${cpus().length} x ${cpu?.model ?? arch()}`);
if (chosen.has('prepare')) benchPrepare();
if (chosen.has('cold-start')) benchColdStart();
if (chosen.has('submit')) await benchSubmit(options);
