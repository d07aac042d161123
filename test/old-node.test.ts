/** A Node that is too old is told in one line, by whatever is started first: npm start, npm test, the command. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  bin: { dinghy: string };
  scripts: Record<string, string>;
  engines: { node: string };
};
const nodeProblem = createRequire(import.meta.url)('../cli/require-node.cjs') as (version: string) => string | null;

/** A file that says, before anything else is read, that this is another Node. */
const pretend = (version: string): string => {
  const file = join(mkdtempSync(join(tmpdir(), 'dinghy-node-')), 'pretend.cjs');
  writeFileSync(file, `Object.defineProperty(process.versions, 'node', { value: '${version}' });`);
  return file;
};

describe('a Node', () => {
  it.each(['0.10.48', '4.9.1', '8.17.0', '16.20.2', '18.20.8', '20.0.0', '20.9.0', '20.18.3', '9.99.99'])(
    '%s is too old',
    (version) => {
      expect(nodeProblem(version)).toBe(
        `Dinghy needs Node 20.19 or later, and this is Node ${version}. Install a newer one, then try again.`,
      );
    },
  );

  it.each(['20.19.0', '20.19.5', '20.20.0', '21.0.0', '22.0.0', '24.11.1', '100.0.0'])('%s will do', (version) => {
    expect(nodeProblem(version)).toBeNull();
  });

  it('is as old as package.json says', () => expect(manifest.engines.node).toBe('>=20.19'));
});

describe('the first file', () => {
  const firstFiles = ['cli/require-node.cjs', manifest.bin.dinghy];

  it.each(firstFiles)('%s can be read by any Node: it is ES5', (file) => {
    const text = readFileSync(join(ROOT, file), 'utf8').replace(/^#!.*/, '');
    const printed = (target: ts.ScriptTarget): string =>
      ts.transpileModule(text, { compilerOptions: { allowJs: true, target }, fileName: 'first.js' }).outputText;
    // What TypeScript would have to rewrite for ES5 is newer than ES5.
    expect(printed(ts.ScriptTarget.ES5)).toBe(printed(ts.ScriptTarget.ESNext));
  });

  it.each([
    ['the command', [manifest.bin.dinghy, '--help']],
    ['npm start', ['cli/require-node.cjs']],
  ])('%s says it in one line and ends with 1', (_what, args) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', pretend('16.20.2'), ...args], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^Dinghy needs Node [^\n]*16\.20\.2[^\n]*\n$/);
  });

  it.each(['start', 'test', 'test:unit'])('npm run %s begins with it', (script) => {
    expect(manifest.scripts[script]).toMatch(/^node cli\/require-node\.cjs && /);
  });
});
