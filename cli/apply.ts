import type { DefinitionWriter } from '../lib/domain/ports.ts';
import type { Call } from './command.ts';
import { connect } from './connect.ts';
import { describeItem } from './describe-item.ts';
import type { Io } from './io.ts';
import { carryOut, type Done } from './plan/carry-out.ts';
import { planChanges } from './plan-changes.ts';
import { applySchedules } from './schedules/apply-schedules.ts';

export async function apply(call: Call): Promise<number> {
  const { positionals, io, env, ...where } = call;
  const done = await writeAll(positionals[0] ?? '', connect(where, env), io);
  return done === null ? 1 : await applySchedules(done, call);
}

/** The command without its options: for the local stack, which applies the examples at its start. */
export async function applyPath(path: string, writer: DefinitionWriter, io: Io): Promise<number> {
  return (await writeAll(path, writer, io)) === null ? 1 : 0;
}

/** Null: not all of it; what is wrong has been printed. */
async function writeAll(path: string, writer: DefinitionWriter, io: Io): Promise<readonly Done[] | null> {
  const plan = await planChanges(path, writer, io);
  if (!plan) {
    io.err('Nothing was written.');
    return null;
  }
  const done = await carryOut(plan, writer, (it) => io.out(lineOf(it)));
  if (done.some(({ outcome }) => outcome === 'conflict')) {
    io.err('Somebody else has changed this definition meanwhile. The ones after it were not written: apply again.');
    return null;
  }
  io.out(summary(done));
  return done;
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
