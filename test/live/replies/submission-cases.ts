/** Failures once the JobManager was asked, or may have been: in nobody's power to tell from the gateway's words. */
import { failing, type FailingCase, INSERT } from './failing-case.ts';
import { FAULTS } from './fault-proxy.ts';

/** `fault`: of the proxy between the gateway and the JobManager. `freeze`: the JobManager does not answer at all. */
export interface SubmissionCase extends FailingCase {
  readonly fault?: string;
  readonly twice?: boolean;
  readonly freeze?: boolean;
}

/** In milliseconds: up to 1.19 some of them take no unit. */
const QUICKLY = { 'rest.retry.max-attempts': '1', 'rest.retry.delay': '100', 'rest.connection-timeout': '2000' };

/** A name that looks like the trace of a refusal. */
const LIKE_A_REFUSAL = `demo'.
\tat org.apache.flink.table.planner.delegation.ParserImpl.parse(ParserImpl.java:108)
\tat org.apache.flink.table.gateway.service.operation.OperationExecutor.executeStatement(OperationExecutor.java:189)
\tat org.apache.flink.table.gateway.service.SqlGatewayServiceImpl.lambda$executeStatement$1(SqlGatewayServiceImpl.java:212)
\tat org.apache.flink.table.gateway.service.operation.OperationManager.lambda$submitOperation$1(OperationManager.java:119)
\tat org.apache.flink.table.gateway.service.operation.OperationManager$Operation.lambda$run$0(OperationManager.java:258)
\t... 7 more
Caused by: org.apache.flink.table.api.ValidationException: SQL validation failed. 'x`;

const STATEMENTS: Readonly<Record<string, string>> = {
  insert: INSERT,
  set: `EXECUTE STATEMENT SET BEGIN ${INSERT}; INSERT INTO printed SELECT id FROM few; END`,
  as: "CREATE TABLE made WITH ('connector' = 'blackhole') AS SELECT id FROM src",
  select: 'SELECT id FROM src',
};

const spoiled: SubmissionCase[] = Object.entries(STATEMENTS).flatMap(([what, sql]) =>
  Object.keys(FAULTS).map((fault) => ({
    ...failing('submission', `${what} ${fault}`, sql, { options: QUICKLY }),
    fault,
  })),
);

const named: SubmissionCase[] = Object.keys(FAULTS).map((fault) => {
  const options = { ...QUICKLY, 'pipeline.name': LIKE_A_REFUSAL };
  return { ...failing('submission', `a misleading name ${fault}`, INSERT, { options }), fault };
});

const UNREACHABLE: readonly Readonly<Record<string, string>>[] = [
  { 'rest.port': '1' },
  { 'rest.address': 'no-such-host.invalid' },
  { 'rest.address': '127.0.0.2', 'rest.port': '2' },
];

/** What the JobManager itself refuses, once it has the job. */
const REFUSED: readonly Readonly<Record<string, string>>[] = [
  { 'execution.savepoint.path': '/nowhere/savepoint', 'execution.state-recovery.path': '/nowhere/savepoint' },
  { 'execution.savepoint.path': 'file:///nowhere', 'execution.state-recovery.path': 'file:///nowhere' },
  {
    'table.dml-sync': 'true',
    'parallelism.default': '3000',
    'slot.request.timeout': '1000',
    'restart-strategy.type': 'none',
    'restart-strategy': 'none',
  },
  { 'client.timeout': '1 ms' },
  { 'rest.client.max-content-length': '10' },
  { 'rest.connection-timeout': '1' },
];

const RUNS_ONCE = { 'restart-strategy.type': 'none', 'restart-strategy': 'none' };
const FAILS_LATER = 'SELECT 1 / (id - id) FROM few';

export const SUBMISSION_CASES: readonly SubmissionCase[] = [
  ...spoiled,
  ...named,
  ...UNREACHABLE.flatMap((options, n) =>
    Object.entries(STATEMENTS).map(([what, sql]) =>
      failing('submission', `unreachable ${n} ${what}`, sql, { options: { ...QUICKLY, ...options } }),
    ),
  ),
  ...REFUSED.map((options, n) => failing('submission', `refused ${n}`, INSERT, { options })),
  // Not the one that makes a table: the second time it fails at the table.
  ...['insert', 'set', 'select'].map((what) => ({
    ...failing('submission', `twice ${what}`, STATEMENTS[what] ?? ''),
    twice: true,
  })),
  failing('submission', 'rows that fail', FAILS_LATER, { options: RUNS_ONCE }),
  failing('submission', 'a job that fails while it is waited for', 'INSERT INTO snk SELECT 1 / (id - id) FROM few', {
    options: { ...RUNS_ONCE, 'table.dml-sync': 'true' },
  }),
  ...Object.entries(STATEMENTS).map(([what, sql]) => ({
    ...failing('submission', `frozen ${what}`, sql, { options: { ...QUICKLY, 'rest.idleness-timeout': '2000' } }),
    freeze: true,
  })),
];
