import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskSecrets } from '../../../lib/domain/secrets/mask-sql.ts';
import { classify } from '../../../lib/domain/sql/kind.ts';
import { scan } from '../../../lib/domain/sql/scan.ts';
import { stripComments } from '../../../lib/domain/sql/sendable.ts';
import { readSetting } from '../../../lib/domain/sql/setting.ts';
import { splitScript } from '../../../lib/domain/sql/split.ts';
import { foldStatementSets } from '../../../lib/domain/sql/statement-set.ts';
import type { Token } from '../../../lib/domain/sql/token.ts';
import { orRefused } from '../../builders/or-refused.ts';
import { factsOf } from './facts-of.ts';
import { readVectors } from './vectors.ts';

// Pieces that meet in real scripts, so that random texts reach every corner of the scanner.
const PIECES =
  `a|b_1|1.5|package |import |EXECUTE PIPELINE |'x'|'it''s;'|E'q\\';'|\`n;\`|\`|'|"|;|;;|--c|--c\n|//d\n|/*e*/|/*|*/|/*+|/*/|/***/|(|)|,|=|:=|:|$|\${x}|\${|}|SET|RESET|SET a = |s3://b/c|BEGIN|END|STATEMENT|EXECUTE|EXPLAIN|SELECT|INSERT INTO|x := | |\n|\r\n|\r|\t|；|\u00a0|é|😀|-|/|*`
    .split('|')
    .concat('|');
const script = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((parts) => parts.join(''));
const anyText = fc.oneof(script, fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 60 }));

const RUNS = { numRuns: 5_000 };

// What is read without error more often than not, so that laws about two of them are tried.
const scripts = fc
  .array(
    fc.constantFrom(
      ...['SELECT 1', "SELECT 'a;\n'", '`b;`', '-- c;\n', '/* d;\r\n */', '\n', '\r', '\r\n', ';', ' ;;', ' x', '1.5'],
      ...[
        'SET k = s3://b/*',
        ';SET',
        ';RESET k',
        ';v := w',
        'import a',
        ';\nBEGIN STATEMENT SET;\nINSERT INTO a SELECT 1;\nEND;',
      ],
      ...['; EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1;; END;', " /*+ H('*/') */", '${v}'],
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

const read = (text: string) =>
  foldStatementSets(text, splitScript(text)).map((statement) => ({
    text: statement.text,
    line: statement.line,
    column: statement.column,
    kind: classify(statement).kind,
  }));

const QUERIES = [
  'SELECT 1',
  '(SELECT 1) UNION (SELECT 2)',
  'WITH q AS (SELECT 1) SELECT * FROM q',
  'VALUES (1)',
  'TABLE s',
];
const tableParts = fc.tuple(
  fc.constantFrom('CREATE TABLE t', 'create temporary table `as`', 'CREATE OR REPLACE TABLE IF NOT EXISTS a.b.c'),
  fc.constantFrom('', '(a INT, b AS (a + 1))', '(b AS CAST(a AS STRING), WATERMARK FOR ts AS ts)', '(`AS` INT)'),
  fc.constantFrom('', "COMMENT 'AS SELECT 1'", '/* AS SELECT 1 */', '-- AS SELECT 1\n'),
  fc.constantFrom('', 'PARTITIONED BY (a)', 'DISTRIBUTED BY HASH(a) INTO 3 BUCKETS'),
  fc.constantFrom('', "WITH ('as' = 'AS SELECT')"),
);

describe('scan', () => {
  it('tokens and the white space between them are the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const tokens = orRefused(() => scan(text));
        if (tokens !== null) expect(joined(text, tokens)).toBe(text);
      }),
      RUNS,
    );
  });
});

describe('split', () => {
  it('any text is split or refused, and every statement can be classified', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const statements = orRefused(() => splitScript(text)) ?? [];
        for (const statement of statements) expect(classify(statement).kind).not.toBe('');
      }),
      RUNS,
    );
  });

  it('loses nothing but separators, white space and comments', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const statements = orRefused(() => splitScript(text));
        if (statements === null) return;
        const kept = statements.flatMap((statement) => statement.tokens);
        const expected = scan(text).filter((token) => token.kind !== 'comment');
        const withoutSeparators = (tokens: readonly Token[]) => tokens.filter((token) => token.kind !== 'semicolon');
        expect(withoutSeparators(kept)).toEqual(withoutSeparators(expected));
      }),
      RUNS,
    );
  });

  it('splitting a statement again gives that statement', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const statement of orRefused(() => splitScript(text)) ?? []) {
          const again = splitScript(statement.text);
          expect(again.map((each) => each.text)).toEqual([statement.text]);
          expect(classify(again[0]!)).toEqual(classify(statement));
        }
      }),
      RUNS,
    );
  });

  it('takes from the text, character by character, all but separators, white space and comments', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const statements = orRefused(() => splitScript(text));
        if (statements === null) return;
        for (const { start, end, text: taken } of statements) {
          const there = text.slice(start, end);
          expect(taken).toHaveLength(there.length);
          // Only a superfluous `;` within a block becomes a blank.
          for (let at = 0; at < there.length; at++) {
            if (taken[at] !== there[at]) expect([taken[at], there[at]]).toEqual([' ', ';']);
          }
        }
        const outside = scan(text).filter(
          (token) => !statements.some(({ start, end }) => start <= token.start && token.end <= end),
        );
        for (const { kind } of outside) expect(['comment', 'semicolon']).toContain(kind);
      }),
      RUNS,
    );
  });

  it('says the line and column at which a statement begins', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const { start, line, column } of orRefused(() => splitScript(text)) ?? []) {
          const lines = text.slice(0, start).split(/\r\n|\r|\n/);
          expect([line, column]).toEqual([lines.length, lines.at(-1)!.length + 1]);
        }
      }),
      RUNS,
    );
  });

  it('of two scripts in one is what both are, lines added up, folded sets too', () => {
    fc.assert(
      fc.property(scripts, scripts, (first, second) => {
        const [a, b] = [first, second].map((text) => orRefused(() => read(text)));
        if (!a || !b || scan(first).some(({ kind }) => kind === 'foreign')) return;
        const between = ' \n;\n';
        const lines = `${first}${between}`.split(/\r\n|\r|\n/).length - 1;
        const moved = b.map((statement) => ({ ...statement, line: statement.line + lines }));
        expect(read(`${first}${between}${second}`)).toEqual([...a, ...moved]);
      }),
      RUNS,
    );
  });
});

