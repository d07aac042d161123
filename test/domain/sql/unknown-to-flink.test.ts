/** What is put behind Flink's message when it does not know a statement that other versions do. Texts are Flink's own. */
import { describe, expect, it } from 'vitest';
import { withNeeds } from '../../../lib/domain/sql/unknown-to-flink.ts';

const MODEL = "CREATE MODEL m WITH ('provider' = 'openai')";
const CONNECTION = "CREATE CONNECTION c WITH ('type' = 'basic')";
const MATERIALIZED = "CREATE MATERIALIZED TABLE m FRESHNESS = INTERVAL '1' HOUR AS SELECT 1";

describe('withNeeds', () => {
  it.each([
    [MODEL, `Unsupported query: ${MODEL}`, /\. Models need Flink 2\.0 or later\.$/],
    [MODEL, 'Encountered "MODEL" at line 1, column 8.', /^ Models need Flink 2\.0/],
    [
      `${MODEL} AS SELECT 1`,
      `Unsupported query: ${MODEL} AS SELECT 1`,
      /\. No Flink up to 2\.3 runs CREATE MODEL AS\.$/,
    ],
    [CONNECTION, `Unsupported query: ${CONNECTION}`, /\. No Flink up to 2\.3 runs statements about connections/],
    [`/* c */ ${CONNECTION}`, 'Encountered "CONNECTION" at line 1, column 16.', /No Flink up to 2\.3/],
    ['create temporary\n connection c', 'Encountered "connection" at line 2, column 2.', /No Flink up to 2\.3/],
    [MATERIALIZED, 'Encountered "MATERIALIZED" at line 1, column 8.', /Materialized tables need Flink 1\.20/],
    [
      MATERIALIZED.replace('CREATE', 'CREATE OR ALTER'),
      'Encountered "ALTER" at line 1, column 11.',
      /CREATE OR ALTER MATERIALIZED TABLE needs Flink 2\.3/,
    ],
    ['TRUNCATE TABLE t', "Incorrect syntax near the keyword 'TRUNCATE' at line 1, column 1.", /needs Flink 1\.18/],
    ['ALTER CATALOG c SET (a)', 'Encountered "CATALOG" at line 1, column 7.', /ALTER CATALOG needs Flink 1\.20/],
  ])('%s: %s', (sql, message, expected) => {
    const said = withNeeds(message, sql);
    expect(said.startsWith(message)).toBe(true);
    expect(said.slice(message.length)).toMatch(expected);
  });

  it.each([
    ['a mistake behind the words', "CREATE MODEL m WIHT ('a' = 'b')", 'Encountered "WIHT" at line 1, column 16.'],
    ['a model that is not there', 'DROP MODEL m', "Model with identifier 'm' does not exist."],
    ['a statement of all versions', 'CREATE TABLE t (a INT', 'Encountered "<EOF>" at line 1, column 21.'],
    [
      'a statement of all versions that is unsupported',
      'ALTER SYSTEM SET a = 1',
      'Unsupported query: ALTER SYSTEM SET',
    ],
    ['a statement that cannot be read', "CREATE MODEL m WITH ('a", 'Encountered "MODEL" at line 1, column 8.'],
  ])('leaves %s alone', (_name, sql, message) => expect(withNeeds(message, sql)).toBe(message));
});
