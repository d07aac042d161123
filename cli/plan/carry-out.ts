/** Writes a plan. Every write is conditional. After any of them, applying again continues. */
import { type AnyDefinition, isNumbered, type NumberedKind } from '../../lib/domain/definition/kinds.ts';
import type { DefinitionWriter, Expected } from '../../lib/domain/ports.ts';
import { type Change, idOf, type Plan } from './make-plan.ts';

export interface Done {
  readonly change: Change;
  /** With its final ids. */
  readonly definition: AnyDefinition;
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'conflict';
}

export async function carryOut(plan: Plan, writer: DefinitionWriter, report: (done: Done) => void): Promise<Done[]> {
  await raiseCounters(plan, writer);
  const finalIds = new Map<string, number>();
  const all: Done[] = [];
  for (const change of plan.changes) {
    await takeNumber(change, writer, finalIds);
    const done = await write(change, withFinalIds(change, finalIds), writer);
    report(done);
    all.push(done);
    if (done.outcome === 'conflict') break; // the next definitions may refer to it
  }
  return all;
}

/** First, so that nobody else gets a number of the manifest. */
async function raiseCounters(plan: Plan, writer: DefinitionWriter): Promise<void> {
  const highest = new Map<NumberedKind, number>();
  for (const change of plan.changes) {
    const id = idOf(change) ?? 0;
    if (change.kindOfChange !== 'create' || !isNumbered(change.kind) || id <= 0) continue;
    highest.set(change.kind, Math.max(id, highest.get(change.kind) ?? 0));
  }
  for (const [kind, to] of highest) await writer.raiseCounter(kind, to);
}

async function takeNumber(change: Change, writer: DefinitionWriter, finalIds: Map<string, number>): Promise<void> {
  const id = idOf(change) ?? 0;
  if (id < 0 && isNumbered(change.kind)) finalIds.set(`${change.kind}#${id}`, await writer.nextId(change.kind));
}

const REFERENCES = {
  clusterId: 'CLUSTER',
  clusterConfigurationId: 'CLUSTER_CONFIGURATION',
  envId: 'TASK',
} as const satisfies Record<string, NumberedKind>;

function withFinalIds({ kind, definition }: Change, finalIds: ReadonlyMap<string, number>): AnyDefinition {
  const kinds: Record<string, string> = { id: kind, ...(kind === 'TASK' ? REFERENCES : {}) };
  const entries = Object.entries(definition).map(([field, value]): [string, unknown] => {
    const final = field in kinds ? finalIds.get(`${kinds[field]}#${String(value)}`) : undefined;
    return [field, final ?? value];
  });
  return Object.fromEntries(entries) as unknown as AnyDefinition;
}

async function write(change: Change, definition: AnyDefinition, writer: DefinitionWriter): Promise<Done> {
  if (change.kindOfChange === 'unchanged') return { change, definition, outcome: 'unchanged' };
  const outcome = await writer.put(change.kind, definition, expectedBy(change));
  if (outcome === 'conflict') return { change, definition, outcome };
  return { change, definition, outcome: change.kindOfChange === 'create' ? 'created' : 'updated' };
}

function expectedBy(change: Change): Expected {
  if (change.kindOfChange === 'create') return 'nothing';
  // The stored task can't be read, so there is no version to compare with.
  if (change.kind !== 'TASK' || change.kindOfChange !== 'update' || change.stored.version < 1) return 'anything';
  return { version: change.stored.version };
}