const KNOWN = readVectors<[string, string, string]>('kinds').map(([sql, kind, facts]) => ({ sql, kind, facts }));
const GAPS = [' ', '\n', '\r\n', '\t ', ' /* ; */', ' -- SELECT 1;\n', ' /** AS SELECT */ ', '\f', ' // ;\n'];
// Its value is raw text, in which a blank or a capital means something.
const dressable = KNOWN.filter(({ sql }) => scan(sql).every(({ kind }) => kind !== 'raw' && kind !== 'foreign'));

/** The statement with other white space, comments and letter case, as a sequence of choices says. */
function dressed(sql: string, choices: readonly number[]): string {
  return scan(sql)
    .filter(({ kind }) => kind !== 'comment')
    .map(({ kind, text }, index) => {
      const choice = choices[index % choices.length]!;
      const word = kind !== 'word' ? text : choice % 2 === 0 ? text.toLowerCase() : text.toUpperCase();
      return word + GAPS[choice % GAPS.length]!;
    })
    .join('');
}

describe('kinds', () => {
  const known = fc.constantFrom(...dressable);
  const choices = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 20 });
  const isKeyword = (kind: string) => kind === kind.toUpperCase();

  it('do not change with white space, comments or letter case', () => {
    expect(dressable.length).toBeGreaterThan(100);
    fc.assert(
      fc.property(known, choices, ({ sql, kind, facts }, numbers) => {
        const statements = splitScript(dressed(sql, numbers));
        expect(statements).toHaveLength(1);
        const found = classify(statements[0]!);
        expect([isKeyword(kind) ? found.kind : kind, factsOf(found)]).toEqual([kind, facts]);
      }),
      RUNS,
    );
  });

  it('do not change with the place in a script', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...KNOWN), { minLength: 1, maxLength: 8 }), (picked) => {
        const last = picked.findIndex(({ sql }) => scan(sql).some(({ kind }) => kind === 'foreign'));
        const chosen = last === -1 ? picked : picked.slice(0, last + 1);
        const found = splitScript(chosen.map(({ sql }) => sql).join(' ;\n')).map(classify);
        expect(found.map((each) => [each.kind, factsOf(each)])).toEqual(chosen.map(({ kind, facts }) => [kind, facts]));
      }),
      RUNS,
    );
  });

  it('tell a table from a table made of a query, whatever stands in its columns and options', () => {
    fc.assert(
      fc.property(tableParts, fc.constantFrom(...QUERIES), (parts, query) => {
        const table = parts.join(' ');
        const kinds = [table, `${table} AS ${query}`].map((sql) => classify(splitScript(sql)[0]!).kind);
        expect(kinds).toEqual(['CREATE TABLE', 'CREATE TABLE AS']);
      }),
      RUNS,
    );
  });
});

describe('everything else on any text', () => {
  it('throws nothing but AppError', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const statements = orRefused(() => foldStatementSets(text, splitScript(text))) ?? [];
        for (const statement of statements) orRefused(() => readSetting(statement));
        orRefused(() => stripComments(text));
        expect(() => maskSecrets(text)).not.toThrow();
      }),
      RUNS,
    );
  });

  it('text without comments is stripped to itself, and stripping keeps every offset', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const tokens = orRefused(() => scan(text));
        if (tokens === null) return;
        const stripped = stripComments(text);
        expect(stripped).toHaveLength(text.length);
        if (tokens.every((token) => token.kind !== 'comment')) expect(stripped).toBe(text);
      }),
      RUNS,
    );
  });
});

function joined(text: string, tokens: readonly Token[]): string {
  let from = 0;
  const parts: string[] = [];
  for (const token of tokens) {
    const gap = text.slice(from, token.start);
    expect(gap).toMatch(/^[ \t\r\n\f]*$/);
    parts.push(gap, token.text);
    from = token.end;
  }
  expect(text.slice(from)).toMatch(/^[ \t\r\n\f]*$/);
  return parts.join('') + text.slice(from);
}
