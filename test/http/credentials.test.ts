/** Where API keys are taken from, and where they are seen and not taken. */
import { describe, expect, it } from 'vitest';
import { presentedBy } from '../../lib/http/credentials.ts';
import { toRequest } from '../../lib/http/request.ts';
import { aSecret } from '../builders/access-key.ts';
import { anEvent, type Call } from '../builders/event.ts';

const KEY = aSecret(1);
const OTHER = aSecret(2);

const eventOf = (call: Call, headers: Record<string, string> = {}, cookies?: string[]) => {
  const event = anEvent(call);
  return { ...event, headers: { ...event.headers, ...headers }, ...(cookies === undefined ? {} : { cookies }) };
};
const presented = (call: Call, headers?: Record<string, string>, cookies?: string[]) =>
  presentedBy(eventOf(call, headers, cookies), 'r1');

describe('an API key is taken from', () => {
  it.each<[string, Call, Record<string, string>, string[]]>([
    ['dinky-token', {}, { 'dinky-token': KEY }, [KEY]],
    ['Dinky-Token', {}, { 'Dinky-Token': ` ${KEY} ` }, [KEY]],
    ['Authorization', {}, { Authorization: `Bearer ${KEY}` }, [KEY]],
    ['authorization, in capitals', {}, { authorization: `BEARER   ${KEY}` }, [KEY]],
    ['the path', { path: `/k/${KEY}/openapi/version` }, {}, [KEY]],
    ['the path of a custom domain', { path: `/flink/k/${KEY}/openapi/version` }, {}, [KEY]],
    ['the path of the API document', { path: `/k/${KEY}/openapi.json` }, {}, [KEY]],
    ['the path, encoded', { path: `/k/${KEY.replace('_', '%5F')}/openapi/version` }, {}, [KEY]],
    ['a header that was sent twice', {}, { 'dinky-token': `${KEY},${OTHER}` }, [KEY, OTHER]],
    ['both headers', {}, { 'dinky-token': KEY, authorization: `Bearer ${OTHER}` }, [KEY, OTHER]],
    ['a header and the path', { path: `/k/${OTHER}/openapi/version` }, { 'dinky-token': KEY }, [KEY, OTHER]],
    ['the path, whatever it is', { path: '/k/100%/openapi/version' }, {}, ['100%']],
  ])('%s', (_, call, headers, keys) => expect(presented(call, headers).keys).toEqual(keys));

  it.each<[string, Call, Record<string, string>, string[], string]>([
    ['the query', { query: `id=1&token=${KEY}` }, {}, [], 'the query'],
    ['the query, encoded', { query: `token=${KEY.replace('_', '%5F')}` }, {}, [], 'the query'],
    ['the body', { method: 'POST', body: JSON.stringify({ id: 1, token: KEY }) }, {}, [], 'the body'],
    ['a body in base 64', { method: 'POST', body: JSON.stringify({ token: KEY }), base64: true }, {}, [], 'the body'],
    ['a cookie', {}, {}, [`token=${KEY}`], 'a cookie'],
    ['another header', {}, { 'x-api-key': KEY }, [], 'another header'],
    ['Authorization alone', {}, { authorization: KEY }, [], 'the header "authorization" without "Bearer"'],
    ['another part of the path', { path: `/openapi/${KEY}/version` }, {}, [], 'another part of the path'],
    ['the end of the path', { path: `/openapi/version/k/${KEY}` }, {}, [], 'another part of the path'],
  ])('not from %s, which is named', (_, call, headers, cookies, place) => {
    const { keys, misplaced } = presented(call, headers, cookies);
    expect([keys, misplaced()]).toEqual([[], place]);
  });

  it('nowhere, if there is none', () => {
    const { keys, misplaced } = presented({ query: 'id=1&dk_x=1', method: 'POST', body: '{"id": 1}' });
    expect([keys, misplaced()]).toEqual([[], null]);
  });
});

describe('what API Gateway has found out', () => {
  const withAuthorizer = (authorizer: object) => {
    const event = anEvent();
    return presentedBy({ ...event, requestContext: { ...event.requestContext, authorizer } } as never, 'r1');
  };
  it('is taken from its own part of the event', () => {
    expect(withAuthorizer({ iam: { userArn: 'arn:aws:iam::1:user/a' } }).iamArn).toBe('arn:aws:iam::1:user/a');
    expect(withAuthorizer({ jwt: { claims: { sub: 'me' }, scopes: null } }).jwtSubject).toBe('me');
  });
  it.each([{}, { iam: {} }, { iam: { userArn: '' } }, { jwt: {} }, { jwt: { claims: { sub: 5 } } }])(
    'and is nothing where there is nothing: %j',
    (authorizer) => {
      const { iamArn, jwtSubject } = withAuthorizer(authorizer);
      expect([iamArn, jwtSubject]).toEqual([null, null]);
    },
  );
  it('is not taken from headers', () => {
    const { iamArn, jwtSubject } = presented({}, { 'x-amzn-iam-user-arn': 'arn:aws:iam::1:root', sub: 'me' });
    expect([iamArn, jwtSubject]).toEqual([null, null]);
  });
});

it('a request has no trace of a key in its path', () => {
  expect(toRequest(eventOf({ path: `/k/${KEY}/openapi/submitTask` })).path).toBe('/openapi/submitTask');
});
