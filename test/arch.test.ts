import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkArchitecture, type Files, importsOf } from './arch-rules.ts';

const ROOT = join(import.meta.dirname, '..');

function readTree(folders: string[]): Files {
  const files: Record<string, string> = {};
  for (const folder of folders.filter((name) => existsSync(join(ROOT, name)))) {
    for (const entry of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      const path = `${folder}/${entry.replaceAll('\\', '/')}`;
      if (/\.[cm]?[jt]s$/.test(path)) files[path] = readFileSync(join(ROOT, path), 'utf8');
    }
  }
  return files;
}

describe('the rooms of this repository', () => {
  it('keep their arrows, without cycles, barrels and drawers', () => {
    expect(checkArchitecture(readTree(['lib', 'handlers', 'cli', 'local', 'bench']))).toEqual([]);
  });
});

describe('importsOf', () => {
  it('sees every way of importing', () => {
    const text = `
      import a, { b } from './a.ts';
      import type { T } from './type.ts';
      import './side-effect.ts';
      export { c } from './c.ts';
      export * from './star.ts';
      export type { U } from './export-type.ts';
      import old = require('./old.ts');
      type V = import('./import-type.ts').V;
      const d = await import('./dynamic.ts');
      const e = await import(\`./template.ts\`);
      const f = require('./require.ts');
      const g = await import(d.path);
      // import './comment.ts'
      const h = "import './text.ts'";
      export { a };
    `;
    expect(importsOf('lib/domain/x.ts', text)).toEqual([
      './a.ts',
      './type.ts',
      './side-effect.ts',
      './c.ts',
      './star.ts',
      './export-type.ts',
      './old.ts',
      './import-type.ts',
      './dynamic.ts',
      './template.ts',
      './require.ts',
      null,
    ]);
  });
});

