/** Values in a list of options that Flink's parser refuses. */
import { expect, it } from 'vitest';
import { looseValues } from '../../../lib/domain/secrets/loose-values.ts';
import { scanOrNull } from '../../../lib/domain/sql/scan.ts';

const found = (text: string): string[] =>
  looseValues((scanOrNull(text) ?? []).filter(({ kind }) => kind !== 'comment')).map((token) => token.text);

it.each([
  ["WITH ('password' = hush)", ['hush']],
  ["WITH ('password' = hush 'hash', 'a' = seen)", ['hush', "'hash'"]],
  ["OPTIONS ('password' 'hush')", ["'hush'"]],
  ["ALTER TABLE t SET ('password' : 'hush')", ["'hush'"]],
  ["WITH ('password' => 'hush')", ["'hush'"]],
  ["WITH ('password' = hush", ['hush']],
  ['WITH (password = hush)', ['hush']],
  ['WITH (db.password = hush)', ['hush']],
  ["WITH ('password' = _UTF8'hush')", ["'hush'"]],
  ["WITH ('password' = U&'hush')", ["'hush'"]],
  ["WITH ('password' = hush 'hash')", ['hush', "'hash'"]],
  ["WITH ('password' = 'hush'&'hash')", ["'hush'", "'hash'"]],
  ["WITH ('password' = hush&hash)", ['hush', '&', 'hash']],
  // A value that is called as a key is.
  ["WITH ('a' = password seen)", []],
  ["WITH ('a' = 'seen', 'b' = seen)", []],
  ["WITH ('a' = password, b = seen)", []],
  ["VALUES ('password', seen)", []],
  ["WITH x ('password' = seen)", []],
])('%s has %j', (text, values) => expect(found(text)).toEqual(values));
