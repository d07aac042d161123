/** A task's SQL: inline, or in a file beside the manifest. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isScalar, Scalar } from 'yaml';
import { decodeText } from './decode-text.ts';
import { STATEMENT_FILE } from './field-names.ts';
import { error, type Place, type Problem } from './problem.ts';
import type { Entry } from './read-entries.ts';
import type { ReadFields } from './read-fields.ts';

export interface Statement {
  readonly text: string | null;
  readonly problem: Problem | null;
  readonly placeAt: (line: number, column: number) => Place;
}

export function readStatement(entry: Entry, { fields, values }: ReadFields): Statement {
  const path = values[STATEMENT_FILE];
  const inline = fields.get('statement');
  const named = fields.get(STATEMENT_FILE);
  if (inline && named) {
    const twice = error(named.keyPlace, 'give either "statement" or "statementFile", not both.');
    return { text: null, problem: twice, placeAt: () => named.place };
  }
  if (named && typeof path === 'string') return fromFile(entry.file.path, path, named.place);
  const text = typeof values['statement'] === 'string' ? values['statement'] : null;
  return { text, problem: null, placeAt: inlinePlace(entry) };
}

function fromFile(manifest: string, path: string, place: Place): Statement {
  const file = resolve(dirname(manifest), path);
  const placeAt = (line: number, column: number): Place => ({ file: nextTo(manifest, path), line, column });
  try {
    const decoded = decodeText(readFileSync(file), { allowMark: false });
    if ('text' in decoded) return { text: decoded.text, problem: null, placeAt };
    return { text: null, problem: error(placeAt(decoded.line, decoded.column), decoded.problem), placeAt };
  } catch (cause) {
    // Any error: it is reported with its reason, as the other problems of the manifest.
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : String(cause);
    const problem = error(
      place,
      `"statementFile" ${path} cannot be read: ${why}. The path is relative to the manifest.`,
    );
    return { text: null, problem, placeAt };
  }
}

/** Based on the manifest's path as people wrote it, so that it works from their folder. */
function nextTo(manifest: string, path: string): string {
  const folder = dirname(manifest);
  return folder === '.' || path.startsWith('/') ? path : `${folder}/${path}`;
}

/** In a literal block ("|"), a line of SQL is a line of the manifest; in other styles only the start is known. */
function inlinePlace(entry: Entry): (line: number, column: number) => Place {
  const field = entry.fields.find(({ name }) => name === 'statement');
  if (!field) return () => entry.place;
  const node = field.node;
  if (!isScalar(node) || node.type !== Scalar.BLOCK_LITERAL) return () => field.place;
  return (line, column) => ({
    ...field.place,
    line: field.place.line + line,
    column: column + field.keyPlace.column + 1,
  });
}
