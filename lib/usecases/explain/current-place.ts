/** The whole name of a table: a missing catalog or database is the session's current one. */
import type { TableName } from '../../domain/lineage/table-name.ts';
import type { Clock, GatewaySession } from '../../domain/ports.ts';
import { readRows } from '../connect/read-rows.ts';
import type { Budget } from '../waiting/budget.ts';

export async function currentPlace(
  clock: Clock,
  session: GatewaySession,
  name: TableName,
  budget: Budget,
): Promise<TableName> {
  if (name.length >= WHOLE) return name;
  const now: string[] = [];
  for (const what of ['CATALOG', 'DATABASE'].slice(0, WHOLE - name.length)) {
    const [row] = await readRows(clock, session, `SHOW CURRENT ${what}`, budget);
    now.push(row?.fields[0] ?? '');
  }
  return [...now, ...name];
}

const WHOLE = 3;
