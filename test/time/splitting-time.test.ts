/** Splitting, classifying and masking a script take time in proportion to its size. */
import { expect, it } from 'vitest';
import { maskSecrets } from '../../lib/domain/secrets/mask-sql.ts';
import { classify } from '../../lib/domain/sql/kind.ts';
import { splitScript } from '../../lib/domain/sql/split.ts';
import { foldStatementSets } from '../../lib/domain/sql/statement-set.ts';
import { cpuMs } from '../builders/cpu-ms.ts';
import { orRefused } from '../builders/or-refused.ts';

const block =
  "/* c */ INSERT INTO t SELECT 'a;''b', `n`, ${v} FROM s /*+ OPTIONS('k'='v') */ -- d\n;\nSET a = s3://b/c;\n";
const nasty = [
  'a',
  '(',
  "''",
  '``',
  '$',
  '/',
  '-',
  '*',
  'SET a=',
  '=',
  ' ',
  '\n',
  ';',
  ':',
  '.',
  '1',
  'SET a = /*;',
  'x := y;',
  'SELECT -',
  "E'\\''",
  'EXECUTE PIPELINE a; b',
  'EXECUTE PIPELINE a;\n',
  'package ',
  'CREATE TABLE t AS (',
  'BEGIN STATEMENT SET;INSERT INTO a SELECT 1;END;',
  'EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1;;END;',
];

const milliseconds = (text: string): number =>
  cpuMs(() => {
    orRefused(() => foldStatementSets(text, splitScript(text)).forEach(classify));
    maskSecrets(text);
  });

// Ten times the text may take ten times as long; a quadratic scanner takes a hundred times.
it.each([block, ...nasty])('splitting and masking take time that grows with the size of the text: %j', (piece) => {
  const small = milliseconds(piece.repeat(Math.ceil(25_000 / piece.length)));
  const large = milliseconds(piece.repeat(Math.ceil(250_000 / piece.length)));
  expect(large).toBeLessThan(Math.max(small, 2) * 40);
});

it('splitting and masking take time that grows with the size of a statement set', () => {
  const set = (size: number): string =>
    `BEGIN STATEMENT SET; INSERT INTO t VALUES ${'(1),'.repeat(size / 10)}(1); ${'INSERT INTO t SELECT 1;'.repeat(size / 40)} END;`;
  const [small, large] = [milliseconds(set(25_000)), milliseconds(set(250_000))];
  expect(large).toBeLessThan(Math.max(small, 2) * 40);
});
