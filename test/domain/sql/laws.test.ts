import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import { classify } from '../../../lib/domain/sql/kind.ts';
import { maskSecrets } from '../../../lib/domain/sql/mask.ts';
import { scan } from '../../../lib/domain/sql/scan.ts';
import { stripComments } from '../../../lib/domain/sql/sendable.ts';
import { readSetting } from '../../../lib/domain/sql/setting.ts';
import { splitScript, type SqlStatement } from '../../../lib/domain/sql/split.ts';
import { foldStatementSets } from '../../../lib/domain/sql/statement-set.ts';
import type { Token } from '../../../lib/domain/sql/token.ts';

// Pieces that meet in real scripts, so that random texts reach every corner of the scanner.
const PIECES =
  `a|b_1|1.5|'x'|'it''s;'|E'q\\';'|\`n;\`|\`|'|"|;|;;|--c|--c\n|//d\n|/*e*/|/*|*/|/*+|/*/|/***/|(|)|,|=|:=|:|$|\${x}|\${|}|SET|RESET|SET a = |s3://b/c|BEGIN|END|STATEMENT|EXECUTE|EXPLAIN|SELECT|INSERT INTO|x := | |\n|\r\n|\r|\t|；|\u00a0|é|😀|-|/|*`
    .split('|')
    .concat('|');
const script = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((parts) => parts.join(''));
const anyText = fc.oneof(script, fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 60 }));

/** The result, or null when the text was refused; any other error fails the test. */
function orRefused<T>(run: () => T): T | null {
  try {
    return run();
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).message).toMatch(/line \d+, column \d+|nothing to run/);
    return null;
  }
}

const RUNS = { numRuns: 5_000 };

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

  it('a line break in front moves every statement down by one line', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const places = (statements: SqlStatement[] | null) => statements?.map(({ line, column }) => [line, column]);
        const moved = orRefused(() => splitScript(`\n${text}`));
        const expected = places(orRefused(() => splitScript(text)))?.map(([line, column]) => [line! + 1, column]);
        expect(places(moved)).toEqual(expected);
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

describe('time', () => {
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
  ];

  const milliseconds = (text: string): number => {
    const times = [1, 2, 3].map(() => {
      const start = performance.now();
      orRefused(() => splitScript(text).forEach(classify));
      maskSecrets(text);
      return performance.now() - start;
    });
    return Math.min(...times);
  };

  // Ten times the text may take ten times as long; a quadratic scanner takes a hundred times.
  it.each([block, ...nasty])('grows with the size of the text: %j', (piece) => {
    const small = milliseconds(piece.repeat(Math.ceil(25_000 / piece.length)));
    const large = milliseconds(piece.repeat(Math.ceil(250_000 / piece.length)));
    expect(large).toBeLessThan(Math.max(small, 2) * 40);
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
