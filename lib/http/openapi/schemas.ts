/** The forms of answers, as JSON schemas (2020-12). A test compares them with real answers. */
import { SHOWN_STATUSES } from '../../domain/run/status.ts';

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
const textOrNull: Schema = { type: ['string', 'null'] };
const number: Schema = { type: 'integer' };
const flag: Schema = { type: 'boolean' };
const listOf = (items: Schema): Schema => ({ type: 'array', items });
const mapOf = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });

/** Every key is always there. Later versions may add others. */
const shape = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
});

export const schema = (name: keyof typeof SCHEMAS): Schema => ({ $ref: `#/components/schemas/${name}` });

const wireTime: Schema = {
  type: 'string',
  pattern: '^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d$',
  examples: ['2026-01-31 12:00:00'],
};
const wireTimeOrNull = orNull(wireTime);
const localTimeOrNull = orNull({ type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?$' });
const instantOrNull = orNull({ type: 'string', format: 'date-time' });
const id: Schema = { type: 'integer', minimum: 1, maximum: 2147483647 };
const idOrNull = orNull(id);
const jobIdOrNull = orNull({ type: 'string', pattern: '^[0-9a-f]{32}$' });

const instanceStatus: Schema = { enum: SHOWN_STATUSES };
const submitStatus: Schema = { enum: ['INITIALIZE', 'RUNNING', 'SUCCESS', 'FAILED', 'CANCEL'] };

const row = mapOf({});

const rowsOf = { columns: listOf(text), rowData: listOf(row), total: number };

const runSummary = {
  ...{ id, taskId: idOrNull, name: text, status: instanceStatus, submitStatus, jobId: jobIdOrNull },
  ...{ startedAt: instantOrNull, endedAt: instantOrNull, lastSeenAt: instantOrNull, error: textOrNull },
  restarts: orNull(number),
};

const principal = shape({
  kind: { enum: ['key', 'iam', 'jwt', 'none', 'schedule'] },
  ...{ name: text, keyId: textOrNull, sourceIp: textOrNull, requestId: text },
});

/** `count`: of several events that were folded into one. */
const event: Schema = {
  type: 'object',
  properties: {
    ...{ seq: number, at: { type: 'string', format: 'date-time' }, status: text, cause: text, by: text },
    ...{ who: text, principal, count: number },
  },
  required: ['seq', 'at', 'status', 'cause', 'by'],
};

export const SCHEMAS = {
  JobResult: shape({
    ...{ id, jobInstanceId: id, status: submitStatus, success: flag, jobId: jobIdOrNull, error: textOrNull },
    ...{ statement: text, jobManagerAddress: text, jobConfig: mapOf({}) },
    result: orNull(schemaOf('Submission')),
    results: orNull(listOf(schemaOf('Rows'))),
    ...{ startTime: localTimeOrNull, endTime: localTimeOrNull, duplicate: flag, taskVersion: number },
  }),
  Submission: {
    type: 'object',
    description: 'How a submission went; of a preview also its rows.',
    properties: {
      ...{ success: flag, startTime: localTimeOrNull, endTime: localTimeOrNull, time: number, error: textOrNull },
      ...{ jobID: jobIdOrNull, jobId: jobIdOrNull },
      ...{ ...rowsOf, currentCount: number, destroyed: flag, truncationFlag: flag },
    },
    required: ['success', 'startTime', 'endTime', 'time', 'error', 'jobID', 'jobId'],
  },
  Rows: shape({
    ...rowsOf,
    ...{
      page: number,
      limit: number,
      success: flag,
      startTime: localTimeOrNull,
      endTime: localTimeOrNull,
      time: number,
    },
    ...{ error: textOrNull, truncated: flag },
  }),
  JobInstance: shape({
    ...{ id, tenantId: number, name: text, taskId: idOrNull, step: number, clusterId: idOrNull, jid: jobIdOrNull },
    ...{ status: instanceStatus, historyId: id, error: textOrNull },
    ...{ createTime: wireTime, updateTime: wireTime, finishTime: wireTimeOrNull, duration: number },
    failedRestartCount: orNull(number),
    ...{ creator: number, updater: number, operator: number, count: { type: 'null' } },
    ...{ lastSeenAt: wireTimeOrNull, appId: textOrNull },
  }),
  Run: shape(runSummary),
  RunDetails: shape({
    ...runSummary,
    ...{ taskVersion: number, clusterId: idOrNull, address: text, sends: number, createdBy: text },
    ...{ savePointPath: textOrNull, cancelAskedBy: textOrNull, statement: textOrNull, history: listOf(event) },
  }),
  RunPage: shape({ runs: listOf(schemaOf('Run')), next: idOrNull, unreadable: listOf(text) }),
  Task: shape({ id, name: text, dialect: text, type: text, version: number, enabled: flag, note: textOrNull }),
  TaskPage: shape({ tasks: listOf(schemaOf('Task')), next: idOrNull, unreadable: listOf(text) }),
  SavePointResult: shape({
    appId: textOrNull,
    jobInfos: listOf(shape({ jobId: jobIdOrNull, savePoint: textOrNull, status: text })),
    ...{ type: text, startTime: localTimeOrNull, endTime: localTimeOrNull, isSuccess: flag, exceptionMsg: textOrNull },
  }),
  ExplainedStatement: shape({
    ...{ index: number, type: text, sql: text, parse: textOrNull, explain: textOrNull, error: textOrNull },
    ...{ parseTrue: flag, explainTrue: flag, explainTime: localTimeOrNull },
  }),
  StreamGraph: shape({ nodes: listOf(mapOf({})) }),
  JobPlan: { type: 'object', required: ['nodes'], properties: { nodes: listOf(mapOf({})) } },
  Lineage: shape({
    tables: listOf(shape({ id: text, name: text, columns: listOf(shape({ name: text, title: text })) })),
    relations: listOf(
      shape({
        ...{ id: text, srcTableId: text, tgtTableId: text },
        ...{ srcTableColName: textOrNull, tgtTableColName: textOrNull },
      }),
    ),
  }),
  Health: shape({ status: { const: 'ok' } }),
} as const satisfies Readonly<Record<string, Schema>>;

/** Before the table is made. */
function schemaOf(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}
