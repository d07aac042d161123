import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SERVED } from '../../lib/http/served.ts';
import { ROOT, STATE_DIR } from '../../local/paths.ts';
import { welcome } from '../../local/welcome.ts';

const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const ROUTES = SERVED.map(({ path }) => path);

const URLS = {
  apiUrl: 'http://127.0.0.1:8888',
  restUrl: 'http://127.0.0.1:8081',
  gatewayUrl: 'http://127.0.0.1:8083',
  dynamodbUrl: 'http://127.0.0.1:8000',
};

const told = (auth: 'none' | 'keys' = 'none', dataDir = STATE_DIR) =>
  welcome({ urls: URLS, tookMs: 1_000, options: { auth, dataDir } });

describe('what people are told to call', () => {
  it.each([
    ['the welcome', told()],
    ['the welcome with keys', told('keys')],
    ['the examples', read('examples/examples.yaml')],
  ])('%s names only calls that are served', (_what, text) => {
    const calls = [...text.matchAll(/127\.0\.0\.1:8888(\/openapi\/\w+)/g)].map(([, path]) => path);
    expect(calls).not.toEqual([]);
    expect(ROUTES).toEqual(expect.arrayContaining(calls));
  });

  it('the welcome with keys says how to make one, and sends it', () => {
    const text = told('keys');
    expect(text).toContain('npx dinghy keys create me --local;');
    expect(text.match(/curl -H "dinky-token: \$KEY" '/g)).toHaveLength(3);
    expect(told()).not.toMatch(/keys|token/);
  });

  it('the welcome says how to apply definitions to this stack, wherever it keeps its data', () => {
    expect(told()).toContain('npx dinghy apply examples --local\n');
    expect(told('none', '/tmp/my stack')).toContain("npx dinghy apply examples --local --data-dir '/tmp/my stack'\n");
    expect(told('keys', '/tmp/x')).toContain('npx dinghy keys create me --local --data-dir /tmp/x;');
  });
});
