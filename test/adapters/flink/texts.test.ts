/** No text that Flink may send takes long to read, or lets a part of a secret through: one bad record can hold a sweep up. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deployError, errorLine, gatewayError, personLine } from '../../../lib/adapters/flink/errors.ts';
import { jarRunError } from '../../../lib/adapters/flink/jar-run-error.ts';
import { toIdentity, toJob } from '../../../lib/adapters/flink/job-manager.ts';
import { replyText } from '../../../lib/adapters/flink/job-manager-reply.ts';
import { toPage } from '../../../lib/adapters/flink/sql-gateway.ts';
import { jarsSchema, readAs } from '../../../lib/adapters/flink/wire.ts';
import { AppError } from '../../../lib/domain/errors.ts';
import { maskCells } from '../../../lib/domain/results/mask-cells.ts';
import { redactionFor } from '../../../lib/domain/secrets/redaction.ts';
import { cpuMs } from '../../builders/cpu-ms.ts';

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

const FRAMES = '\tat a.b.C.d(C.java:1)\n\t... 7 more';
const failed = (text: string): string =>
  `<Exception on server side:
org.apache.flink.table.gateway.api.utils.SqlGatewayException: Failed to fetchResults.
\tat a.b.C.d(C.java:1)
Caused by: org.apache.flink.table.gateway.service.utils.SqlExecutionException: Failed to execute the operation 4d5a2c1e-0b1c-4b1f-9a64-0a3c8dc2a1f5.
\tat org.apache.flink.table.gateway.service.operation.OperationManager$Operation.processThrowable(OperationManager.java:415)
\tat org.apache.flink.table.gateway.service.operation.OperationManager$Operation.lambda$run$0(OperationManager.java:268)
\t... 7 more
Caused by: java.lang.NumberFormatException: For input string: '${text}x'
${FRAMES}
Caused by: a.b.OtherException: ${text}
${FRAMES}

End of exception on server side>`;
const asErrors = (text: string): string => JSON.stringify({ errors: ['Internal server error.', text] });

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
    )(asErrors(failed(text))),
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
    )(asErrors(failed(text))),
  'a refusal by Kubernetes': (text) =>
    (
      (body) => () =>
        deployError(500, body)
    )(asErrors(`Failure executing: POST at: x/deployments. Message: ${text}`)),
  'an error of a jar': (text) =>
    (
      (body) => () =>
        jarRunError(body)
    )(asErrors(failed(text))),
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
    )(asErrors(failed(text))),
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

describe('what is shown of a long text', () => {
  it.each(['gateway', 'jar', 'deployment'])('is short, and has the last cause: %s', (which) => {
    const body = asErrors(
      failed('y'.repeat(3_000_000)).replace('\nEnd of', `\nCaused by: a.b.C: the last word\n${FRAMES}\nEnd of`),
    );
    const error =
      which === 'gateway' ? gatewayError(body) : which === 'jar' ? jarRunError(body) : deployError(500, body);
    expect(error.message).toContain('the last word');
    expect(error.message.length).toBeLessThan(64_100);
  });

  it('never holds a part of a secret, wherever the text was cut', () => {
    const filler = fc
      .tuple(fc.constantFrom('x', ' ', '\n', 'x ', ' \n', 'Ab.', '- '), fc.nat({ max: 9_000 }))
      .map(([piece, count]) => piece.repeat(count));
    const near = fc.integer({ min: 900, max: 1_010 }).map((count) => '-'.repeat(count));
    const lines = fc
      .integer({ min: 7_900, max: 8_100 })
      .map((count) => `${'- '.repeat(3_900)}${'.'.repeat(count - 7_800)}`);
    const before = fc.oneof(
      filler,
      near,
      lines,
      fc.nat({ max: 300_000 }).map((count) => 'z\n'.repeat(count / 2)),
    );
    const blanks = fc.nat({ max: 120_000 }).map((count) => ' '.repeat(count));
    fc.assert(
      fc.property(before, blanks, filler, fc.constantFrom(...Object.values(secrets)), (head, gap, tail, secret) => {
        const body = asErrors(failed(`${head}${gap}${secret}${tail}`));
        for (const { message } of [gatewayError(body), jarRunError(body), deployError(500, body)]) {
          const shown = hidden.mask(message).slice(0, 1_000);
          for (const part of ['hunt', 'MIIE', 'BEGIN']) expect(shown).not.toContain(part);
        }
      }),
      { numRuns: 120 },
    );
  });
});
