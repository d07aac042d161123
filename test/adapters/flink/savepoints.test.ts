/** Savepoints over REST: what is asked of a JobManager, and what its answers, and those of others, are taken for. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { savepointState, triggerSavepoint } from '../../../lib/adapters/flink/savepoints.ts';
import type { SavepointTrigger } from '../../../lib/domain/run/savepoint-trigger.ts';
import { appErrorOf } from '../../builders/app-error-of.ts';

const JOB = 'ab'.repeat(16);
const TRIGGER = 'cd'.repeat(16);
const { signal } = new AbortController();

interface Asked {
  readonly line: string;
  readonly body: unknown;
}

let server: Server;
let address: string;
let asked: Asked[];
/** What comes back: a status and a text, or nothing and the end of the connection. */
let answers: ([number, string] | 'hangUp')[];

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      asked.push({ line: `${request.method} ${request.url}`, body: text === '' ? null : JSON.parse(text) });
      const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
      if (answer === 'hangUp') request.socket.destroy();
      else response.writeHead(answer[0], { 'content-type': 'application/json' }).end(answer[1]);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const errors = (...texts: string[]): string => JSON.stringify({ errors: texts });
const TAKEN: [number, string] = [202, JSON.stringify({ 'request-id': TRIGGER })];

describe('a savepoint', () => {
  const ask = (what: Partial<SavepointTrigger> = {}) =>
    triggerSavepoint(address, JOB, { type: 'trigger', triggerId: TRIGGER, directory: null, ...what }, signal);

  it.each([
    [{ type: 'trigger' }, 'savepoints', { 'cancel-job': false, triggerId: TRIGGER }],
    [{ type: 'cancel' }, 'savepoints', { 'cancel-job': true, triggerId: TRIGGER }],
    [{ type: 'stop' }, 'stop', { drain: false, triggerId: TRIGGER }],
    [{ directory: 's3://b' }, 'savepoints', { 'cancel-job': false, triggerId: TRIGGER, 'target-directory': 's3://b' }],
    [{ type: 'stop', directory: 's3://b' }, 'stop', { drain: false, triggerId: TRIGGER, targetDirectory: 's3://b' }],
  ] as const)('%j is asked for at %s', async (what, path, body) => {
    answers = [TAKEN];
    await ask(what);
    expect(asked).toEqual([{ line: `POST /jobs/${JOB}/${path}`, body }]);
  });

  it('that Flink took before, under the same trigger id, is taken', async () => {
    answers = [[200, TAKEN[1]]];
    await expect(ask()).resolves.toBeUndefined();
  });

  it('is asked for again when a kept connection is closed: twice does no harm', async () => {
    answers = [TAKEN];
    await ask();
    answers = ['hangUp', TAKEN];
    await ask();
    expect(asked).toHaveLength(3);
  });

  it.each([
    'Config key [state.savepoints.dir] is not set. Property [targetDirectory] must be provided.',
    'Config key [execution.checkpointing.savepoint-dir] is not set. Property [target-directory] must be provided.',
  ])('without a directory is refused, with what to set: %s', async (text) => {
    answers = [[400, errors(text)]];
    const { code, message } = await appErrorOf(ask());
    expect(code).toBe('flink.rejected');
    expect(message).toBe(
      'No savepoint directory is known for this job. ' +
        'Set execution.checkpointing.savepoint-dir in the task (customConfig) or in the cluster.',
    );
  });

  it('that Flink refuses for another reason is refused with that reason', async () => {
    answers = [[400, errors('org.apache.flink.util.FlinkException: Savepoint format X is unknown.')]];
    const { code, message } = await appErrorOf(ask());
    expect(code).toBe('flink.rejected');
    expect(message).toMatch(/^JobManager 127\.0\.0\.1:\d+: .*Savepoint format X is unknown\./);
  });

  it.each([405, 501])('that a proxy does not pass on (HTTP %i) is refused, and says so', async (status) => {
    answers = [[status, '<html>no</html>']];
    const { code, message } = await appErrorOf(ask());
    expect(code).toBe('flink.rejected');
    expect(message).toBe(`The proxy at ${address} does not pass savepoints on to Flink (HTTP ${status}).`);
  });

  it.each([
    [400, '<html>bad</html>', 'flink.protocol'],
    [404, errors('Not found.'), 'flink.failed'],
    [500, errors('savepoint-dir'), 'flink.failed'],
    [503, '<html></html>', 'flink.protocol'],
    [200, '{"id":"x"}', 'flink.protocol'],
    [202, 'no JSON', 'flink.protocol'],
  ])('whose answer is HTTP %i with %s may have been taken: it is no refusal', async (status, text, code) => {
    answers = [[status, text]];
    const error = await appErrorOf(ask());
    expect(error.code).toBe(code);
    expect(error.message).toContain(`JobManager ${address}`);
  });
});

describe('what became of a savepoint', () => {
  const state = () => savepointState(address, JOB, TRIGGER, signal);
  const told = (id: string, operation?: object | null): [number, string] => [
    200,
    JSON.stringify({ status: { id }, ...(operation === undefined ? {} : { operation }) }),
  ];
  const trace =
    'java.util.concurrent.CompletionException: a.b.CheckpointException: The disk is full.\n\tat a.b(C.java)';

  it.each([
    [told('IN_PROGRESS'), { kind: 'inProgress' }],
    [told('IN_PROGRESS', null), { kind: 'inProgress' }],
    [told('COMPLETED', { location: 's3://b/sp' }), { kind: 'done', path: 's3://b/sp' }],
    [told('COMPLETED', { location: 's3://b/sp', 'failure-cause': null }), { kind: 'done', path: 's3://b/sp' }],
    [told('COMPLETED'), { kind: 'failed', reason: 'Flink gave no reason' }],
    [told('COMPLETED', null), { kind: 'failed', reason: 'Flink gave no reason' }],
    [told('COMPLETED', {}), { kind: 'failed', reason: 'Flink gave no reason' }],
    [told('COMPLETED', { location: null, 'failure-cause': {} }), { kind: 'failed', reason: 'Flink gave no reason' }],
    [[404, errors('Operation not found under key')], { kind: 'unknown' }],
  ] as [[number, string], object][])('is read from %j', async (answer, what) => {
    answers = [answer];
    expect(await state()).toEqual(what);
    expect(asked).toEqual([{ line: `GET /jobs/${JOB}/savepoints/${TRIGGER}`, body: null }]);
  });

  it('and why it failed is told in one line', async () => {
    answers = [told('COMPLETED', { 'failure-cause': { class: 'x', 'stack-trace': trace } })];
    const seen = await state();
    expect(seen).toEqual({ kind: 'failed', reason: expect.stringContaining('The disk is full.') as string });
    expect(JSON.stringify(seen)).not.toContain('C.java');
  });

  it.each([
    [404, '<html>not here</html>', 'flink.protocol'],
    [202, '{"status":{"id":"IN_PROGRESS"}}', 'flink.protocol'],
    [500, errors('no'), 'flink.failed'],
    [200, '{"status":"COMPLETED"}', 'flink.protocol'],
  ])('is not known from HTTP %i with %s', async (status, text, code) => {
    answers = [[status, text]];
    const error = await appErrorOf(state());
    expect(error.code).toBe(code);
    expect(error.message).toContain(`JobManager ${address}`);
  });
});
