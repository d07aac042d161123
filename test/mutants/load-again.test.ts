/** How the mutation runs load code: in a form that Node can run. */
import { expect, it } from 'vitest';

interface Loader {
  load(url: string, context: object, next: () => Promise<never>): Promise<{ readonly source: string }>;
}

it('leaves it said that a file of JSON is loaded: without that Node refuses it', async () => {
  const { load } = (await import(new URL('./load-again.js', import.meta.url).href)) as Loader;
  const url = new URL('../../lib/http/served.ts', import.meta.url).href;
  const { source } = await load(`${url}?again=0`, {}, () => Promise.reject(new Error('not asked for')));
  expect(source).toMatch(/routes\.json" with \{ type: "json" \}/);
});
