/** The requests to a gateway and a JobManager as they go over the wire, and what their answers become. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { urlOf } from '../../../lib/adapters/flink/address.ts';
import { jarRunner } from '../../../lib/adapters/flink/jars.ts';
import { jobManager } from '../../../lib/adapters/flink/job-manager.ts';
import { sqlGateway } from '../../../lib/adapters/flink/sql-gateway.ts';
import type { GatewaySession } from '../../../lib/domain/ports.ts';
import type { JarRun } from '../../../lib/domain/run/jar.ts';
import { appErrorOf } from '../../builders/app-error-of.ts';

const { signal } = new AbortController();
const JOB = '0123456789abcdef0123456789abcdef';
const RUN: JarRun = {
  ...{ jobId: JOB, entryClass: null, args: [], parallelism: null, savePointPath: null, flinkConfiguration: {} },
  allowNonRestoredState: false,
};
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** null: the connection is closed without a word. */
type Answer = readonly [status: number, body: unknown] | null;

interface Answering {
  readonly address: string;
  readonly url: string;
  /** "POST /sessions {...}" */
  readonly asked: string[];
}

/** Answers each request by its method and path; what is not named there is a 404 of Flink's. `answers` null: none. */
async function answering(answers: Readonly<Record<string, Answer>> | null): Promise<Answering> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      const line = `${request.method ?? ''} ${request.url ?? ''}`;
      asked.push(body === '' ? line : `${line} ${body}`);
      const answer = answerTo(line, answers);
      if (answer === null) request.socket.destroy();
      else response.writeHead(answer[0]).end(toText(answer[1]));
    });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { address, url: `http://${address}`, asked };
}

function answerTo(line: string, answers: Readonly<Record<string, Answer>> | null): Answer {
  if (answers === null) return null;
  const unknown: Answer = [404, { errors: [`Not found: ${line}`] }];
  return answers[line] === undefined ? unknown : answers[line];
}

const toText = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));

