/** npm run bench: see docs/internals/benchmarks.md. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { arch, cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Figure, writeFigures } from './figures.ts';
import { type Part, PARTS } from './part.ts';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '30' },
    warmup: { type: 'string', default: '20' },
    'flink-version': { type: 'string', multiple: true, default: ['2.3.0'] },
    only: { type: 'string', multiple: true, default: [...PARTS] },
    latency: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});

function count(name: 'pairs' | 'warmup', least: number): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(`--${name} is "${values[name]}". It must be a whole number from ${least}.`);
}

function chosenParts(): readonly Part['part'][] {
  const unknown = values.only.filter((name) => !PARTS.some((part) => part === name));
  if (unknown.length === 0) return PARTS.filter((part) => values.only.includes(part));
  throw new Error(`--only is "${unknown.join(', ')}". It must be ${PARTS.join(', ')}; it may be given several times.`);
}

const [newest = '', ...olderFlinks] = values['flink-version'];
const options: Omit<Part, 'part'> = {
  pairs: count('pairs', 1),
  warmup: count('warmup', 0),
  flinkVersion: newest,
  trace: values.trace,
  latency: false,
};

function partsOf(part: Part['part']): Part[] {
  if (part !== 'submit') return [{ ...options, part }];
  const versions = [newest, ...olderFlinks].map((flinkVersion) => ({ ...options, part, flinkVersion }));
  return values.latency ? [...versions, { ...options, part, latency: true, trace: false }] : versions;
}

async function runPart(part: Part): Promise<Figure[]> {
  const main = join(import.meta.dirname, 'part.ts');
  const child = fork(main, [JSON.stringify(part)], { execArgv: ['--import', 'tsx'] });
  let figures: Figure[] = [];
  child.on('message', (sent) => (figures = sent as Figure[]));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The part "${part.part}" failed: see above.`);
  return figures;
}

const [cpu] = cpus();
const day = new Date().toISOString().slice(0, 10);
const machine = `${day}, Node.js ${process.version}, ${cpus().length} x ${cpu?.model ?? arch()}.`;
console.log(machine);
const figures: Figure[] = [];
for (const part of chosenParts().flatMap(partsOf)) figures.push(...(await runPart(part)));
if (values.write) writeFigures(machine, figures);
