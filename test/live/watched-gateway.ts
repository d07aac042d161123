/** A real gateway whose sessions are remembered, to see that none is left, and what they answered. */
import { expect } from 'vitest';
import type { GatewaySession, SqlGateway } from '../../lib/domain/ports.ts';

/** A statement that was started as an operation, and its rows; null: it failed. */
export interface AnsweredStatement {
  readonly sql: string;
  readonly rows: readonly (readonly (string | null)[])[] | null;
}

export interface WatchedGateway extends SqlGateway {
  readonly sessions: readonly GatewaySession[];
  readonly answered: readonly AnsweredStatement[];
  expectAllClosed(): Promise<void>;
}

export function watchedGateway(gateway: SqlGateway): WatchedGateway {
  const sessions: GatewaySession[] = [];
  const answered: AnsweredStatement[] = [];
  const { signal } = new AbortController();
  return {
    ...gateway,
    sessions,
    answered,
    open: async (...args) => {
      const session = await gateway.open(...args);
      sessions.push(session);
      return remembering(session, answered);
    },
    expectAllClosed: async () => {
      for (const session of sessions) {
        await expect(session.configure("SET 'a' = 'b'", signal)).rejects.toThrow(/does not exist/);
      }
    },
  };
}

function remembering(session: GatewaySession, answered: AnsweredStatement[]): GatewaySession {
  const places = new Map<string, number>();
  return {
    ...session,
    start: async (sql, ...rest) => {
      const operation = await session.start(sql, ...rest);
      places.set(operation, answered.push({ sql, rows: null }) - 1);
      return operation;
    },
    fetch: async (operation, ...rest) => {
      const page = await session.fetch(operation, ...rest);
      const place = places.get(operation);
      const before = place === undefined ? undefined : answered[place];
      if (place === undefined || before === undefined || page.kind === 'notReady') return page;
      answered[place] = { ...before, rows: [...(before.rows ?? []), ...page.rows.map(({ fields }) => fields)] };
      return page;
    },
  };
}
