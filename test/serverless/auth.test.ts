/** What a deployment's --param auth makes of the routes, the authorizers and the words of a deploy. */
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { SERVED } from '../../lib/http/served.ts';

const require = createRequire(import.meta.url);

type Resolve = (variable: string) => Promise<string>;
type Variables = { readonly resolveVariable: Resolve };
interface Event {
  readonly httpApi: string | { readonly method: string; readonly path: string; readonly authorizer: unknown };
}

const events = require('../../serverless/events.cjs') as (from: Variables) => Promise<Record<string, Event[]>>;
const authorizers = require('../../serverless/authorizers.cjs') as (from: Variables) => Promise<object>;
const AuthNotice = require('../../serverless/auth-notice.cjs') as new (
  serverless: object,
  options: object,
  tools: object,
) => { hooks: Record<string, () => void> };

/** Settings as osls gives them. A variable of the shell is asked for under no name. */
const given = (settings: Record<string, string>): Variables => ({
  resolveVariable: (variable) => {
    if (variable.includes('env:AUTH')) throw new Error('the shell is asked');
    if (variable === "param:auth, 'keys'") return Promise.resolve(settings['auth'] ?? 'keys');
    return Promise.resolve(settings[variable.replace('self:custom.settings.', '')] ?? '');
  },
});
const JWT = { auth: 'jwt', jwtIssuer: 'https://issuer.example.com/', jwtAudience: 'dinghy, other' };

describe('the routes', () => {
  it.each(['keys', 'none'])('with auth=%s are open to API Gateway: the functions ask for keys', async (auth) => {
    const all = Object.values(await events(given({ auth }))).flat();
    expect(all).toHaveLength(2 * SERVED.flatMap(({ methods }) => methods).length + 4);
    expect(all.every(({ httpApi }) => typeof httpApi === 'string')).toBe(true);
  });

  it.each([
    [{ auth: 'iam' }, { type: 'aws_iam' }],
    [JWT, { name: 'callers' }],
  ])('with %j have an authorizer, all but those that are open to everybody', async (settings, authorizer) => {
    const all = Object.values(await events(given(settings))).flat();
    const open = SERVED.filter(({ verb }) => verb === null).map(({ path }) => path);
    for (const { httpApi } of all) {
      const path = typeof httpApi === 'string' ? httpApi.replace(/^\w+ (\/k\/\{key\})?/, '') : '';
      if (typeof httpApi === 'string') expect(open).toContain(path);
      else expect(httpApi.authorizer).toEqual(authorizer);
    }
    expect(all.some(({ httpApi }) => typeof httpApi !== 'string')).toBe(true);
  });

  it.each(['None', 'open', '', 'KEYS', 'keys,none'])('are not made with auth=%j', async (auth) => {
    await expect(events(given({ auth }))).rejects.toThrow('auth is not one of keys, none, iam, jwt');
  });
});

describe('the authorizers', () => {
  it.each(['keys', 'none', 'iam'])('are none of our own with auth=%s', async (auth) => {
    expect(await authorizers(given({ ...JWT, auth }))).toEqual({});
  });

  it('with auth=jwt take tokens of the issuer', async () => {
    expect(await authorizers(given(JWT))).toEqual({
      callers: {
        type: 'jwt',
        identitySource: '$request.header.Authorization',
        issuerUrl: 'https://issuer.example.com/',
        audience: ['dinghy', 'other'],
      },
    });
  });

  it.each([{ jwtIssuer: '' }, { jwtIssuer: 'http://issuer' }, { jwtAudience: '' }, { jwtAudience: ' , ' }])(
    'are not made of %j',
    async (change) => {
      await expect(authorizers(given({ ...JWT, ...change }))).rejects.toThrow('auth=jwt needs jwtIssuer');
    },
  );
});

describe('a deploy', () => {
  const said = (AUTH: string, ADHOC = 'false'): string[] => {
    const lines: string[] = [];
    const log = { warning: (line: string) => void lines.push(line) };
    const notice = new AuthNotice({ service: { provider: { environment: { AUTH, ADHOC } } } }, {}, { log });
    notice.hooks['before:deploy:deploy']?.();
    return lines;
  };
  it('with auth=none says what it means', () => {
    expect(said('none')).toEqual([expect.stringMatching(/can run code on your Flink/)]);
  });
  it('with auth=none and adhoc=true says that too', () => {
    expect(said('none', 'true')).toEqual([
      expect.stringMatching(/can run code on your Flink/),
      expect.stringMatching(/any statement and any jar/),
    ]);
  });
  it.each(['keys', 'iam', 'jwt'])('with auth=%s says nothing', (auth) => {
    expect([...said(auth), ...said(auth, 'true')]).toEqual([]);
  });
});
