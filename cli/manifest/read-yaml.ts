/** YAML text -> its documents, in which every node knows its place. */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { error, type Place, type Problem } from './problem.ts';

export interface YamlFile {
  readonly path: string;
  readonly documents: readonly Document[];
  readonly problems: readonly Problem[];
  placeAt(offset: number): Place;
}

export function readYaml(path: string, text: string): YamlFile {
  const lines = new LineCounter();
  // Without `prettyErrors` the messages stay one line long; we put the place in front.
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const documents = Array.isArray(parsed) ? parsed : [];
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file: path, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = documents.flatMap(({ errors }) => {
    // The parser recurses for each bracket. Its other errors are then about brackets that it has not read.
    const deep = errors.find(({ message }) => message.includes('call stack'));
    if (deep) return [error(placeAt(deep.pos[0]), 'not valid YAML: lists and maps are nested too deeply.')];
    return errors.map((it) => error(placeAt(it.pos[0]), `not valid YAML: ${it.message}`));
  });
  return { path, documents, problems, placeAt };
}

/** Aliases followed. */
export function target(document: Document, node: unknown): Node | null {
  if (isAlias(node)) return node.resolve(document) ?? null;
  return isMap(node) || isSeq(node) || isScalar(node) ? node : null;
}

/** Converts a scalar: with `letters` numbers stay as written (1.10, 007), with `text` booleans too. */
export type Wanted = 'data' | 'letters' | 'text';

const KEPT: Readonly<Record<Wanted, readonly string[]>> = {
  data: [],
  letters: ['number'],
  text: ['number', 'boolean'],
};

export function plain(document: Document, node: unknown, wanted: Wanted = 'data'): unknown {
  const it = target(document, node);
  if (isSeq(it)) return it.items.map((inner) => plain(document, inner, wanted));
  if (isMap(it)) return mapOf(document, it.items, wanted);
  if (!isScalar(it)) return null;
  return KEPT[wanted].includes(typeof it.value) ? (it.source ?? String(it.value)) : it.value;
}

function mapOf(
  document: Document,
  items: readonly { key: unknown; value: unknown }[],
  wanted: Wanted,
): Record<string, unknown> {
  return Object.fromEntries(items.map(({ key, value }) => [keyText(key), plain(document, value, wanted)]));
}

export function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}
