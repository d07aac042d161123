/** A session of the SQL gateway for work that needs no JobManager, closed when the work is done. */
import { AppError } from '../../domain/errors.ts';
import type { GatewaySession } from '../../domain/ports.ts';
import { shownAddress } from '../../domain/secrets/shown-address.ts';
import type { Budget } from '../waiting/budget.ts';
import { askForSession, closeSession, type SessionDeps, type WantedSession } from './session.ts';

export async function withSession<T>(
  deps: SessionDeps,
  wanted: WantedSession,
  budget: Budget,
  work: (session: GatewaySession) => Promise<T>,
): Promise<T> {
  const opening = askForSession(deps.gateway, wanted, budget.signal);
  try {
    return await work(await opening);
  } catch (error) {
    throw outOfReach(error, wanted.gatewayUrl);
  } finally {
    await closeSession(deps, opening, budget);
  }
}

const AWAY = new Set(['flink.unreachable', 'flink.noReply', 'flink.protocol']);

function outOfReach(error: unknown, gatewayUrl: string): unknown {
  if (!(error instanceof AppError) || !AWAY.has(error.code)) return error;
  const hint = 'Nothing was started. Check that it runs and that its address is right, then try again.';
  return new AppError(
    error.code,
    `The SQL gateway (${shownAddress(gatewayUrl)}) is out of reach: ${error.message} ${hint}`,
  );
}
