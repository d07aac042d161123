/** Whatever the text: reading, planning and masking it takes time in proportion to its size. */
import { expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import { planRun } from '../../lib/domain/plan/plan-run.ts';
import { readScript } from '../../lib/domain/plan/read-script.ts';
import { maskSecrets } from '../../lib/domain/secrets/mask-sql.ts';
import { cpuMs } from '../builders/cpu-ms.ts';
import { aTask } from '../fakes/memory-definitions.ts';

const fill = (piece: string, length: number): string => piece.repeat(Math.ceil(length / piece.length));
const insert = (rest: string): string => `INSERT INTO t SELECT ${rest}`;

/** A script of about so many characters. */
type Shape = (length: number) => string;
const SHAPES: Readonly<Record<string, Shape>> = {
  'a literal of open marks': (n) => insert(`'${fill('${', n)}'`),
  'a literal of marks without an end': (n) => insert(`'${fill('${a ', n)}'`),
  'a literal of a mark and blanks': (n) => insert(`'\${${fill(' ', n)}'`),
  'a literal of marks on their own lines': (n) => insert(`'${fill('${a \n', n)}'`),
  'a long path': (n) => insert(`* FROM ${fill('a.', n)}b`),
  parentheses: (n) => insert(`${fill('(', n / 2)}1${fill(')', n / 2)}`),
  'open parentheses': (n) => insert(fill('(', n)),
  'common table expressions that never end': (n) => insert(fill('a AS (', n)),
  'common table expressions behind parentheses that nobody opened': (n) =>
    insert(`${fill(')', n / 2)}${fill(' a AS (', n / 2)}`),
  'calls that never end': (n) => insert(fill('a.b(', n)),
  'lists of tables': (n) => insert(`* FROM ${fill('a, ', n)}b`),
  'hints that never end': (n) => insert(fill('/*+ ', n)),
  'DDL behind INSERTs': (n) => fill('INSERT INTO t SELECT 1;CREATE TABLE a(b INT);', n),
  'INSERTs, then DDL': (n) => fill('INSERT INTO t SELECT * FROM a;', n / 2) + fill('DROP TABLE b;', n / 2),
  'the same view again and again': (n) =>
    `${fill('CREATE VIEW v AS SELECT * FROM v;', n)}INSERT INTO t SELECT * FROM v`,
  'views, then INSERTs': (n) =>
    fill('CREATE VIEW v AS SELECT * FROM v;', n / 2) + fill('INSERT INTO t SELECT * FROM v;', n / 2),
  'views of views': (n) =>
    `${Array.from({ length: n / 40 }, (_, i) => `CREATE VIEW v${i + 1} AS SELECT * FROM v${i};`).join('\n')}INSERT INTO t SELECT * FROM v${Math.floor(n / 40)}`,
  'SETs between INSERTs': (n) => `${fill("INSERT INTO t SELECT 1;SET 'a'='b';SET 'a'='c';", n)}INSERT INTO t SELECT 1`,
  'USEs behind INSERTs': (n) => fill('INSERT INTO a.b.c SELECT 1;USE d;', n),
  'secrets among options': (n) => `CREATE TABLE t (a INT) WITH (${fill("'password'='b',", n)}'c'='d')`,
  'a value of pairs': (n) => `CREATE TABLE t (a INT) WITH ('x'='${fill('a=b;', n)}')`,
  'an address': (n) => `CREATE TABLE t (a INT) WITH ('url'='jdbc:mysql://${fill('a:', n)}')`,
  'an address of signs': (n) => `CREATE TABLE t (a INT) WITH ('url'='http://${fill('@/', n)}')`,
  'definitions of each other': (n) =>
    `${Array.from({ length: n / 20 }, (_, i) => `a${i + 1} := \${a${i}};`).join('\n')}a0 := 1; SELECT 1`,
  'definitions of one name': (n) => `${fill('a := b;', n)}SELECT 1`,
  'arguments of a jar': (n) => `EXECUTE JAR WITH ('uri'='s3://a/b.jar','args'='${fill('a ', n)}')`,
  'values of the request side by side': (n) => insert(fill('a${v}', n)),
  'numbers side by side before a value of the request': (n) => insert(`${fill('.5', n)} , \${v}`),
  'values of the request in literals': (n) => insert(fill("'${v}'||", n) + '1'),
  'values of the request in arguments of a jar': (n) =>
    `EXECUTE JAR WITH ('uri'='s3://a/b.jar','args'='${fill('${v} ', n)}')`,
  'values of the request in comments': (n) => `${fill('--${v}\n', n)}SELECT 1`,
  'values of the request in a SET': (n) => `SET a=${fill('${v}', n)}; SELECT 1`,
  'comments in a definition': (n) => `a := ${fill('b /*c*/ ', n)}; SELECT 1`,
  'quotes in a definition': (n) => `a := ${fill("e'x' ", n)}; SELECT 1`,
  'functions, then LOAD MODULE': (n) => fill('INSERT INTO t SELECT 1;LOAD MODULE m;', n),
  'quotes in the arguments of a jar': (n) => `EXECUTE JAR WITH ('uri'='s3://a/b.jar','args'='${fill('" ', n)}')`,
};

/** In the application modes a text is read in every way there is. */
function read(statement: string): void {
  const task = aTask({ statement, type: 'kubernetes-application' });
  try {
    planRun([readScript(task, { globals: {}, databases: {}, request: { v: 'x' } }, false)], task);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}

// Ten times the text may take ten times as long; what is quadratic takes a hundred times.
it.each(Object.entries(SHAPES))('%s', (_name, shape) => {
  const ms = (length: number): number => {
    const text = shape(length);
    return cpuMs(() => {
      read(text);
      maskSecrets(text);
    });
  };
  const small = ms(16_000);
  const large = ms(160_000);
  expect(large, `${small} ms, then ${large} ms`).toBeLessThan(Math.max(small, 4) * 40);
});
