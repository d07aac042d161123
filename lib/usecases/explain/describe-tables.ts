/** Asks the session for the columns of tables; of one that it can't describe, because it is not made yet, nothing is known. */
import { AppError } from '../../domain/errors.ts';
import { describedColumns } from '../../domain/lineage/describe.ts';
import type { TableColumn } from '../../domain/lineage/node-rows.ts';
import { quotedName, type TableName } from '../../domain/lineage/table-name.ts';
import type { Clock, GatewaySession } from '../../domain/ports.ts';
import { readRows } from '../connect/read-rows.ts';
import type { Budget } from '../waiting/budget.ts';

type Described = ReadonlyMap<string, readonly TableColumn[]>;

/** Keyed by the quoted name. */
export async function describeTables(
  clock: Clock,
  session: GatewaySession,
  tables: readonly TableName[],
  budget: Budget,
): Promise<Described> {
  const described = new Map<string, readonly TableColumn[]>();
  for (const name of tables.map(quotedName)) {
    const columns = await describe(clock, session, name, budget);
    if (columns !== null) described.set(name, columns);
  }
  return described;
}

async function describe(
  clock: Clock,
  session: GatewaySession,
  name: string,
  budget: Budget,
): Promise<TableColumn[] | null> {
  try {
    const rows = await readRows(clock, session, `DESCRIBE ${name}`, budget);
    return describedColumns(rows.map(({ fields }) => fields));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'flink.rejected' || error.code === 'flink.failed') return null;
    throw error;
  }
}
