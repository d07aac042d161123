import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import { classify } from '../../../lib/domain/sql/kind.ts';
import { readSetting, type Setting } from '../../../lib/domain/sql/setting.ts';
import { splitScript } from '../../../lib/domain/sql/split.ts';
import { foldStatementSets } from '../../../lib/domain/sql/statement-set.ts';
import { factsOf } from './facts-of.ts';
import { readVectors } from './vectors.ts';

const read = (sql: string) => foldStatementSets(sql, splitScript(sql));

function errorOf(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was expected to throw');
}

describe('kinds.jsonl: [sql, kind, role and flags]', () => {
  it.each(readVectors<[string, string, string]>('kinds'))('%s', (sql, kind, facts) => {
    const statements = splitScript(sql);
    expect(statements).toHaveLength(1);
    const found = classify(statements[0]!);
    expect([found.kind, factsOf(found)]).toEqual([kind, facts]);
  });
});

describe('splits.jsonl: [sql, [line, column, text]...]', () => {
  it.each(readVectors<[string, [number, number, string][]]>('splits'))('%s', (sql, expected) => {
    expect(splitScript(sql).map(({ line, column, text }) => [line, column, text])).toEqual(expected);
  });
});

describe('errors.jsonl: [sql, code, parts of the message]', () => {
  it.each(readVectors<[string, string, string[]]>('errors'))('%j', (sql, code, parts) => {
    const error = errorOf(() => read(sql));
    expect(error.code).toBe(code);
    for (const part of parts) expect(error.message).toContain(part);
  });
});

describe('settings.jsonl: [sql, setting or code]', () => {
  it.each(readVectors<[string, Setting | string | null]>('settings'))('%s', (sql, expected) => {
    const run = () => readSetting(splitScript(sql)[0]!);
    if (typeof expected === 'string') expect(errorOf(run).code).toBe(expected);
    else expect(run()).toEqual(expected);
  });
});
