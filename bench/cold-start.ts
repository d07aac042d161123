/**
 * The start of a packaged function and its first answer, under AWS's own runtime client, beside a function that does
 * nothing. Each start is a new process; the kinds of calls take turns, so that all of them meet the same machine.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { anEvent, type Call, type Envelope } from '../test/builders/event.ts';
import { build } from '../test/package/build.ts';
import { Container, type ContainerSpec } from '../test/package/runtime/container.ts';
import { type LambdaRuntime, lambdaRuntime } from '../test/package/runtime/install.ts';
import { functionFor, type PackagedFunction, packagedFunctions } from '../test/package/runtime/packaged-functions.ts';
import { SUBMIT_QUERY, withColdStartEnvironment } from './cold-start-environment.ts';
import { type Figure, printFigures, withRange } from './figures.ts';
import { median, range } from './stats.ts';

const ROUNDS = 40;
const TIMEOUT_MS = 29_000;
const EMPTY = 'export const handler = async () => ({ statusCode: 200, body: "{}" });\n';

/** `goal`: start and first answer, in starts and first answers of the empty function. */
interface Measured {
  readonly what: string;
  readonly goal: number;
  readonly call: Call;
  readonly isRight: (answer: Envelope) => boolean;
}

const MEASURED: readonly Measured[] = [
  { what: 'version', goal: 1.3, call: { path: '/openapi/version' }, isRight: ({ success }) => success },
  {
    what: 'poll',
    goal: 2.6,
    call: { path: '/openapi/getJobInstance', query: 'id=1' },
    isRight: ({ data }) => data?.['status'] === 'RUNNING',
  },
  {
    what: 'submit of a duplicate',
    goal: 3.5,
    call: { path: '/openapi/submitTask', query: SUBMIT_QUERY },
    isRight: ({ data }) => data?.['duplicate'] === true,
  },
];

/** Start and first answer of the empty function, and of each of those that are measured. */
interface Round {
  readonly emptyMs: number;
  readonly ms: readonly number[];
}

export async function benchColdStart(): Promise<Figure[]> {
  const runtime = lambdaRuntime();
  if (runtime.withoutNative !== null) {
    console.log(
      `\nCold starts are not measured: AWS's runtime client was not compiled here, because ${runtime.withoutNative}`,
    );
    return [];
  }
  const built = build();
  try {
    return await withColdStartEnvironment(async (environment) => {
      const specOf = (one: PackagedFunction): ContainerSpec => {
        return { ...one, runtime, environment: { ...one.environment, ...environment } };
      };
      const functions = packagedFunctions(built);
      const specs = MEASURED.map(({ call: { method = 'GET', path = '' } }) =>
        specOf(functionFor(functions, `${method} ${path}`)),
      );
      return summed(await rounds(emptyFunction(built.directory, runtime), specs), runtime);
    });
  } finally {
    rmSync(built.directory, { recursive: true, force: true });
  }
}

function emptyFunction(directory: string, runtime: LambdaRuntime): ContainerSpec {
  const folder = join(directory, 'unpacked', 'empty');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.mjs'), EMPTY);
  return {
    runtime,
    directory: folder,
    handler: 'index.handler',
    memoryMb: 512,
    timeoutMs: TIMEOUT_MS,
    environment: {},
  };
}

async function rounds(empty: ContainerSpec, specs: readonly ContainerSpec[]): Promise<Round[]> {
  const measured: Round[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    const emptyMs = await firstAnswerMs(empty, {}, () => true);
    const ms: number[] = [];
    for (const [at, { call, isRight }] of MEASURED.entries()) {
      ms.push(await firstAnswerMs(specs[at]!, anEvent(call), isRight));
    }
    // The first round reads the files from disk, which a measurement of ours should not depend on.
    if (round >= 0) measured.push({ emptyMs, ms });
  }
  return measured;
}

async function firstAnswerMs(spec: ContainerSpec, event: object, isRight: Measured['isRight']): Promise<number> {
  const container = await Container.start(spec);
  try {
    const outcome = await container.invoke(JSON.stringify(event), TIMEOUT_MS);
    const ms = performance.now() - container.startedAt;
    if (outcome.kind === 'answered' && isRight(bodyOf(outcome.payload))) return ms;
    throw new Error(`${spec.handler} answered wrongly: ${JSON.stringify(outcome)}\n${container.log}`);
  } finally {
    await container.stop();
  }
}

function bodyOf(payload: string): Envelope {
  return JSON.parse((JSON.parse(payload) as { body: string }).body) as Envelope;
}

function summed(measured: readonly Round[], { nodeVersion }: LambdaRuntime): Figure[] {
  const figures: Figure[] = MEASURED.map(({ what, goal }, at) => {
    const ratio = (chosen: readonly Round[]): number => median(chosen.map(({ ms, emptyMs }) => ms[at]! / emptyMs));
    const figure = withRange(ratio(measured), range(measured, ratio), 2);
    return { what: `cold start and first answer / empty function, ${what}`, goal: String(goal), figure };
  });
  const emptyMs = (chosen: readonly Round[]): number => median(chosen.map((round) => round.emptyMs));
  const what = `cold start and first answer, empty function, Node.js ${nodeVersion}`;
  figures.push({ what, goal: 'none', figure: `${withRange(emptyMs(measured), range(measured, emptyMs), 1)} ms` });
  console.log(`\nCold starts under AWS's runtime client, ${measured.length} of each`);
  printFigures(figures);
  return figures;
}
