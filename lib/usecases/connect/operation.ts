/** Follows an operation of the gateway by polling: the first look after a few ms, then ever less often. */
import { AppError } from '../../domain/errors.ts';
import type { Clock, GatewaySession } from '../../domain/ports.ts';
import type { ResultPage } from '../../domain/results/result-page.ts';
import type { Budget } from '../waiting/budget.ts';

const FIRST_LOOK_MS = 5;
const SLOWEST_LOOK_MS = 250;
/** Waiting a fortieth of the time so far costs at most that much more of it. */
const SHARE_OF_ELAPSED = 0.025;

export interface Operation {
  readonly session: GatewaySession;
  readonly handle: string;
}

/** Gives each page that holds something to `isEnough`, until that says so, the operation ends or the time is up. */
export async function readOperation(
  clock: Clock,
  operation: Operation,
  budget: Budget,
  isEnough: (page: ResultPage) => boolean,
): Promise<'ended' | 'stopped' | 'outOfTime'> {
  const startedAt = clock.monotonic();
  let token = 0;
  while (budget.isOpen()) {
    const page = await fetchPage(operation, token, budget);
    if (page === null) break;
    if (page.kind !== 'notReady') token += 1;
    if (page.kind !== 'notReady' && isEnough(page)) return 'stopped';
    if (page.kind === 'end') return 'ended';
    if (page.rows.length === 0) await budget.sleep(lookAgainInMs(clock.monotonic() - startedAt));
  }
  return 'outOfTime';
}

/** Null: the time ran out while the page was awaited. */
async function fetchPage(operation: Operation, token: number, budget: Budget): Promise<ResultPage | null> {
  try {
    return await operation.session.fetch(operation.handle, token, budget.signal);
  } catch (error) {
    if (budget.isOpen() || !(error instanceof AppError)) throw error;
    return null;
  }
}

export function lookAgainInMs(elapsedMs: number): number {
  return Math.min(SLOWEST_LOOK_MS, Math.max(FIRST_LOOK_MS, elapsedMs * SHARE_OF_ELAPSED));
}
