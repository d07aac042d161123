/** The options of a session as they stand, by name: those of the gateway's own files too. */
import type { Clock, GatewaySession } from '../../domain/ports.ts';
import { readRows } from '../connect/read-rows.ts';
import type { Budget } from '../waiting/budget.ts';

export async function sessionSettings(
  clock: Clock,
  session: GatewaySession,
  budget: Budget,
): Promise<ReadonlyMap<string, string>> {
  const rows = await readRows(clock, session, 'SET', budget);
  return new Map(rows.map(({ fields: [key, value] }) => [key ?? '', value ?? '']));
}