describe('a gateway', () => {
  const OPENED = { 'POST /sessions': [200, { sessionHandle: 's1' }] } as const;
  const INFO = [200, { productName: 'Apache Flink', version: '2.3.0' }] as const;

  async function opened(answers: Record<string, Answer>): Promise<{ at: Answering; session: GatewaySession }> {
    const at = await answering(Object.assign(answers, OPENED));
    const session = await sqlGateway().open(at.url, { a: 'b' }, signal);
    at.asked.splice(0);
    return { at, session };
  }

  it('is asked for its version once by a process, each for itself', async () => {
    const [one, two] = [await answering({ 'GET /info': INFO }), await answering({ 'GET /info': INFO })];
    const gateway = sqlGateway();
    for (const { url } of [one, two, one]) expect(await gateway.version(url, signal)).toBe('2.3.0');
    expect([one.asked, two.asked]).toEqual([['GET /info'], ['GET /info']]);
  });

  it('is asked again for a version that it did not give', async () => {
    const answers: Record<string, Answer> = { 'GET /info': [503, 'starting'] };
    const at = await answering(answers);
    const gateway = sqlGateway();
    const error = await appErrorOf(gateway.version(at.url, signal));
    expect(error.code).toBe('flink.protocol');
    expect(error.message).toBe(
      `SQL gateway ${at.address} answered HTTP 503: a proxy says that Flink's SQL gateway is out of service. Try again.`,
    );
    answers['GET /info'] = INFO;
    expect(await gateway.version(at.url, signal)).toBe('2.3.0');
  });

  it('opens a session with its options, behind a prefix too', async () => {
    const at = await answering({ 'POST /flink/sessions': [200, { sessionHandle: 's1' }] });
    await sqlGateway().open(`${at.url}/flink//`, { 'a.b': 'c' }, signal);
    expect(at.asked).toEqual(['POST /flink/sessions {"properties":{"a.b":"c"}}']);
  });

  it('is asked for a session once more when the reply was lost, and not a third time', async () => {
    const at = await answering({ 'POST /sessions': null });
    expect((await appErrorOf(sqlGateway().open(at.url, {}, signal))).code).toBe('flink.noReply');
    expect(at.asked).toHaveLength(2);
  });

  it('is asked for a session twice on new connections: that a kept one was dead says nothing', async () => {
    const at = await answering({ 'GET /info': INFO, 'POST /sessions': null });
    const gateway = sqlGateway();
    await gateway.version(at.url, signal);
    expect((await appErrorOf(gateway.open(at.url, {}, signal))).code).toBe('flink.noReply');
    expect(at.asked.filter((line) => line.startsWith('POST'))).toHaveLength(3);
  });

  it('is not asked again for a session that it refuses', async () => {
    const at = await answering({ 'POST /sessions': [500, { errors: ['a.b.CException: it says no'] }] });
    const error = await appErrorOf(sqlGateway().open(at.url, {}, signal));
    expect([error.code, error.message]).toEqual(['flink.failed', 'it says no']);
    expect(at.asked).toHaveLength(1);
  });

  it('is given each statement of a session, and the options of the one that starts a job', async () => {
    const { at, session } = await opened({
      'POST /sessions/s1/configure-session': [200, {}],
      'POST /sessions/s1/statements': [200, { operationHandle: 'o1' }],
      'GET /sessions/s1/operations/o1/result/3?rowFormat=PLAIN_TEXT': [200, { resultType: 'EOS', jobID: JOB }],
      'DELETE /sessions/s1': [200, { status: 'CLOSED' }],
    });
    await session.configure('SET', signal);
    expect(await session.start('INSERT', { 'pipeline.jobid': JOB }, signal)).toBe('o1');
    expect(await session.fetch('o1', 3, signal)).toEqual({ kind: 'end', jobId: JOB, columns: [], rows: [] });
    await session.close(signal);
    expect(at.asked).toEqual([
      'POST /sessions/s1/configure-session {"statement":"SET"}',
      `POST /sessions/s1/statements {"statement":"INSERT","executionConfig":{"pipeline.jobid":"${JOB}"}}`,
      'GET /sessions/s1/operations/o1/result/3?rowFormat=PLAIN_TEXT',
      'DELETE /sessions/s1',
    ]);
  });

  const asks: [string, string, (session: GatewaySession) => Promise<unknown>][] = [
    ['configure', 'POST /sessions/s1/configure-session', (session) => session.configure('SET', signal)],
    ['start', 'POST /sessions/s1/statements', (session) => session.start('INSERT', {}, signal)],
    ['deploy', 'POST /v4/sessions/s1/scripts', (session) => session.deploy('INSERT', {}, signal)],
    [
      'fetch',
      'GET /sessions/s1/operations/o1/result/0?rowFormat=PLAIN_TEXT',
      (session) => session.fetch('o1', 0, signal),
    ],
    ['close', 'DELETE /sessions/s1', (session) => session.close(signal)],
  ];

  it.each(asks)('fails to %s with the reason of Flink, of a proxy or of a stranger', async (_what, line, ask) => {
    const answers: Record<string, Answer> = { [line]: [500, { errors: ['x', 'a.b.CException: the reason'] }] };
    const { at, session } = await opened(answers);
    const error = async (): Promise<[string, string]> => {
      const { code, message } = await appErrorOf(ask(session));
      return [code, message];
    };
    expect(await error()).toEqual(['flink.failed', 'the reason']);
    answers[line] = [500, ` \n{"errors":["a.b.CException: the reason"]}`];
    expect(await error()).toEqual(['flink.failed', 'the reason']);
    answers[line] = [502, '<html>Bad gateway, "errors"</html>'];
    expect(await error()).toEqual(['flink.protocol', expect.stringContaining('out of service')]);
    answers[line] = [403, '<html>Sign in</html>'];
    expect(await error()).toEqual([
      'flink.protocol',
      `SQL gateway ${at.address} answered HTTP 403, which is not Flink's SQL gateway. Check its address.`,
    ]);
    answers[line] = null;
    expect((await error())[0]).toBe('flink.noReply');
  });

  it.each(asks.filter(([what]) => !['configure', 'close'].includes(what)))(
    'that answers what is no answer to %s is told by its address',
    async (_what, line, ask) => {
      const { at, session } = await opened({ [line]: [200, { unexpected: true }] });
      const error = await appErrorOf(ask(session));
      expect(error.code).toBe('flink.protocol');
      expect(error.message).toContain(`SQL gateway ${at.address} sent a reply that is not from Flink`);
    },
  );

  it.each(['GET /info', 'POST /sessions'])(
    'that answers what is no answer to %s is told by its address',
    async (line) => {
      const at = await answering({ [line]: [200, '<html>Sign   in</html>'] });
      const gateway = sqlGateway();
      const error = await appErrorOf(
        line === 'GET /info' ? gateway.version(at.url, signal) : gateway.open(at.url, {}, signal),
      );
      expect(error.code).toBe('flink.protocol');
      expect(error.message).toContain(
        `SQL gateway ${at.address} sent a reply that is not from Flink: "<html>Sign in</html>"`,
      );
    },
  );
});

