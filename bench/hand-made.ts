/**
 * What a person with nothing but an HTTP client would do: the yardstick. node:http with a kept connection, which is
 * faster here than fetch; nothing is checked beyond the HTTP status, nothing is stored, nothing is repeated.
 */
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { measuredSql, type MeasuredTask, rateOf } from './measured-sql.ts';
import type { Side } from './side.ts';

const POLL_MS = 5;
const agent = new http.Agent({ keepAlive: true });

interface ResultReply {
  readonly resultType: string;
  readonly jobID?: string;
}

export interface PlainGateway {
  open(name: string): Promise<string>;
  configure(session: string, statement: string): Promise<void>;
  start(session: string, statement: string): Promise<string>;
  fetch(session: string, operation: string): Promise<ResultReply>;
  close(session: string): Promise<void>;
}

export function plainGateway(url: string): PlainGateway {
  const post = async (path: string, body: object): Promise<Record<string, string>> =>
    JSON.parse(await send('POST', `${url}${path}`, JSON.stringify(body)));
  return {
    open: async (name) => (await post('/sessions', { properties: { 'pipeline.name': name } }))['sessionHandle']!,
    configure: async (session, statement) => {
      await post(`/sessions/${session}/configure-session`, { statement });
    },
    start: async (session, statement) =>
      (await post(`/sessions/${session}/statements`, { statement }))['operationHandle']!,
    fetch: async (session, operation) =>
      JSON.parse(await send('GET', `${url}/sessions/${session}/operations/${operation}/result/0`)),
    close: async (session) => {
      await send('DELETE', `${url}/sessions/${session}`);
    },
  };
}

export function handMadeSide(task: MeasuredTask, gateway: PlainGateway): Side {
  return {
    prepare: () => Promise.resolve(),
    submit: async (n) => {
      const started = performance.now();
      const jobId = await submitByHand(task, gateway, n);
      return { ms: performance.now() - started, jobId };
    },
  };
}

async function submitByHand(task: MeasuredTask, gateway: PlainGateway, n: number): Promise<string> {
  const { ddl, insert } = measuredSql(task, rateOf(n));
  const session = await gateway.open(`hand-made-${n}`);
  for (const statement of ddl) await gateway.configure(session, statement);
  const operation = await gateway.start(session, insert);
  let reply = await gateway.fetch(session, operation);
  while (reply.resultType === 'NOT_READY') {
    await sleep(POLL_MS);
    reply = await gateway.fetch(session, operation);
  }
  await gateway.close(session);
  if (reply.jobID === undefined) throw new Error(`Hand-made submission ${n} gave no job id.`);
  return reply.jobID;
}

function send(method: string, url: string, body?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, agent }, (reply) => {
      let text = '';
      reply.setEncoding('utf8');
      reply.on('data', (chunk: string) => (text += chunk));
      reply.on('end', () => {
        if (reply.statusCode === 200) resolve(text);
        else reject(new Error(`${method} ${url} answered HTTP ${String(reply.statusCode)}: ${text.slice(0, 2_000)}`));
      });
      reply.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}
