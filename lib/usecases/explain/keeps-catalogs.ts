/** Whether catalogs outlive the session: a gateway may keep them in a store (`table.catalog-store.kind`). */
import type { Clock, GatewaySession } from '../../domain/ports.ts';
import type { Budget } from '../waiting/budget.ts';
import { sessionSettings } from './session-settings.ts';

const STORE_KIND = 'table.catalog-store.kind';
const IN_MEMORY = 'generic_in_memory';

export async function keepsCatalogs(clock: Clock, session: GatewaySession, budget: Budget): Promise<boolean> {
  const settings = await sessionSettings(clock, session, budget);
  return (settings.get(STORE_KIND) ?? IN_MEMORY) !== IN_MEMORY;
}
