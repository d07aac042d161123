/** The stored definitions, in the form that a manifest is compared with. */
import { parseDefinition } from '../../lib/adapters/dynamo/definition-schema.ts';
import type { TaskDefinition } from '../../lib/domain/definition/definitions.ts';
import type { AnyDefinition, Kind, StoredItem } from '../../lib/domain/definition/kinds.ts';
import { AppError } from '../../lib/domain/errors.ts';
import type { DefinitionWriter } from '../../lib/domain/ports.ts';

export interface Stored {
  readonly kind: Kind;
  readonly id: number | null;
  readonly name: string;
  /** 0 for kinds without versions. */
  readonly version: number;
  /** Null if the item is invalid; `problem` says why, and the next apply corrects it. */
  readonly definition: AnyDefinition | null;
  readonly problem: string | null;
}

export async function readStored(writer: DefinitionWriter): Promise<Stored[]> {
  const items = await writer.list();
  const stored = items.map(({ kind, item }) => toStored(kind, item));
  return stored.sort((a, b) => (a.id ?? 0) - (b.id ?? 0) || Number(a.name > b.name) - Number(a.name < b.name));
}

/** Those that can be read. */
export function tasksOf(stored: readonly Stored[]): TaskDefinition[] {
  return stored.flatMap(({ kind, definition }) =>
    kind === 'TASK' ? ((definition as TaskDefinition | null) ?? []) : [],
  );
}

function toStored(kind: Kind, item: StoredItem): Stored {
  const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  const seen = {
    kind,
    id: number(item['id']),
    name: typeof item['name'] === 'string' ? item['name'] : item.sk,
    version: number(item['version']) ?? 0,
  };
  try {
    return { ...seen, definition: parseDefinition(kind, item), problem: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...seen, definition: null, problem: error.message };
  }
}
