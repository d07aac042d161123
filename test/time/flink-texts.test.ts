/** No text that Flink may send takes long to read: one bad record can hold a sweep up. */
import { describe, expect, it } from 'vitest';
import { deployError, errorLine, gatewayError, personLine } from '../../lib/adapters/flink/errors.ts';
import { jarRunError } from '../../lib/adapters/flink/jar-run-error.ts';
import { toIdentity, toJob } from '../../lib/adapters/flink/job-manager.ts';
import { replyText } from '../../lib/adapters/flink/job-manager-reply.ts';
import { toPage } from '../../lib/adapters/flink/sql-gateway.ts';
import { jarsSchema, readAs } from '../../lib/adapters/flink/wire.ts';
import { AppError } from '../../lib/domain/errors.ts';
import { maskCells } from '../../lib/domain/results/mask-cells.ts';
import { redactionFor } from '../../lib/domain/secrets/redaction.ts';
import { asErrors, failedOperation, FRAMES } from '../adapters/flink/failed-operation.ts';
import { cpuMs } from '../builders/cpu-ms.ts';

const PIECES = [
  ...[' ', '\n', '\t', '\r\n', ' \n', "'", '"', '`', 'a', 'a.', 'a.b.C: ', '1', '(', '[', '{"', '\\', '${', '/*', '--'],
  ...['😀é', '\u2028', '\u0000', 'Caused by: ', '\nCaused by: a.b.C: ', '\nCaused by: a.b.C', '\n\tat a.b.c(D.java:1)'],
  ...['\tat ', '\n\t... 3 more', '\tSuppressed: ', 'Was expecting', 'Was expecting one of:', ' Was expecting any of'],
  ...['line 1', 'line 1, column ', 'line 1, column 2', "Could not parse value '", "' for key '", "'password' = '"],
  ...['//', '//a:', '//a:b@', 'Internal server error., ', '<Exception on server side:', "Session '", 'Jar file '],
  ...[
    'Jar file x does not exist',
    'Failure executing: POST at: ',
    'Failure executing: POST at: x/deployments. Message: ',
  ],
  ...['. Table options are:', "'a'='", "'a'='b'", ']', '`a`.', ': a', 'SQL validation failed. ', 'a.b.C: a.b.C: '],
  ...[
    '\nCaused by: a.b.C: it\n\tat a.b.c(D.java:1)',
    '\nCaused by: a.b.C: [x] Table options are:',
    '--allowNonRestored',
  ],
  ...['. Received status: ', ' code=4', 'Job has already been', 'Duplicate', 'No ExecutorFactory found', 'Exception: '],
  'org.apache.flink.table.gateway.service.operation.OperationManager$Operation.',
  '\tat org.apache.flink.table.gateway.service.operation.OperationManager$Operation.lambda$run$0(A.java:1)\n\t... 7 more\n',
];

const refused = (read: () => unknown): void => {
  try {
    read();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.message.length).toBeLessThan(2_000);
  }
};
const secrets = { pw: 'hunter22-hunter22-hunter22', key: '-----BEGIN KEY-----\nMIIEvQIBADAN\n-----END KEY-----' };
const hidden = redactionFor({ statement: 'SELECT 1', plan: { sensitive: [] } }, secrets);

/** Each way in which a text of Flink's is read: from what came over the wire, made before the time is taken. */
const READINGS: Readonly<Record<string, (text: string) => () => unknown>> = {
  'an error of the gateway': (text) =>
    (
      (body) => () =>
        hidden.mask(gatewayError(body).message)
    )(asErrors(failedOperation(text))),
  'an error in no form': (text) => () => gatewayError(text),
  'the line of an error': (text) =>
    (
      (body) => () =>
        errorLine(body)
    )(asErrors(text)),
  'an error of a deployment': (text) =>
    (
      (body) => () =>
        deployError(500, body)
    )(asErrors(failedOperation(text))),
  'a refusal by Kubernetes': (text) =>
    (
      (body) => () =>
        deployError(500, body)
    )(asErrors(`Failure executing: POST at: x/deployments. Message: ${text}`)),
  'an error of a jar': (text) =>
    (
      (body) => () =>
        jarRunError(body)
    )(asErrors(failedOperation(text))),
  'an error of main()': (text) =>
    (
      (body) => () =>
        jarRunError(body)
    )(asErrors(`a.b.C: Could not execute application.\n${FRAMES}\nCaused by: ${text}`)),
  'why a job failed': (text) => () =>
    personLine(`java.lang.NumberFormatException: For input string: '${text}x'\n${FRAMES}`),
  'an error of the JobManager': (text) =>
    (
      (body) => () =>
        refused(() => replyText({ status: 500, text: body }, 'jm:8081', [200]))
    )(asErrors(failedOperation(text))),
  'a page of rows in no form': (text) => () => refused(() => toPage(text, 'the gateway')),
  'a page of rows of another kind': (text) =>
    (
      (body) => () =>
        refused(() => toPage(body, 'the gateway'))
    )(JSON.stringify({ resultType: text })),
  rows: (text) => () => maskCells(['key', 'value'], [{ op: '+I', fields: [text, text] }]),
  'a job in no form': (text) =>
    (
      (body) => () =>
        refused(() => toJob(body, 'jm:8081'))
    )(JSON.stringify({ jid: 'x', state: text })),
  'a configuration': (text) =>
    (
      (body) => () =>
        refused(() => toIdentity('jm:8081', body))
    )(JSON.stringify([{ key: text, value: text }])),
  'a list of jars': (text) =>
    (
      (body) => () =>
        refused(() => readAs(jarsSchema, body, 'jm:8081'))
    )(JSON.stringify({ files: [{ id: text }] })),
};

describe.each(Object.entries(READINGS))('%s', (_what, reading) => {
  // Ten times the text may take ten times as long; where the time is squared it is a hundred times.
  it.each(PIECES)('takes as much longer as the text is longer: %j', (piece) => {
    const small = cpuMs(reading(piece.repeat(Math.ceil(30_000 / piece.length))));
    const large = cpuMs(reading(piece.repeat(Math.ceil(300_000 / piece.length))));
    expect(large).toBeLessThan(Math.max(small, 2) * 40);
  });
});
