/**
 * The metrics that lines of the log count as, so that metrics and log always agree. Only what has happened is
 * counted: a deployment that nobody uses has no metrics, and CloudWatch bills none. Pure.
 */
export const METRIC_UNITS = {
  Submits: 'Count',
  DuplicatesAvoided: 'Count',
  SubmitsRefused: 'Count',
  SubmitDuration: 'Milliseconds',
  SchedulesFailed: 'Count',
  Faults: 'Count',
  RunsFinished: 'Count',
  RunsFailed: 'Count',
  RunsCanceled: 'Count',
  RunsUnknown: 'Count',
  Twins: 'Count',
  RunsLive: 'Count',
  RunsNotSeen: 'Count',
  UndeliveredCancels: 'Count',
  SweepsCutShort: 'Count',
} as const;

export type MetricName = keyof typeof METRIC_UNITS;
export type Metrics = Partial<Readonly<Record<MetricName, number>>>;
export type LineFields = Readonly<Record<string, unknown>>;

/** Metrics that are also counted by error code. */
export const BY_CODE: readonly MetricName[] = ['SubmitsRefused', 'SchedulesFailed', 'Faults'];

/** Keyed by the message of the line. */
const COUNTED: Readonly<Record<string, (fields: LineFields) => Metrics>> = {
  answered: ({ verb, success, duplicate, durationMs }) => {
    if (verb !== 'submit') return {};
    const duration = { SubmitDuration: toNumber(durationMs) };
    return success === true ? { ...submitted(duplicate), ...duration } : { Submits: 1, SubmitsRefused: 1, ...duration };
  },
  submitted: ({ duplicate }) => submitted(duplicate),
  'scheduled submit failed': () => ({ SchedulesFailed: 1 }),
  failed: () => ({ Faults: 1 }),
  'unexpected error': () => ({ Faults: 1 }),
  'run ended': ({ status }) => ended(status),
  'two jobs of one request are live: end one of them': () => ({ Twins: 1 }),
  swept: ({ live, notSeen, undeliveredCancels, passEnded }) => ({
    RunsLive: toNumber(live),
    RunsNotSeen: toNumber(notSeen),
    UndeliveredCancels: toNumber(undeliveredCancels),
    SweepsCutShort: passEnded === false ? 1 : 0,
  }),
};

export const COUNTED_LINES: readonly string[] = Object.keys(COUNTED);

/** Null where the line counts as nothing. */
export function metricsOf(message: string, fields: LineFields): Metrics | null {
  const counted = Object.entries(COUNTED[message]?.(fields) ?? {}).filter(([, value]) => value > 0);
  return counted.length === 0 ? null : Object.fromEntries(counted);
}

function submitted(duplicate: unknown): Metrics {
  return duplicate === true ? { Submits: 1, DuplicatesAvoided: 1 } : { Submits: 1 };
}

function ended(status: unknown): Metrics {
  if (status === 'FINISHED') return { RunsFinished: 1 };
  if (status === 'FAILED') return { RunsFailed: 1 };
  if (status === 'CANCELED') return { RunsCanceled: 1 };
  return status === 'UNKNOWN' ? { RunsUnknown: 1 } : {};
}

function toNumber(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
