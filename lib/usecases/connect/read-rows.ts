/** Runs one statement as an operation and gives all its rows; for statements that give few. */
import { AppError } from '../../domain/errors.ts';
import type { Clock, GatewaySession } from '../../domain/ports.ts';
import type { Cell } from '../../domain/results/cell.ts';
import type { Budget } from '../waiting/budget.ts';
import { readOperation } from './operation.ts';

export async function readRows(clock: Clock, session: GatewaySession, sql: string, budget: Budget): Promise<Cell[]> {
  const cells: Cell[] = [];
  const handle = await session.start(sql, {}, budget.signal);
  const end = await readOperation(clock, { session, handle }, budget, ({ rows }) => {
    cells.push(...rows);
    return false;
  });
  if (end === 'outOfTime') throw new AppError('budget.exceeded', 'Out of time.');
  return cells;
}
