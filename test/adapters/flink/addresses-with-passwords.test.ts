/**
 * A gateway, a JobManager or a jar may be reached with a user and a password in its address. Whatever goes wrong there, nothing
 * that is thrown, answered, logged or stored shows them.
 */
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jarRunner } from '../../../lib/adapters/flink/jars.ts';
import { jobManager } from '../../../lib/adapters/flink/job-manager.ts';
import { sqlGateway } from '../../../lib/adapters/flink/sql-gateway.ts';
import { jarSource } from '../../../lib/adapters/jar-source/jar-source.ts';
import { toJobInstance, toJobResult } from '../../../lib/domain/answer.ts';
import { reconcile } from '../../../lib/usecases/reconcile.ts';
import { submitTask } from '../../../lib/usecases/submit-task.ts';
import { aTask } from '../../fakes/memory-definitions.ts';
import { world } from '../../usecases/world.ts';

const SECRET = 'Hush7-Zq';
/** As people write them: plain, escaped, with signs that should have been. */
const USERS = [`me:${SECRET}`, SECRET, `me:${SECRET}%40%2F%3F`, `me%40corp:${SECRET}`];

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;
const html: Answer = (_request, response) =>
  void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
const status =
  (code: number, body = '<html>no</html>'): Answer =>
  (_request, response) =>
    void response.writeHead(code).end(body);

const SITUATIONS: Readonly<Record<string, Answer | null>> = {
  'nobody listens': null,
  'a page of a proxy': html,
  'HTTP 401': status(401),
  'HTTP 404': status(404),
  'HTTP 404 of Flink': status(404, '{"errors":["Not found"]}'),
  'HTTP 500 of Flink': status(500, '{"errors":["Internal server error.","java.lang.Exception: broken"]}'),
  'HTTP 502': status(502),
  'other JSON': status(200, '{"a":1}'),
  'a redirect to nowhere': (_request, response) => void response.writeHead(302, { location: 'http://' }).end(),
  'a reset': (request) => request.socket.destroy(),
  'half a reply': (_request, response) => {
    response.writeHead(200, { 'content-length': 1_000 }).write('{');
    response.socket?.destroy();
  },
};

let port = 0;
let closed = 0;
let answer: Answer = html;
let authorizations: (string | undefined)[] = [];
const server = http.createServer((request, response) => {
  authorizations.push(request.headers.authorization);
  request.resume();
  answer(request, response);
});

beforeAll(async () => {
  port = (await once(server.listen(0, '127.0.0.1'), 'listening'), (server.address() as AddressInfo).port);
  const other = http.createServer();
  await once(other.listen(0, '127.0.0.1'), 'listening');
  closed = (other.address() as AddressInfo).port;
  other.close();
});
afterAll(() => server.close());

const path = join(mkdtempSync(join(tmpdir(), 'dinghy-test-')), 'a.jar');
writeFileSync(path, 'PK');
const JAR = { sha256: 'ab'.repeat(32), path, sizeBytes: 2, name: 'a.jar', release: () => undefined };
const signal = AbortSignal.timeout(60_000);
const JOB = '0'.repeat(32);
const s3 = { credentials: () => Promise.reject(new Error('none')), region: () => Promise.resolve('us-east-1') };
const source = jarSource({
  maxJarBytes: 1_000,
  maxKeptBytes: 2_000,
  s3,
  http: { namedHosts: ['127.0.0.1'] },
  allowFiles: false,
});

const CALLS: Readonly<Record<string, (url: string) => Promise<unknown>>> = {
  'the version of a gateway': (url) => sqlGateway().version(url, signal),
  'a session': (url) => sqlGateway().open(url, {}, signal),
  'who a JobManager is': (url) => jobManager().identify(url, signal),
  'its jobs': (url) => jobManager().overview(url, signal),
  'one job': (url) => jobManager().job(url, JOB, signal),
  'why a job failed': (url) => jobManager().failureCause(url, JOB, signal),
  checkpoints: (url) => jobManager().checkpoints(url, JOB, signal),
  'a cancel': (url) => jobManager().cancel(url, JOB, signal),
  'jars of a JobManager': (url) => jarRunner().find(url, JAR.sha256, signal),
  'an upload': (url) => jarRunner().upload(url, JAR, signal),
  'a run': (url) =>
    jarRunner().run(url, 'a', { jobId: JOB, entryClass: null, args: [], parallelism: null, savePointPath: null, allowNonRestoredState: false, flinkConfiguration: {} }, signal), // prettier-ignore
  'a jar': (url) => source.read(`${url}/job.jar?token=${SECRET}`, signal),
};

/** Everything that any reader of an error could get to see: the command shows the first cause too. */
function told(error: unknown): string {
  const texts: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) texts.push(at.message, at.stack ?? '');
  return texts.join('\n');
}

describe.each(Object.entries(SITUATIONS))('where there is %s', (_name, how) => {
  it.each(Object.entries(CALLS))('%s shows no password', async (_call, ask) => {
    answer = how ?? html;
    for (const user of USERS) {
      const error: unknown = await ask(`http://${user}@127.0.0.1:${how === null ? closed : port}`).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(told(error)).not.toContain(SECRET);
    }
  });
});

describe('an address with a user', () => {
  it.each(Object.entries(CALLS))('%s is asked with its user and password', async (_call, ask) => {
    authorizations = [];
    answer = status(404);
    await ask(`http://me:${SECRET}@127.0.0.1:${port}`).catch(() => undefined);
    expect(authorizations[0]).toBe(`Basic ${Buffer.from(`me:${SECRET}`).toString('base64')}`);
  });
});

describe.each(Object.entries(SITUATIONS))('a submit and a sweep, where there is %s', (_name, how) => {
  it.each(USERS)('at a gateway with the user %s', async (user) => {
    answer = how ?? html;
    const w = world({ tasks: [aTask({ statement: 'INSERT INTO t SELECT 1;' })] });
    const url = `http://${user}@127.0.0.1:${how === null ? closed : port}`;
    const settings = { sqlGatewayUrl: url, flinkRest: 'jobmanager:8081', flinkConfig: {} };
    const deps = { ...w, gateway: sqlGateway(), settings };
    const request = { taskId: 1, variables: {}, savePointPath: null, isOnline: false, key: null };
    const scope = { caller: 'me', budgetMs: 25_000, timeZone: 'UTC', now: w.clock.now() };
    const view = await submitTask(deps)(request, scope).catch((thrown: unknown) => thrown);
    await reconcile(deps)({ budgetMs: 50_000 });
    const seen = view instanceof Error ? told(view) : JSON.stringify(toJobResult(view as never, 'UTC'));
    expect(seen).toContain('127.0.0.1');
    const heads = [...w.store.heads.values()];
    const polled = heads.map((head) => JSON.stringify(toJobInstance(head, 0, 'UTC')));
    expect([seen, ...polled, JSON.stringify(heads), JSON.stringify(w.log.lines)].join('\n')).not.toContain(SECRET);
  });
});