describe('a request without a reply', () => {
  it.each<[string, (at: Answering) => Promise<unknown>]>([
    ['GET', (at) => sqlGateway().version(at.url, signal)],
    ['POST', (at) => sqlGateway().open(at.url, {}, signal)],
    ['GET', (at) => jobManager().identify(at.address, signal)],
    ['GET', (at) => jobManager().overview(at.address, signal)],
    ['GET', (at) => jobManager().job(at.address, JOB, signal)],
    ['GET', (at) => jobManager().failureCause(at.address, JOB, signal)],
    ['GET', (at) => jobManager().restarts(at.address, JOB, signal)],
    ['GET', (at) => jobManager().slots(at.address, signal)],
    ['GET', (at) => jobManager().checkpoints(at.address, JOB, signal)],
    ['PATCH', (at) => jobManager().cancel(at.address, JOB, signal)],
    ['GET', (at) => jarRunner().find(at.address, 'ab', signal)],
    ['POST', (at) => jarRunner().run(at.address, 'j', RUN, signal)],
  ])('is told by its method, %s, and its address', async (method, ask) => {
    const at = await answering(null);
    const { code, message } = await appErrorOf(ask(at));
    expect(code).toBe('flink.noReply');
    expect(message).toContain(`No reply from Flink to ${method} ${at.url}/`);
  });

  it('of a session or a cancel in the way of YARN, too', async () => {
    const answers: Record<string, Answer> = { 'POST /sessions': [200, { sessionHandle: 's1' }] };
    const at = await answering(answers);
    const session = await sqlGateway().open(at.url, {}, signal);
    answers['GET /sessions/s1/operations/o1/result/0?rowFormat=PLAIN_TEXT'] = null;
    expect((await appErrorOf(session.fetch('o1', 0, signal))).message).toContain(' to GET ');
    answers[`PATCH /jobs/${JOB}?mode=cancel`] = [405, 'no'];
    answers[`GET /jobs/${JOB}/yarn-cancel`] = null;
    expect((await appErrorOf(jobManager().cancel(at.address, JOB, signal))).message).toContain(' to GET ');
  });
});

describe('jars', () => {
  it.each<[string, (at: Answering) => Promise<unknown>]>([
    ['GET /jars', (at) => jarRunner().find(at.address, 'ab', signal)],
    ['POST /jars/j/run', (at) => jarRunner().run(at.address, 'j', RUN, signal)],
  ])('of a JobManager that does not answer %s as Flink does: it is told by its address', async (line, ask) => {
    const answers: Record<string, Answer> = {};
    const at = await answering(answers);
    for (const body of ['{}', '<html>']) {
      answers[Object.keys(answers)[0] ?? line] = [200, body];
      const error = await appErrorOf(ask(at));
      expect(error.code).toBe('flink.protocol');
      expect(error.message).toContain(`JobManager ${at.address} sent a reply that is not from Flink`);
    }
    answers[line] = [403, '<html>'];
    expect((await appErrorOf(ask(at))).message).toBe(
      `JobManager ${at.address} answered HTTP 403, which is not Flink's JobManager. Check its address.`,
    );
  });

  it('that a JobManager does not run: its reason, and what it proves', async () => {
    const rest = 'org.apache.flink.runtime.rest.handler.RestHandlerException';
    const gone = `<Exception on server side:\n${rest}: Jar file /tmp/x does not exist\n`;
    const at = await answering({ 'POST /jars/j/run': [500, { errors: ['Internal server error.', gone] }] });
    expect((await appErrorOf(jarRunner().run(at.address, 'j', RUN, signal))).code).toBe('flink.jarGone');
  });
});

