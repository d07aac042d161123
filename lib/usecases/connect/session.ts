/** A gateway session that is being opened, and how it ends: closed once, or left to the gateway. */
import { AppError } from '../../domain/errors.ts';
import type { RunPlan } from '../../domain/plan/plan.ts';
import { placeOfOption } from '../../domain/plan/sent-statement.ts';
import type { Clock, GatewaySession, Log, SqlGateway } from '../../domain/ports.ts';
import { redactionFor } from '../../domain/secrets/redaction.ts';
import { type Budget, withinBudget } from '../waiting/budget.ts';

export interface SessionDeps {
  readonly gateway: SqlGateway;
  readonly clock: Clock;
  readonly log: Log;
}

export interface WantedSession extends Pick<RunPlan, 'properties' | 'origins'> {
  readonly gatewayUrl: string;
}

export interface Session {
  readonly opening: Promise<GatewaySession>;
  readonly version: Promise<string>;
  /** Closes it now, if it came to be; nothing happens when it is closed or left open already. */
  readonly close: () => Promise<void>;
  readonly leaveOpen: () => void;
}

/** Long enough for a session with slow catalogs; at the end of the budget there is less. */
const CLOSE_WITHIN_MS = 1_500;

export function openSession(deps: SessionDeps, wanted: WantedSession, budget: Budget, signal: AbortSignal): Session {
  const { gatewayUrl } = wanted;
  const opening = askForSession(deps.gateway, wanted, signal);
  const version = deps.gateway.version(gatewayUrl, signal);
  let closing: Promise<void> | null = null;
  return {
    opening,
    version,
    close: () => (closing ??= closeSession(deps, opening, budget)),
    leaveOpen: () => void (closing ??= Promise.resolve()),
  };
}

/** If an option keeps Flink from opening a session, the error says where the option was written. */
export async function askForSession(
  gateway: SqlGateway,
  { gatewayUrl, ...options }: WantedSession,
  signal: AbortSignal,
): Promise<GatewaySession> {
  try {
    return await gateway.open(gatewayUrl, options.properties, signal);
  } catch (error) {
    const place = error instanceof AppError ? placeOfOption(error.message, options) : null;
    if (!(error instanceof AppError) || place === null) throw error;
    const hides = { sensitive: [], properties: options.properties };
    const said = redactionFor({ statement: '', plan: hides }, {}).messageOf(error);
    const message = `${place}: ${said} Nothing was started. Correct the option, then try again.`;
    throw new AppError('config.invalid', message, { cause: error });
  }
}

export async function closeSession(
  deps: Pick<SessionDeps, 'clock' | 'log'>,
  opening: Promise<GatewaySession>,
  budget: Budget,
): Promise<void> {
  const [opened] = await Promise.allSettled([opening]);
  // The caller that needs the session gets the reason.
  if (opened.status === 'rejected') return;
  try {
    const withinMs = Math.min(CLOSE_WITHIN_MS, budget.graceMs());
    await withinBudget(deps.clock, withinMs, ({ signal }) => opened.value.close(signal));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // Without its text: it may quote secrets that were sent in the session, and this code does not know them.
    deps.log.warn('session not closed: the gateway closes it when it is idle', { code: error.code });
  }
}
