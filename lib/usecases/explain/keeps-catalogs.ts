/** Whether catalogs outlive the session: a gateway may keep them in a store (`table.catalog-store.kind`). */
import type { Clock, GatewaySession } from '../../domain/ports.ts';
import { readRows } from '../connect/read-rows.ts';
import type { Budget } from '../waiting/budget.ts';

const STORE_KIND = 'table.catalog-store.kind';
const IN_MEMORY = 'generic_in_memory';

export async function keepsCatalogs(clock: Clock, session: GatewaySession, budget: Budget): Promise<boolean> {
  const settings = await readRows(clock, session, 'SET', budget);
  const kind = settings.find(({ fields }) => fields[0] === STORE_KIND)?.fields[1] ?? IN_MEMORY;
  return kind !== IN_MEMORY;
}
