/** A task's text, read as a submit reads it: variables in place, split, folded, classified, lines the author's. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import { readScript } from '../../../lib/domain/plan/read-script.ts';
import { aTask } from '../../fakes/memory-definitions.ts';
import { factsOf } from './facts-of.ts';
import { readScriptVectors } from './script-vectors.ts';

const read = (statement: string) =>
  readScript(aTask({ statement }), { globals: {}, databases: {}, request: {} }, false).statements.map(
    ({ line, kind, statement: { text } }) => ({ line, kind: kind.kind, facts: factsOf(kind), text }),
  );

function errorOf(script: string): AppError {
  try {
    read(script);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was expected to be refused');
}

describe('scripts/*.txt: what a text becomes', () => {
  const vectors = readScriptVectors();

  it('are many', () => {
    expect(vectors.length).toBeGreaterThanOrEqual(180);
  });

  it.each(vectors.map((vector) => [`${vector.file}: ${vector.name}`, vector] as const))('%s', (_name, vector) => {
    const { script, expected } = vector;
    if (!('code' in expected)) {
      expect(read(script)).toEqual(expected);
      return;
    }
    const error = errorOf(script);
    expect(error.code).toBe(expected.code);
    for (const part of expected.parts) expect(error.message).toContain(part);
  });
});
