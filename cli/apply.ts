import type { DefinitionWriter } from '../lib/domain/ports.ts';
import type { Call } from './command.ts';
import { connect } from './connect.ts';
import { describeItem } from './describe-item.ts';
import type { Io } from './io.ts';
import { carryOut, type Done } from './plan/carry-out.ts';
import { planChanges } from './plan-changes.ts';

export function apply({ positionals: [path = ''], io, env, ...where }: Call): Promise<number> {
  return applyPath(path, connect(where, env), io);
}

/** The command without its options: for the local stack, which applies the examples at its start. */
export async function applyPath(path: string, writer: DefinitionWriter, io: Io): Promise<number> {
  const plan = await planChanges(path, writer, io);
  if (!plan) {
    io.err('Nothing was written.');
    return 1;
  }
  const done = await carryOut(plan, writer, (it) => io.out(lineOf(it)));
  if (done.some(({ outcome }) => outcome === 'conflict')) {
    io.err('Somebody else has changed this definition meanwhile. The ones after it were not written: apply again.');
    return 1;
  }
  io.out(summary(done));
  return 0;
}

function lineOf({ change, definition, outcome }: Done): string {
  const what = describeItem(change.kind, definition);
  return `${outcome.padEnd(9)}  ${what}${versions(change, definition, outcome)}`;
}

function versions(change: Done['change'], definition: Done['definition'], outcome: Done['outcome']): string {
  if (!('version' in definition)) return '';
  if (outcome === 'updated' && change.kindOfChange === 'update') {
    return ` (version ${change.stored.version} → ${definition.version})`;
  }
  return ` (version ${definition.version})`;
}

function summary(done: readonly Done[]): string {
  const count = (outcome: Done['outcome']): number => done.filter((it) => it.outcome === outcome).length;
  return `${count('created')} created, ${count('updated')} updated, ${count('unchanged')} unchanged.`;
}
