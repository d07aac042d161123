/** Texts of Flink's errors, and the line that a person needs. What whole traces prove: flink-replies.test.ts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deployError, errorLine, errorText, gatewayError, personLine } from '../../../lib/adapters/flink/errors.ts';
import { MAX_ERROR_LENGTH } from '../../../lib/domain/limits.ts';

const PACKAGE = 'org.apache.flink.table';
const FRAMES = `\tat ${PACKAGE}.gateway.service.operation.OperationExecutor.callStopJobOperation(OperationExecutor.java:541)
\tat ${PACKAGE}.gateway.service.operation.OperationManager$Operation.lambda$run$0(OperationManager.java:258)
\tat java.base/java.util.concurrent.FutureTask.run(FutureTask.java:264)
\tat java.base/java.lang.Thread.run(Thread.java:1583)`;

const trace = (...causes: string[]): string =>
  causes
    .map((cause, i) => `${i === 0 ? '' : 'Caused by: '}${cause}\n${FRAMES}${i === 0 ? '' : '\n\t... 8 more'}`)
    .join('\n');

const FETCH = `${PACKAGE}.gateway.api.utils.SqlGatewayException: ${PACKAGE}.gateway.api.utils.SqlGatewayException: Failed to fetchResults.`;
const EXECUTION = `${PACKAGE}.gateway.service.utils.SqlExecutionException: Failed to execute the operation 4d5a2c1e-0b1c-4b1f-9a64-0a3c8dc2a1f5.`;

const unhandled = (...causes: string[]): string =>
  JSON.stringify({
    errors: [
      'Internal server error.',
      `<Exception on server side:\n${trace(...causes)}\n\nEnd of exception on server side>`,
    ],
  });
const handled = (...causes: string[]): string => JSON.stringify({ errors: [trace(...causes)] });

const EXPECTED_LIST = Array.from({ length: 80 }, (_, n) => `    "WORD${n}" ...`).join('\n');
const ENCOUNTERED = 'Encountered "FORM" at line 1, column 10.';
const PARSE_FAILED = [
  FETCH,
  EXECUTION,
  `${PACKAGE}.api.SqlParserException: SQL parse failed. ${ENCOUNTERED}\nWas expecting one of:\n    <EOF> \n${EXPECTED_LIST}\n    `,
  `org.apache.calcite.sql.parser.SqlParseException: ${ENCOUNTERED}\nWas expecting one of:\n    <EOF> \n${EXPECTED_LIST}\n    `,
  `org.apache.flink.sql.parser.impl.ParseException: ${ENCOUNTERED}\nWas expecting one of:\n    <EOF> \n${EXPECTED_LIST}\n    `,
];
const VALIDATION = [
  FETCH,
  EXECUTION,
  `${PACKAGE}.api.ValidationException: SQL validation failed. From line 1, column 15 to line 1, column 20: Object 'nosuch' not found`,
  "org.apache.calcite.runtime.CalciteContextException: From line 1, column 15 to line 1, column 20: Object 'nosuch' not found",
  "org.apache.calcite.sql.validate.SqlValidatorException: Object 'nosuch' not found",
];
const UNSUPPORTED = [
  FETCH,
  EXECUTION,
  `${PACKAGE}.api.TableException: Table sink 'default_catalog.default_database.snk' doesn't support consuming update changes which is produced by node GroupAggregate`,
];
const NESTED = (last: string): string =>
  `org.apache.flink.runtime.rest.util.RestClientException: [Internal server error., <Exception on server side:\n${last}\n\tat org.apache.flink.runtime.dispatcher.Dispatcher.submitJob(Dispatcher.java:539)\n\nEnd of exception on server side>]`;
const SUBMISSION = [
  FETCH,
  EXECUTION,
  `${PACKAGE}.api.TableException: Failed to execute sql`,
  "org.apache.flink.util.FlinkException: Failed to execute job 'insert-into_default_catalog.default_database.snk'.",
  'java.util.concurrent.CompletionException: org.apache.flink.runtime.client.JobSubmissionException: Failed to submit JobGraph.',
  'org.apache.flink.runtime.client.JobSubmissionException: Failed to submit JobGraph.',
];
const WITH = (...last: string[]): string[] => [...SUBMISSION, ...last];

describe('what an error of the gateway proves', () => {
  it.each([
    ['a failed submission', SUBMISSION],
    ['a lost reply of the JobManager', WITH(`${PACKAGE}.X.RestClientException: Response was not valid JSON`)],
    [
      'a JobManager out of reach',
      WITH(
        'org.apache.flink.util.concurrent.FutureUtils$RetryException: Could not complete the operation. Number of retries has been exhausted.',
        'org.apache.flink.shaded.netty4.io.netty.channel.AbstractChannel$AnnotatedConnectException: Connection refused: jm/10.0.0.1:8081',
        'java.net.ConnectException: Connection refused',
      ),
    ],
    ['a refusal without the frames of where it was', VALIDATION],
    [
      'Failed to execute job alone',
      [FETCH, `${PACKAGE}.api.TableException: x`, "org.apache.flink.util.FlinkException: Failed to execute job 'a'."],
    ],
    [
      'a missing session',
      [
        `${PACKAGE}.gateway.api.utils.SqlGatewayException: Session '4d5a2c1e-0b1c-4b1f-9a64-0a3c8dc2a1f5' does not exist.`,
      ],
    ],
    [
      'a full gateway',
      [
        `${PACKAGE}.gateway.api.utils.SqlGatewayException: Failed to submit the operation to the thread pool.`,
        'java.util.concurrent.RejectedExecutionException',
      ],
    ],
  ])('%s: nothing is known', (_name, causes) => {
    expect(gatewayError(unhandled(...causes)).code).toBe('flink.failed');
    expect(gatewayError(handled(...causes)).code).toBe('flink.failed');
  });

  it.each([
    ['org.apache.flink.runtime.client.DuplicateJobSubmissionException: Job has already been submitted.'],
    [
      'org.apache.flink.runtime.client.DuplicateApplicationSubmissionException: Application has already been submitted.',
    ],
  ])('%s: a job with this id exists, wherever the text stands', (duplicate) => {
    expect(gatewayError(unhandled(...WITH(duplicate))).code).toBe('flink.duplicate');
    expect(gatewayError(unhandled(...WITH(NESTED(duplicate)))).code).toBe('flink.duplicate');
    expect(gatewayError(handled(...WITH(duplicate))).code).toBe('flink.duplicate');
  });

  it.each(['DuplicateJobSubmissionException', 'DuplicateApplicationSubmissionException'])(
    '%s counts by its name alone, whatever its text',
    (name) => {
      const renamed = `org.apache.flink.runtime.client.${name}: The id is taken.`;
      expect(gatewayError(unhandled(...WITH(renamed))).code).toBe('flink.duplicate');
      expect(gatewayError(unhandled(...WITH(`org.apache.flink.runtime.client.${name}`))).code).toBe('flink.duplicate');
    },
  );

  it.each([
    '',
    '{}',
    '{"errors":[]}',
    '{"errors":"x"}',
    'null',
    '<html><body>502 Bad Gateway</body></html>',
    '{"errors":[null]}',
  ])('the body %j proves nothing, and still gives a text', (body) => {
    const error = gatewayError(body);
    expect(error.code).toBe('flink.failed');
    expect(error.message.length).toBeGreaterThan(0);
  });
});

describe('the one line for a person', () => {
  it.each([
    ['parse', PARSE_FAILED, ENCOUNTERED],
    ['validate', VALIDATION, "From line 1, column 15 to line 1, column 20: Object 'nosuch' not found"],
    [
      'plan',
      UNSUPPORTED,
      "Table sink 'default_catalog.default_database.snk' doesn't support consuming update changes which is produced by node GroupAggregate",
    ],
    [
      'submit',
      WITH('java.io.FileNotFoundException: Cannot find checkpoint or savepoint file/directory'),
      'Cannot find checkpoint or savepoint file/directory',
    ],
    [
      'a last cause without a message',
      [...UNSUPPORTED, 'java.lang.NullPointerException'],
      "Table sink 'default_catalog.default_database.snk' doesn't support consuming update changes which is produced by node GroupAggregate: NullPointerException",
    ],
  ])('%s', (_name, causes, expected) => {
    const line = gatewayError(unhandled(...causes)).message;
    expect(line.endsWith(expected)).toBe(true);
    expect(line).not.toMatch(/\bat org\.|Was expecting|\n|Exception on server side|\.java:/);
    expect(errorLine(handled(...causes))).toBe(line);
  });

  it('is the class when nothing in the chain has a message', () => {
    expect(personLine('java.lang.NullPointerException\n\tat a.b.C.d(C.java:1)')).toBe('NullPointerException');
  });

  it('masks the secrets of a statement that Flink repeats', () => {
    const query = "Unsupported query: CREATE MODEL m WITH ('provider' = 'openai', 'api-key' = 'hunter2') AS SELECT 1";
    const line = personLine(`a.b.TableException: ${query}\n\tat a.b.C.d(C.java:1)`);
    expect(line).toBe(query.replace('hunter2', '******'));
  });

  it('says what is wrong with a class where Java gives its bare name', () => {
    const trace =
      "a.b.ValidationException: Could not register 'f'\n\tat a.b.C.d(C.java:1)\nCaused by: java.lang.ClassNotFoundException: demo.Nowhere\n\tat a.b.C.d(C.java:1)";
    expect(personLine(trace)).toBe("Could not register 'f': class demo.Nowhere was not found");
  });

  it('says which option it could not read, not only what is wrong with its value', () => {
    const trace =
      "a.b.CException: Failed to configure session.\n\tat a.b.C.d(C.java:1)\nCaused by: java.lang.IllegalArgumentException: Could not parse value 'many' for key 'parallelism.default'.\n\tat a.b.C.d(C.java:1)\nCaused by: java.lang.NumberFormatException: For input string: \"many\"\n\tat a.b.C.d(C.java:1)";
    expect(personLine(trace)).toBe("Could not parse value 'many' for key 'parallelism.default'.");
  });

  it('keeps a message of several lines as one', () => {
    expect(personLine('a.b.CException: one\n  two\n\nthree\n\tat a.b.C.d(C.java:1)')).toBe('one two three');
  });

  it('is the text itself when it is no trace, and says so when there is none', () => {
    expect(errorLine('{"errors":["Not found: /v9/sessions"]}')).toBe('Not found: /v9/sessions');
    expect(personLine('')).toBe('Flink gave no reason');
    expect(personLine(' \n ')).toBe('Flink gave no reason');
  });

  it('is cut to what is read of it where a run will have it, else to what is shown', () => {
    const trace = `a.b.CException: ${`${'x'.repeat(5_000)}\n`.repeat(40)}`;
    expect(personLine(trace)).toHaveLength(64_000);
    expect(errorLine(trace)).toHaveLength(1_000);
  });

  it('of any text is one short line', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const line = errorLine(text);
        expect(line.length).toBeGreaterThan(0);
        expect(line).not.toMatch(/\n/);
        expect(line.length).toBeLessThanOrEqual(1_000);
      }),
    );
  });
});

describe('texts that are easily got wrong', () => {
  it('a list of one expected word is left out as a longer one is', () => {
    const text =
      'org.apache.flink.sql.parser.impl.ParseException: Encountered "x" at line 1, column 3.\nWas expecting:\n    "EXISTS" ...\n    ';
    expect(personLine(text)).toBe('Encountered "x" at line 1, column 3.');
  });

  it("a JobManager's error inside the gateway's is shown without Java's wrapping", () => {
    const nested = NESTED('org.apache.flink.runtime.client.JobSubmissionException: The JobManager is full.');
    expect(gatewayError(unhandled(...SUBMISSION, nested)).message).toBe('The JobManager is full.');
  });

  it('an empty list of errors is said to give no reason', () => {
    expect(errorLine('{"errors":[]}')).toBe('Flink gave no reason');
  });
});

describe('the text of a failed reply', () => {
  it.each([
    ['{"errors":["Internal server error.","the trace"]}', 'the trace'],
    ['{"errors":[]}', ''],
    ['{"errors":"abc"}', '{"errors":"abc"}'],
    ['{"error":"abc"}', '{"error":"abc"}'],
    ['<html>', '<html>'],
  ])('of %s is %j', (body, text) => {
    expect(errorText(body)).toBe(text);
  });

  it('that is no trace is one line, and a whole one as long as there is room for it', () => {
    expect(personLine('no  such\n\tpath')).toBe('no such path');
    expect(errorLine('x'.repeat(MAX_ERROR_LENGTH))).toBe('x'.repeat(MAX_ERROR_LENGTH));
    expect(errorLine('x'.repeat(MAX_ERROR_LENGTH + 1))).toBe(`${'x'.repeat(MAX_ERROR_LENGTH - 1)}…`);
  });

  it('can be told again without what another one must not see', () => {
    const error = gatewayError(handled('java.lang.IllegalStateException: no host kafka-7'));
    const masked = (text: string): string => text.replaceAll('kafka-7', '***');
    expect(error.message).toContain('kafka-7');
    expect(error.masked(masked, (text) => text)).toContain('no host ***');
  });

  it('of a gateway that has no client for YARN says what it needs', () => {
    const { message } = gatewayError(
      handled('java.lang.IllegalStateException: No ExecutorFactory found to execute the application.'),
    );
    expect(message).toMatch(
      /found to execute the application\. The SQL gateway can't start jobs of this kind: for YARN it needs flink-yarn/,
    );
  });

  it('that failed while the statement was read is a refusal', () => {
    const lines = [
      ...['<Exception on server side:', FETCH, FRAMES, `Caused by: ${EXECUTION}`],
      `\tat ${PACKAGE}.gateway.service.operation.OperationManager$Operation.processThrowable(OperationManager.java:415)`,
      ...['\t... 3 more', `Caused by: ${PACKAGE}.api.SqlParserException: SQL parse failed.`],
      `\tat ${PACKAGE}.planner.delegation.ParserImpl.parse(ParserImpl.java:1)`,
      `\tat ${PACKAGE}.gateway.service.operation.OperationManager$Operation.lambda$run$0(OperationManager.java:258)`,
      ...['\t... 3 more', 'End of exception on server side>'],
    ];
    expect(gatewayError(JSON.stringify({ errors: [lines.join('\n')] })).code).toBe('flink.rejected');
  });
});

describe('what Kubernetes says', () => {
  const answer = (verb: string, status: string): string =>
    handled(
      'io.fabric8.kubernetes.client.KubernetesClientException: Failure executing: ' +
        `${verb} at: https://10.0.0.1/apis/apps/v1/namespaces/flink/deployments. Message: no rights. Received status: ${status}.`,
    );

  it.each([400, 401, 403, 404, 422])('to the deployment with %i is its refusal', (code) => {
    const { code: kind, message } = deployError(
      500,
      answer('POST', `Status(apiVersion=v1, code=${code}, kind=Status)`),
    );
    expect([kind, message]).toEqual(['flink.rejected', 'Kubernetes refused to create the cluster: no rights']);
  });

  it.each([
    ['that it is there already', answer('POST', 'Status(apiVersion=v1, code=409, kind=Status)')],
    ['that it failed', answer('POST', 'Status(apiVersion=v1, code=500, kind=Status)')],
    ['to something else', answer('PUT', 'Status(apiVersion=v1, code=403, kind=Status)')],
    ['without a status', answer('POST', 'nothing')],
  ])('%s proves nothing', (_what, body) => {
    expect(deployError(500, body).code).toBe('flink.failed');
  });
});
