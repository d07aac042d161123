/** The command line of `npm run chaos`. */
import { parseArgs } from 'node:util';

export interface ChaosOptions {
  readonly seed: number;
  readonly submits: number;
  /** Only this world, with its trace; null: all of them. */
  readonly world: number | null;
  readonly real: boolean;
}

const SEED = 20_260_131;
const SUBMITS = 10_000;

export function readOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      submits: { type: 'string' },
      world: { type: 'string' },
      real: { type: 'boolean', default: false },
    },
  });
  return {
    seed: whole('--seed', values.seed, SEED),
    submits: whole('--submits', values.submits, SUBMITS),
    world: values.world === undefined ? null : whole('--world', values.world, 0),
    real: values.real,
  };
}

function whole(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} must be a whole number, not "${text}".`);
  return Number(text);
}
