/** A real gateway whose sessions are remembered, to see that none is left. */
import { expect } from 'vitest';
import type { GatewaySession, SqlGateway } from '../../lib/domain/ports.ts';

export interface WatchedGateway extends SqlGateway {
  readonly sessions: readonly GatewaySession[];
  expectAllClosed(): Promise<void>;
}

export function watchedGateway(gateway: SqlGateway): WatchedGateway {
  const sessions: GatewaySession[] = [];
  const { signal } = new AbortController();
  return {
    ...gateway,
    sessions,
    open: async (...args) => {
      const session = await gateway.open(...args);
      sessions.push(session);
      return session;
    },
    expectAllClosed: async () => {
      for (const session of sessions) {
        await expect(session.configure("SET 'a' = 'b'", signal)).rejects.toThrow(/does not exist/);
      }
    },
  };
}
