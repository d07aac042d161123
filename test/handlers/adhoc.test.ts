/** executeSql and executeJar through the real handlers: who may call them, where, and what an answer keeps to itself. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { accessKeyRegistry } from '../../lib/adapters/dynamo/access-key-registry.ts';
import { dynamoClient } from '../../lib/adapters/dynamo/client.ts';
import { dynamoItems } from '../../lib/adapters/dynamo/items.ts';
import type { HttpHandler } from '../../lib/http/route.ts';
import { aKey, aSecret } from '../builders/access-key.ts';
import { callHandler, type Envelope } from '../builders/event.ts';
import { type Bed, startBed } from './bed.ts';

const NOBODY = '127.0.0.1:9';
const PATHS = ['/openapi/executeSql', '/openapi/executeJar'];
const BODY = JSON.stringify({ statement: 'SELECT 1' });
const OFF =
  /^This deployment does not allow statements without a stored task.*ADHOC.*--param adhoc=true.*npm start -- --adhoc/;

let bed: Bed;
beforeAll(async () => {
  bed = await startBed({ AUTH: 'keys', SQL_GATEWAY_URL: `http://${NOBODY}`, FLINK_REST: NOBODY });
  const { AWS_ENDPOINT_URL_DYNAMODB, DEFINITIONS_TABLE = '', JOBS_TABLE = '' } = process.env;
  const items = dynamoItems(dynamoClient(AWS_ENDPOINT_URL_DYNAMODB));
  const keys = accessKeyRegistry(items, { definitions: DEFINITIONS_TABLE, jobs: JOBS_TABLE });
  await keys.create(aKey(1, { verbs: ['adhoc'] }));
  await keys.create(aKey(2));
  await keys.create(aKey(3, { verbs: ['adhoc'], tasks: '1-2147483647' }));
});
afterAll(() => bed.stop());

/** The function as it is after a start with this setting. */
async function handlerWith(setting: string | undefined, auth = 'keys'): Promise<HttpHandler> {
  vi.resetModules();
  vi.stubEnv('AUTH', auth);
  vi.stubEnv('ADHOC', setting);
  return ((await import('../../handlers/submit.ts')) as { handler: HttpHandler }).handler;
}

async function ask(handler: HttpHandler, path: string, key: number | null, body = BODY): Promise<Envelope> {
  const withKey: HttpHandler = (event, context) =>
    handler(
      { ...event, headers: { ...event.headers, ...(key === null ? {} : { 'dinky-token': aSecret(key) }) } },
      context,
    );
  return await callHandler(withKey, { method: 'POST', path, body });
}

describe.each(PATHS)('%s', (path) => {
  it.each([undefined, '', 'false'])(
    'is off with ADHOC=%s, for every caller, and says how to turn it on',
    async (setting) => {
      const before = await bed.jobItems();
      const handler = await handlerWith(setting);
      for (const key of [1, 2, 3]) {
        for (const body of [BODY, '', '{', '{"id": 1}']) {
          const { msg, data } = await ask(handler, path, key, body);
          expect(msg).toMatch(OFF);
          expect(data).toBe(null);
        }
      }
      expect((await ask(handler, path, null)).msg).toMatch(/needs an API key/);
      expect(await bed.jobItems()).toEqual(before);
    },
  );

  it('is off where everybody is let in, unless it is allowed', async () => {
    expect((await ask(await handlerWith('', 'none'), path, null)).msg).toMatch(OFF);
    expect((await ask(await handlerWith('true', 'none'), path, null)).msg).not.toMatch(OFF);
  });

  it('with ADHOC=true takes a key with the verb adhoc and all tasks, and no other', async () => {
    const handler = await handlerWith('true');
    expect((await ask(handler, path, null)).msg).toMatch(/needs an API key/);
    expect((await ask(handler, path, 2)).msg).toMatch(/^This call needs the verb "adhoc"/);
    expect((await ask(handler, path, 3)).msg).toMatch(
      /may not use its own statements, which need a key for all tasks\. It may use: 1-2147483647\.$/,
    );
    expect((await ask(handler, path, 1)).msg).toMatch(/out of reach|starts its job with/);
  });

  it('answers GET as a call that takes POST', async () => {
    const handler = await handlerWith('true', 'none');
    expect((await callHandler(handler, { path, query: 'statement=SELECT+1' })).msg).toBe(
      `${path} takes POST, not GET.`,
    );
  });

  it('names no task in what it says', async () => {
    const handler = await handlerWith('true', 'none');
    const bodies = [
      ...[
        { statement: 'SELECT 1', clusterId: 77 },
        { statement: 'SELECT 1', type: 'yarn-application' },
      ],
      ...[
        { statement: 'SELECT 1', envId: 99 },
        { statement: 'INSERT INTO a SELECT 1; SELECT 1' },
        { statement: 'SELECT 1', dialect: 'Mysql' },
      ],
      ...[
        { statement: 'SELECT 1', savePointStrategy: 3 },
        { statement: "SELECT '${x}'" },
        { jarPath: 'ftp://x/a.jar' },
      ],
      ...[{ statement: 'SELECT 1', configuration: { 'execution.target': 'local' } }, { statement: 'SELECT 1' }],
    ];
    for (const body of bodies) {
      const { msg, success } = await ask(handler, path, null, JSON.stringify(body));
      expect(success).toBe(false);
      expect(msg).not.toMatch(/task (?:0|-\d+)/i);
    }
  });
});