describe('a JobManager', () => {
  const CONFIG = (more: Record<string, string> = {}): Answer => [
    200,
    Object.entries({ 'web.tmpdir': '/tmp/a', ...more }).map(([key, value]) => ({ key, value })),
  ];

  it('is asked who it is; those behind the first that answers are not asked', async () => {
    const one = await answering({ 'GET /jobmanager/config': CONFIG({ '$internal.pipeline.job-id': JOB }) });
    const two = await answering({});
    expect(await jobManager().identify(`${one.address},${two.address}`, signal)).toEqual({
      ...{ address: one.address, jmId: '/tmp/a', highAvailability: false, forgetsEnded: false, ownJobId: JOB },
    });
    expect(two.asked).toEqual([]);
    const named = await answering({ 'GET /jobmanager/config': CONFIG({ 'kubernetes.cluster-id': 'c1' }) });
    expect(await jobManager().identify(named.address, signal)).toMatchObject({ kubernetesClusterId: 'c1' });
  });

  it('is not looked for any more when nobody waits, nor where no address is named', async () => {
    const one = await answering({ 'GET /jobmanager/config': CONFIG() });
    const error = await appErrorOf(jobManager().identify(`127.0.0.1:1,${one.address}`, AbortSignal.abort()));
    expect(error.message).toContain('127.0.0.1:1 ');
    expect(one.asked).toEqual([]);
    expect((await appErrorOf(jobManager().identify(' , ', signal))).code).toBe('cluster.invalid');
    const nowhere = await appErrorOf(jobManager().job('', JOB, signal));
    expect([nowhere.code, nowhere.message]).toEqual([
      'flink.unreachable',
      'The JobManager address of this run is not known.',
    ]);
    await expect(jobManager().identify(`no host,${one.address}`, signal)).rejects.toBeInstanceOf(TypeError);
    expect(one.asked).toEqual([]);
  });

  it('is told by the one that was being asked when the time ran out', async () => {
    const stop = new AbortController();
    const silent = createServer(() => stop.abort());
    servers.push(silent);
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const error = await appErrorOf(jobManager().identify(`127.0.0.1:1,${address}`, stop.signal));
    expect([error.code, error.message]).toEqual(['budget.exceeded', expect.stringContaining(address)]);
  });

  it('that does not answer as Flink does is told by its address', async () => {
    const whole = ['GET /jobmanager/config', 'GET /jobs/overview', 'GET /overview'];
    const lines = [...whole, `GET /jobs/${JOB}`, EXCEPTIONS, CHECKPOINTS, METRICS];
    const at = await answering(Object.fromEntries(lines.map((line) => [line, [200, '"x"']])));
    const { identify, overview, slots, job, failureCause, checkpoints, restarts } = jobManager();
    const asks = [
      () => identify(at.address, signal),
      () => overview(at.address, signal),
      () => slots(at.address, signal),
      ...[job, failureCause, checkpoints, restarts].map((ask) => () => ask(at.address, JOB, signal)),
    ];
    for (const ask of asks) {
      const { code, message } = await appErrorOf(ask());
      expect([code, message]).toEqual([
        'flink.protocol',
        expect.stringContaining(`JobManager ${at.address} sent a reply that is not from Flink: `),
      ]);
    }
  });

  it.each([
    '<html>Not found, "errors"</html>',
    '{"message":"no route","errors":[]}',
    '["errors"]',
    '{"errors":[{"status":"404","title":"no route"}]}',
    '{"errors":{"path":"no route"}}',
  ])('does not say that a job is unknown where something else answers: %s', async (text) => {
    const at = await answering({ [`GET /jobs/${JOB}`]: [404, text] });
    expect((await appErrorOf(jobManager().job(at.address, JOB, signal))).code).toBe('flink.protocol');
  });

  it('names all jobs that it knows, with their states', async () => {
    const jobs = [
      { jid: 'a', state: 'RUNNING', name: 'x' },
      { jid: 'b', state: 'FINISHED', name: 'y' },
    ];
    const at = await answering({ 'GET /jobs/overview': [200, { jobs }] });
    expect([...(await jobManager().overview(at.address, signal))]).toEqual([
      ['a', 'RUNNING'],
      ['b', 'FINISHED'],
    ]);
  });

  it('says that it does not know a job; a 404 of anybody else says nothing', async () => {
    const answers: Record<string, Answer> = {};
    const at = await answering(answers);
    expect(await jobManager().job(at.address, JOB, signal)).toBeNull();
    answers[`GET /jobs/${JOB}`] = [404, '<html>Not found</html>'];
    expect((await appErrorOf(jobManager().job(at.address, JOB, signal))).code).toBe('flink.protocol');
    answers[`GET /jobs/${JOB}`] = [500, { errors: ['a.b.CException: it is broken'] }];
    const error = await appErrorOf(jobManager().job(at.address, JOB, signal));
    expect([error.code, error.message]).toEqual(['flink.failed', `JobManager ${at.address}: it is broken`]);
    answers[`GET /jobs/${JOB}`] = [202, { jid: JOB, state: 'RUNNING', 'end-time': -1, timestamps: { RUNNING: 7 } }];
    expect(await jobManager().job(at.address, JOB, signal)).toEqual({ state: 'RUNNING', ranAt: 7, endedAt: null });
  });

  const EXCEPTIONS = `GET /jobs/${JOB}/exceptions?maxExceptions=1`;
  const failedIn = (taskName: string | null, ...others: string[]): object => {
    const concurrentExceptions = others.map((other) => ({ taskName: other }));
    const entry = { exceptionName: 'a.B', stacktrace: 'a.b.CException: it is why', taskName, concurrentExceptions };
    return { exceptionHistory: { entries: [entry] } };
  };

  it.each([
    [
      { exceptionHistory: { entries: [{ exceptionName: 'a.B', stacktrace: 'a.b.CException: it is why' }] } },
      'it is why',
    ],
    [{ exceptionHistory: { entries: [{ exceptionName: 'a.BException', stacktrace: null }] } }, 'BException'],
    [{ exceptionHistory: { entries: [] }, 'root-exception': 'a.b.CException: the root' }, 'the root'],
    [
      failedIn('Source: orders[1] -> Calc[2] -> Sink: totals[3] (1/4) - execution #0'),
      'Source: orders[1] -> Calc[2] -> Sink: totals[3]: it is why',
    ],
    [failedIn(null), 'it is why'],
    [
      failedIn(null, 'Source: a[1] (1/2) - execution #0', 'Source: a[1] (2/2) - execution #0'),
      'Source: a[1]: it is why',
    ],
    [failedIn(null, 'Source: a[1] (1/2)', 'Source: b[2] (1/2)'), 'it is why'],
    [
      failedIn(`Source: orders[1] -> Calc[2], password=hunter22`),
      'Source: orders[1] -> Calc[2], password=******: it is why',
    ],
    [failedIn(' Source:  orders[1]\n -> Calc[2] (12/345) - execution #0'), 'Source: orders[1] -> Calc[2]: it is why'],
    [failedIn(' Sink (x) '), 'Sink (x): it is why'],
    [failedIn('Sink: '.repeat(1_000)), `${'Sink: '.repeat(33)}Si: it is why`],
    [{ 'root-exception': 'a.b.CException: the root' }, 'the root'],
    [{ 'root-exception': null }, null],
    [{}, null],
  ])('says why a job failed: %j', async (reply, cause) => {
    const at = await answering({ [EXCEPTIONS]: [200, reply] });
    expect(await jobManager().failureCause(at.address, JOB, signal)).toBe(cause);
  });

  const RESULT = `GET /jobs/${JOB}/execution-result`;
  const cause = 'a.b.NoResourceAvailableException: Not enough resources available for scheduling.';
  const ended = (failure: object) => ({ status: { id: 'COMPLETED' }, 'job-execution-result': failure });
  it.each<[string, object, Answer | undefined, unknown]>([
    [
      'is told where only its result has it (2.x, a job that never got its slots)',
      { exceptionHistory: { entries: [], truncated: false } },
      [200, ended({ 'failure-cause': { class: 'a.b.NoResourceAvailableException', 'stack-trace': cause } })],
      expect.stringMatching(/^Not enough resources available for scheduling\. The cluster has no free task slots: /),
    ],
    ['is not known of a job that has not ended', {}, [200, { status: { id: 'IN_PROGRESS' } }], null],
    ['is not known of one that did not fail', {}, [200, ended({ 'application-status': 'SUCCEEDED' })], null],
    ['is not known of one that Flink forgets meanwhile', {}, [404, { errors: ['Job not found'] }], null],
  ])('why a job failed %s', async (_what, reply, result, told) => {
    const at = await answering({ [EXCEPTIONS]: [200, reply], ...(result === undefined ? {} : { [RESULT]: result }) });
    expect(await jobManager().failureCause(at.address, JOB, signal)).toEqual(told);
  });

  it('why a job failed is not asked twice where its history has it', async () => {
    const at = await answering({ [EXCEPTIONS]: [200, failedIn('Source: a[1]')] });
    await jobManager().failureCause(at.address, JOB, signal);
    expect(at.asked).toEqual([EXCEPTIONS]);
  });

  const METRICS = `GET /jobs/${JOB}/metrics?get=numRestarts,fullRestarts`;
  const metric = (id: string, value: unknown) => ({ id, value });
  it.each<[string, Answer, number | null]>([
    ['1.20', [200, [metric('numRestarts', '3'), metric('fullRestarts', '2')]], 3],
    ['one that names them the other way round', [200, [metric('fullRestarts', '2'), metric('numRestarts', '3')]], 3],
    ['one that counts in halves', [200, [metric('numRestarts', '3.5')]], null],
    ['one that counts more than there can be', [200, [metric('numRestarts', '1234567890')]], null],
    ['one that has no count of it', [200, [{ id: 'numRestarts' }, metric('fullRestarts', null)]], null],
    ['2.3', [200, [metric('numRestarts', '12')]], 12],
    ['one that is older', [200, [metric('fullRestarts', '4')]], 4],
    ['one that has not counted yet', [200, []], null],
    ['one that counts in words', [200, [metric('numRestarts', 'NaN')]], null],
    ['one that does not count in whole numbers', [200, [metric('numRestarts', '-1'), metric('x', '7')]], null],
    ['one that forgets the job', [404, { errors: ['Job not found'] }], null],
  ])('how often a job was restarted, of %s', async (_which, reply, restarts) => {
    const at = await answering({ [METRICS]: reply });
    expect(await jobManager().restarts(at.address, JOB, signal)).toBe(restarts);
  });

  it('how many slots a cluster has', async () => {
    const at = await answering({ 'GET /overview': [200, { 'slots-total': 4, 'slots-available': 1, taskmanagers: 2 }] });
    expect(await jobManager().slots(at.address, signal)).toEqual({ total: 4, free: 1 });
  });

  const CHECKPOINTS = `GET /jobs/${JOB}/checkpoints`;
  const CHECKPOINT_CONFIG = `${CHECKPOINTS}/config`;
  const state = (path: string, more: object = {}) => ({
    ...{ is_savepoint: false, latest_ack_timestamp: 5, external_path: path, status: 'COMPLETED', discarded: false },
    ...more,
  });
  const history = (...states: object[]): Answer => [
    200,
    { latest: { completed: null, savepoint: null, restored: null }, history: states },
  ];
  const kept: Answer = [200, { externalization: { enabled: true, delete_on_cancellation: false } }];

  it('says what a job has left, and is asked how long checkpoints stay only where there is one', async () => {
    const answers: Record<string, Answer> = { [CHECKPOINTS]: history(state('s3://chk')), [CHECKPOINT_CONFIG]: kept };
    const at = await answering(answers);
    expect(await jobManager().checkpoints(at.address, JOB, signal)).toEqual({
      completed: [{ path: 's3://chk', isSavepoint: false, completedAt: 5, discarded: false }],
      restoredFrom: null,
      retention: 'afterFailureAndCancel',
    });
    expect(at.asked).toEqual([CHECKPOINTS, CHECKPOINT_CONFIG]);
    answers[CHECKPOINTS] = history(state('s3://x', { discarded: true }), state('s3://chk'));
    expect(await jobManager().checkpoints(at.address, JOB, signal)).toMatchObject({
      retention: 'afterFailureAndCancel',
    });
    for (const more of [{ is_savepoint: true }, { discarded: true }]) {
      at.asked.splice(0);
      answers[CHECKPOINTS] = history(state('s3://x', more));
      expect(await jobManager().checkpoints(at.address, JOB, signal)).toMatchObject({ retention: 'never' });
      expect(at.asked).toEqual([CHECKPOINTS]);
    }
  });

  it('that knows nothing of the checkpoints of a job is no error, and one that can not say it is', async () => {
    const answers: Record<string, Answer> = {};
    const at = await answering(answers);
    expect(await jobManager().checkpoints(at.address, JOB, signal)).toBeNull();
    answers[CHECKPOINTS] = [404, 'nothing here'];
    expect((await appErrorOf(jobManager().checkpoints(at.address, JOB, signal))).code).toBe('flink.protocol');
    answers[CHECKPOINTS] = history(state('s3://chk'));
    answers[CHECKPOINT_CONFIG] = [200, '{}'];
    const error = await appErrorOf(jobManager().checkpoints(at.address, JOB, signal));
    expect(error.message).toContain(`JobManager ${at.address} sent a reply that is not from Flink`);
  });

  const CANCEL = `PATCH /jobs/${JOB}?mode=cancel`;
  const BY_YARN = `GET /jobs/${JOB}/yarn-cancel`;

  it.each([202, 404, 409])('has ended a job, or will, when it answers a cancel with %d', async (status) => {
    const at = await answering({ [CANCEL]: [status, { errors: ['x'] }] });
    await jobManager().cancel(at.address, JOB, signal);
    expect(at.asked).toEqual([CANCEL]);
  });

  it.each([
    [404, '<html>Not found</html>'],
    [404, '{"message":"no route","errors":[]}'],
    [404, '{"errors":[{"status":"404"}]}'],
    [404, ''],
    [409, 'Conflict'],
    [409, '{"error":"rate limit"}'],
  ])('has not ended a job where something else answers a cancel: %d %s', async (status, text) => {
    const answers: Record<string, Answer> = { [CANCEL]: [status, text], [BY_YARN]: [status, text] };
    const at = await answering(answers);
    expect((await appErrorOf(jobManager().cancel(at.address, JOB, signal))).code).toBe('flink.protocol');
    answers[CANCEL] = [405, 'no'];
    expect((await appErrorOf(jobManager().cancel(at.address, JOB, signal))).code).toBe('flink.protocol');
  });

  it.each([405, 501])('behind a proxy that passes on no PATCH (%d) is asked in the way of YARN', async (status) => {
    const answers: Record<string, Answer> = { [CANCEL]: [status, 'no'], [BY_YARN]: [202, {}] };
    const at = await answering(answers);
    await jobManager().cancel(at.address, JOB, signal);
    expect(at.asked).toEqual([CANCEL, BY_YARN]);
    answers[BY_YARN] = [500, { errors: ['a.b.CException: it is broken'] }];
    expect((await appErrorOf(jobManager().cancel(at.address, JOB, signal))).code).toBe('flink.failed');
  });

  it('that fails to cancel says so', async () => {
    const at = await answering({ [CANCEL]: [500, { errors: ['a.b.CException: it is broken'] }] });
    expect((await appErrorOf(jobManager().cancel(at.address, JOB, signal))).message).toContain('broken');
  });

  it.each([
    ['jm:8081', 'http://jm:8081'],
    ['https://jm:8081/x//', 'https://jm:8081/x'],
    ['http://jm', 'http://jm'],
    ['nothttp://jm', 'http://nothttp://jm'],
  ])('at %s is asked at %s', (address, url) => expect(urlOf(address)).toBe(url));
});
