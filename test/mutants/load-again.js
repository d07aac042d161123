/**
 * Loads tests and code once more for each mutant that acts while a file is loaded: `?again=N` behind the address of a test
 * goes on to all that it imports. Code of packages is loaded once.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';

const WORDS = new URL('./vitest-words.js', import.meta.url).href;
const AGAIN = /\?again=\d+$/;

export async function resolve(specifier, context, next) {
  const { parentURL = '' } = context;
  if (specifier === 'vitest' && parentURL !== WORDS) return { url: WORDS, shortCircuit: true };
  const found = await next(specifier, context);
  const again = AGAIN.exec(parentURL)?.[0];
  const isOurs = found.url.startsWith('file:') && !found.url.includes('/node_modules/') && found.url !== WORDS;
  return again !== undefined && isOurs && !found.url.includes('?') ? { ...found, url: found.url + again } : found;
}

const sources = new Map();

async function sourceOf(path) {
  const { code } = await transform(await readFile(path, 'utf8'), { loader: 'ts', format: 'esm', target: 'node20.19' });
  return code;
}

export async function load(url, context, next) {
  const plain = url.replace(AGAIN, '');
  if (!plain.startsWith('file:') || !plain.endsWith('.ts')) return next(url, context);
  const path = fileURLToPath(plain);
  if (!sources.has(path)) sources.set(path, sourceOf(path));
  return { format: 'module', source: await sources.get(path), shortCircuit: true };
}