describe('checkArchitecture', () => {
  const value = 'export const x = 1;';
  const from = (path: string) => `import { x } from '${path}';\nexport const y = x;`;

  it('accepts every allowed arrow', () => {
    const files: Files = {
      'handlers/submit.ts': `import { app } from '../lib/app.ts';\nimport { route } from '../lib/http/route.ts';\nexport const handler = route(app);`,
      'lib/app.ts': `import { a } from './usecases/a.ts';\nimport { d } from './adapters/dynamo/store.ts';\nimport { l } from './adapters/log/json-log.ts';\nimport { c } from './config.ts';\nimport { e } from './domain/errors.ts';\nexport const app = [a, d, l, c, e];`,
      'lib/config.ts': from('./domain/errors.ts'),
      'lib/http/route.ts': `import type { APIGatewayProxyEventV2 } from 'aws-lambda';\nimport { e } from '../domain/errors.ts';\nimport { p } from './parse.ts';\nexport const route = (event: APIGatewayProxyEventV2) => [event, e, p];`,
      'lib/http/parse.ts': `import * as v from 'valibot';\nexport const p = v;`,
      'lib/usecases/a.ts': from('../domain/sql/split.ts'),
      'lib/adapters/dynamo/store.ts': `import { Dynamo } from '@aws-sdk/client-dynamodb';\nimport { k } from './keys.ts';\nimport { e } from '../../domain/errors.ts';\nexport const d = [Dynamo, k, e];`,
      'lib/adapters/dynamo/keys.ts': value,
      'lib/adapters/log/json-log.ts': value,
      'lib/adapters/sign-aws.ts': from('../domain/errors.ts'),
      'lib/adapters/secrets/ask.ts': from('../sign-aws.ts'),
      'lib/domain/errors.ts': value,
      'lib/domain/sql/split.ts': from('../errors.ts'),
      'cli/apply.ts': from('../lib/adapters/dynamo/store.ts'),
      'local/start.ts': from('../cli/apply.ts'),
      'bench/run.ts': from('../local/start.ts'),
    };
    expect(checkArchitecture(files)).toEqual([]);
  });

  it.each([
    ['a handler and a use case', 'handlers/a.ts', '../lib/usecases/b.ts'],
    ['a handler and the domain', 'handlers/a.ts', '../lib/domain/b.ts'],
    ['a handler and an adapter', 'handlers/a.ts', '../lib/adapters/log/json-log.ts'],
    ['a handler and another handler', 'lib/http/a.ts', '../../handlers/b.ts'],
    ['http and a use case', 'lib/http/a.ts', '../usecases/b.ts'],
    ['http and the composition root', 'lib/http/a.ts', '../app.ts'],
    ['http and the configuration', 'lib/http/a.ts', '../config.ts'],
    ['the composition root and http', 'lib/app.ts', './http/b.ts'],
    ['a use case and an adapter', 'lib/usecases/a.ts', '../adapters/dynamo/b.ts'],
    ['a use case and the configuration', 'lib/usecases/a.ts', '../config.ts'],
    ['a use case and http', 'lib/usecases/a.ts', '../http/b.ts'],
    ['the domain and a use case', 'lib/domain/a.ts', '../usecases/b.ts'],
    ['the domain and an adapter', 'lib/domain/sql/a.ts', '../../adapters/log/json-log.ts'],
    ['the domain and the configuration', 'lib/domain/a.ts', '../config.ts'],
    ['an adapter and a use case', 'lib/adapters/flink/a.ts', '../../usecases/b.ts'],
    ['an adapter and the configuration', 'lib/adapters/flink/a.ts', '../../config.ts'],
    ['two adapters', 'lib/adapters/flink/a.ts', '../dynamo/b.ts'],
    ['an adapter and a single-file adapter', 'lib/adapters/flink/a.ts', '../log.ts'],
    ['two single-file adapters', 'lib/adapters/sign-aws.ts', './system.ts'],
    ['a signer and an adapter', 'lib/adapters/sign-aws.ts', './secrets/b.ts'],
    ['lib and the command', 'lib/usecases/a.ts', '../../cli/b.ts'],
    ['lib and the local stack', 'lib/app.ts', '../local/b.ts'],
    ['lib and a test', 'lib/domain/a.ts', '../../test/b.ts'],
    ['the command and the local stack', 'cli/a.ts', '../local/b.ts'],
    ['lib and a file of no room', 'lib/app.ts', './services/b.ts'],
    ['SQL and a plan', 'lib/domain/sql/a.ts', '../plan/b.ts'],
    ['a plan and the protocol', 'lib/domain/plan/a.ts', '../run/b.ts'],
    ['a room of the domain and the ports', 'lib/domain/run/a.ts', '../ports.ts'],
    ['the errors and a room', 'lib/domain/errors.ts', './run/b.ts'],
    ['a step of a submit and the reconciler', 'lib/usecases/submit/a.ts', '../reconcile/b.ts'],
    ['a step and a story', 'lib/usecases/send/a.ts', '../submit-task.ts'],
  ])('refuses an arrow between %s', (_, path, target) => {
    expect(checkArchitecture({ [path]: from(target) })).toHaveLength(1);
  });

  it.each([
    ['a type import', `import type { X } from '../adapters/log/json-log.ts';\nexport type Y = X;`],
    ['an inline type', `export type Y = import('../adapters/log/json-log.ts').X;`],
    ['a re-export', `export { x } from '../adapters/log/json-log.ts';\nexport const y = 1;`],
    ['a dynamic import', `export const y = () => import('../adapters/log/json-log.ts');`],
    ['a computed import', `export const y = (path: string) => import(path);`],
  ])('refuses a wrong arrow hidden in %s', (_, text) => {
    expect(checkArchitecture({ 'lib/usecases/a.ts': text })).toHaveLength(1);
  });

  it.each([
    ['lib/domain/a.ts', 'node:crypto'],
    ['lib/domain/a.ts', 'valibot'],
    ['lib/usecases/a.ts', 'node:fs'],
    ['lib/usecases/a.ts', '@aws-sdk/client-dynamodb'],
    ['lib/http/a.ts', '@aws-sdk/client-dynamodb'],
    ['lib/app.ts', '@aws-sdk/client-dynamodb'],
    ['handlers/a.ts', 'node:fs'],
  ])('refuses %s importing %s', (path, name) => {
    expect(checkArchitecture({ [path]: from(name) })).toEqual([expect.stringContaining(`may not import ${name}`)]);
  });

  it('refuses a cycle, said once', () => {
    const files = {
      'lib/domain/a.ts': from('./b.ts'),
      'lib/domain/b.ts': from('./c.ts'),
      'lib/domain/c.ts': from('./a.ts'),
      'lib/domain/d.ts': from('./a.ts'),
    };
    expect(checkArchitecture(files)).toEqual([
      'cycle: lib/domain/a.ts -> lib/domain/b.ts -> lib/domain/c.ts -> lib/domain/a.ts',
    ]);
  });

  it('refuses a cycle of types, and a file that imports itself', () => {
    const types = (path: string) => `import type { T } from '${path}';\nexport type T = T[];`;
    expect(checkArchitecture({ 'cli/a.ts': types('./b.ts'), 'cli/b.ts': types('./a.ts') })).toEqual([
      'cycle: cli/a.ts -> cli/b.ts -> cli/a.ts',
    ]);
    expect(checkArchitecture({ 'cli/a.ts': types('./a.ts') })).toEqual(['cycle: cli/a.ts -> cli/a.ts']);
  });

  it.each([
    ['an index', 'lib/domain/index.ts', value],
    ['stars', 'lib/domain/all.ts', `export * from './b.ts';\nexport { c } from './c.ts';`],
    ['types', 'lib/domain/all.ts', `export type { B } from './b.ts';`],
    ['import, then export', 'lib/domain/all.ts', `import { b } from './b.ts';\nexport { b };`],
    ['a default passed on', 'lib/domain/all.ts', `import { b } from './b.ts';\nexport default b;`],
  ])('refuses a barrel made of %s', (_, path, text) => {
    expect(checkArchitecture({ [path]: text })).toEqual([expect.stringContaining('is a barrel')]);
  });

  it('takes a program without exports for no barrel', () => {
    expect(checkArchitecture({ 'cli/main.ts': `import './apply.ts';` })).toEqual([]);
  });

  it.each(['lib/domain/utils.ts', 'cli/utils/a.ts', 'cli/string-utils.ts', 'lib/http/helpers.ts'])(
    'refuses the name %s',
    (path) => {
      expect(checkArchitecture({ [path]: value })).toEqual([expect.stringContaining('names no thing')]);
    },
  );

  it('refuses a file in no room', () => {
    expect(checkArchitecture({ 'lib/services/a.ts': value })).toEqual(['lib/services/a.ts: is in no room']);
    expect(checkArchitecture({ 'lib/domain/misplaced/a.ts': value })).toEqual([
      'lib/domain/misplaced/a.ts: domain/misplaced is no room; give it a row in test/arch-rules.ts',
    ]);
  });
});
