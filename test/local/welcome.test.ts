import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SERVED } from '../../lib/http/served.ts';
import { ROOT } from '../../local/paths.ts';
import { welcome } from '../../local/welcome.ts';

const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const ROUTES = SERVED.map(({ path }) => path);

const urls = {
  apiUrl: 'http://127.0.0.1:8888',
  restUrl: 'http://127.0.0.1:8081',
  gatewayUrl: 'http://127.0.0.1:8083',
  dynamodbUrl: 'http://127.0.0.1:8000',
};

describe('what people are told to call', () => {
  it.each([
    ['the welcome', welcome(urls, 1_000)],
    ['the welcome with keys', welcome(urls, 1_000, 'keys')],
    ['the examples', read('examples/examples.yaml')],
  ])('%s names only calls that are served', (_what, text) => {
    const calls = [...text.matchAll(/127\.0\.0\.1:8888(\/openapi\/\w+)/g)].map(([, path]) => path);
    expect(calls).not.toEqual([]);
    expect(ROUTES).toEqual(expect.arrayContaining(calls));
  });

  it('the welcome with keys says how to make one, and sends it', () => {
    const text = welcome(urls, 1_000, 'keys');
    expect(text).toContain('npx dinghy keys create me --local;');
    expect(text.match(/curl -H "dinky-token: \$KEY" '/g)).toHaveLength(3);
    expect(welcome(urls, 1_000)).not.toMatch(/keys|token/);
  });

  it('the welcome says how to apply definitions to the DynamoDB that is used', () => {
    expect(welcome(urls, 1_000)).toContain('npx dinghy apply examples --local\n');
    const elsewhere = welcome({ ...urls, dynamodbUrl: 'http://b:1' }, 1_000);
    expect(elsewhere).toContain('npx dinghy apply examples --endpoint http://b:1 --table dinghy-definitions-local\n');
  });
});
