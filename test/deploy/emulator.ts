/** An emulator of AWS on this machine: it runs the real zips, in processes of their own, under the rights of their roles. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Children } from '../../local/children.ts';
import { freePorts } from '../../local/ports.ts';
import { getJson, waitUntil } from '../../local/wait-until.ts';
import { install } from './install.ts';

export const REGION = 'us-east-1';
const START_MS = 60_000;

export interface Emulator {
  readonly url: string;
  /** What a client of AWS needs to know of it. */
  readonly env: Readonly<Record<string, string>>;
  /** An address of an HTTP API that any client can use: not every machine finds the names that the emulator gives. */
  openApi(apiId: string): Promise<string>;
  /** A request as AWS's JSON protocol has it; rejects with what the emulator said when it is none of success. */
  call(service: string, target: string, body: object): Promise<Record<string, unknown>>;
  /** A request to a service whose operations are paths. */
  rest(service: string, method: string, path: string, body: object): Promise<Record<string, unknown>>;
  /** A new user with this policy alone: what a client needs to be that user. */
  userWith(policy: string): Promise<Readonly<Record<string, string>>>;
  stop(): Promise<void>;
}

export async function startEmulator(): Promise<Emulator> {
  const { emulator, nodeFolder } = install();
  const folder = mkdtempSync(join(tmpdir(), 'dinghy-aws-'));
  const below = (name: string): string => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  };
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const children = new Children();
  const doors: Server[] = [];
  // The functions inherit all of it, and nothing of this process.
  const env = {
    ...{ PATH: `${nodeFolder}:/usr/bin:/bin`, HOME: below('home'), TMPDIR: below('tmp'), AWS_ENDPOINT_URL: url },
    ...{
      STATE_DIR: below('state'),
      S3_DATA_DIR: below('s3'),
      PERSIST_STATE: '0',
      LAMBDA_EXECUTOR: 'local',
      AUTH: 'true',
    },
    ...{ BIND_HOST: '127.0.0.1', GATEWAY_PORT: String(port), MINISTACK_HOST: 'localhost' },
    ...{ SFTP_ENABLED: '0', IOT_MTLS_ENABLED: '0' },
  };
  const child = children.start({
    ...{ name: 'the emulator of AWS', command: emulator, args: [], logFile: join(folder, 'log'), env, cwd: folder },
  });
  const isReady = async (): Promise<boolean> => (await getJson(`${url}/_ministack/health`)) !== undefined;
  await waitUntil('The emulator of AWS', isReady, { timeoutMs: START_MS, needs: [child] });
  return {
    url,
    env: {
      ...{ AWS_ENDPOINT_URL: url, AWS_REGION: REGION, AWS_EC2_METADATA_DISABLED: 'true' },
      ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    },
    openApi: async (apiId) => {
      const door = forwardTo(port, `${apiId}.execute-api.localhost:${port}`);
      doors.push(door);
      await once(door.listen(0, '127.0.0.1'), 'listening');
      return `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
    },
    call: (service, target, body) => send(url, service, { method: 'POST', path: '/', target, body }),
    rest: (service, method, path, body) => send(url, service, { method, path, body }),
    userWith: async (policy) => {
      const ask = (Action: string, more: object = {}) => iam(url, { Action, UserName: 'deployer', ...more });
      await ask('CreateUser');
      await ask('PutUserPolicy', { PolicyName: 'deploy', PolicyDocument: policy });
      const key = await ask('CreateAccessKey');
      const part = (name: string): string => new RegExp(`<${name}>([^<]+)`).exec(key)?.[1] ?? '';
      return { AWS_ACCESS_KEY_ID: part('AccessKeyId'), AWS_SECRET_ACCESS_KEY: part('SecretAccessKey') };
    },
    stop: async () => {
      for (const door of doors) door.close().closeAllConnections();
      await children.endAll();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Sends what comes on to the emulator, under the name by which it knows the API. */
function forwardTo(port: number, name: string): Server {
  return createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const inner = request(
      { host: '127.0.0.1', port, method, path: url, headers: { ...headers, host: name } },
      (reply) => {
        outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(outgoing);
      },
    );
    inner.on('error', () => outgoing.destroy());
    incoming.pipe(inner);
  });
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly target?: string;
  readonly body: object;
}

/** IAM speaks forms and XML. */
async function iam(url: string, parameters: Readonly<Record<string, string>>): Promise<string> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { authorization: authorization('iam') },
    body: new URLSearchParams({ Version: '2010-05-08', ...parameters }),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`iam ${parameters['Action'] ?? ''}: HTTP ${reply.status} ${text}`);
  return text;
}

/** The emulator reads whose key it is, and checks no signature of the one who owns the account. */
function authorization(service: string): string {
  return `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
}

async function send(
  url: string,
  service: string,
  { method, path, target, body }: Request,
): Promise<Record<string, unknown>> {
  const reply = await fetch(url + path, {
    method,
    headers: {
      authorization: authorization(service),
      'content-type': target === undefined ? 'application/json' : 'application/x-amz-json-1.1',
      ...(target === undefined ? {} : { 'x-amz-target': target }),
    },
    ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${service} ${target ?? path}: HTTP ${reply.status} ${text}`);
  return (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
}
