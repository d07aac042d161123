/**
 * A session that puts the values of secrets into what it sends and takes them out of everything that comes back: rows,
 * column names, error texts and the places in them. Nothing above it ever meets a value.
 */
import { AppError } from '../../domain/errors.ts';
import type { GatewaySession } from '../../domain/ports.ts';
import type { ResultPage } from '../../domain/results/result-page.ts';
import { type PlacedText, withOriginalPlaces } from '../../domain/secrets/placed-text.ts';
import type { Redaction } from '../../domain/secrets/redaction.ts';
import type { FlinkVisit } from './reach-flink.ts';

export function redactingVisit(visit: FlinkVisit, hidden: Redaction): FlinkVisit {
  return visit.kind === 'jar'
    ? { ...visit, redaction: hidden }
    : { ...visit, redaction: hidden, session: redactingSession(visit.session, hidden) };
}

export function redactingSession(session: GatewaySession, hidden: Redaction): GatewaySession {
  /** The statement of an operation: later errors refer to places in it. */
  const started = new Map<string, PlacedText>();
  return {
    configure: async (sql, signal) => {
      const placed = hidden.place(sql);
      await redacting(hidden, placed, () => session.configure(placed.text, signal));
    },
    start: async (sql, executionConfig, signal) => {
      const placed = hidden.place(sql);
      const operation = await redacting(hidden, placed, () => session.start(placed.text, executionConfig, signal));
      started.set(operation, placed);
      return operation;
    },
    fetch: (operation, token, signal) =>
      redacting(hidden, started.get(operation) ?? null, async () =>
        redactPage(await session.fetch(operation, token, signal), hidden),
      ),
    deploy: async (script, executionConfig, signal) => {
      const placed = hidden.place(script);
      return await redacting(hidden, placed, () => session.deploy(placed.text, executionConfig, signal));
    },
    close: (signal) => redacting(hidden, null, () => session.close(signal)),
  };
}

function redactPage(page: ResultPage, { maskValues }: Redaction): ResultPage {
  return {
    ...page,
    columns: page.columns.map(maskValues),
    rows: page.rows.map(({ op, fields }) => ({
      op,
      fields: fields.map((field) => (field === null ? null : maskValues(field))),
    })),
  };
}

async function redacting<T>(hidden: Redaction, placed: PlacedText | null, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw withoutValues(error, hidden, placed);
  }
}

/** Without its cause, which may quote a value as well. */
export function withoutValues(error: unknown, hidden: Redaction, placed: PlacedText | null): unknown {
  if (error instanceof AppError) {
    // Masked first: places are found by how the values are written.
    const message = hidden.messageOf(error);
    return new AppError(error.code, placed === null ? message : withOriginalPlaces(message, placed));
  }
  if (!(error instanceof Error)) return error;
  const bare = new Error(hidden.mask(error.message));
  bare.stack = hidden.mask(error.stack ?? error.message);
  return bare;
}
