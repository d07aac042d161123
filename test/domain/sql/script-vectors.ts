/** Reads test/vectors/sql/scripts/*.txt; README.md there says what a vector looks like. */
import { readdirSync, readFileSync } from 'node:fs';

interface ExpectedStatement {
  readonly line: number;
  readonly kind: string;
  /** Role and flags, as `factsOf` writes them. */
  readonly facts: string;
  readonly text: string;
}

interface ExpectedError {
  readonly code: string;
  readonly parts: readonly string[];
}

export interface ScriptVector {
  readonly file: string;
  readonly name: string;
  readonly script: string;
  readonly expected: readonly ExpectedStatement[] | ExpectedError;
}

const FOLDER = new URL('../../vectors/sql/scripts/', import.meta.url);
const SYMBOLS: Readonly<Record<string, string>> = { '␍': '\r', '␉': '\t', '␌': '\f' };

export function readScriptVectors(): ScriptVector[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.txt'));
  return files.flatMap((file) => {
    const blocks = readFileSync(new URL(file, FOLDER), 'utf8').split(/^== /m).slice(1);
    return blocks.map((block) => toVector(file, block));
  });
}

function toVector(file: string, block: string): ScriptVector {
  const lines = block.trimEnd().split('\n');
  const name = lines[0] ?? '';
  const firstAnswer = lines.findIndex((line) => line.startsWith('=> '));
  const marked = withSpecials(lines.slice(1, firstAnswer).join('\n'));
  const answers = lines.slice(firstAnswer).map((line) => line.slice('=> '.length).split(' | '));
  const script = marked.replaceAll(/[«»]/g, '');
  const [head = '', ...parts] = answers[0] ?? [];
  if (head.startsWith('error ')) return { file, name, script, expected: { code: head.slice('error '.length), parts } };
  const texts = [...marked.matchAll(/«([^»]*)»/g)].map((found) => found[1] ?? '');
  const expected = answers.map((answer) => toExpected(answer, texts));
  if (texts.length > 0) throw new Error(`${file}: "${name}" marks more statements than it expects.`);
  return { file, name, script, expected };
}

/** Takes the next marked text, unless the answer gives its own. */
function toExpected([place = '', facts = '', json]: readonly string[], texts: string[]): ExpectedStatement {
  const [, line = '', kind = ''] = /^(\d+) (.+)$/.exec(place) ?? [];
  const text = json === undefined ? texts.shift() : (JSON.parse(json) as string);
  if (line === '' || text === undefined) throw new Error(`Not an expected statement: => ${place} | ${facts}`);
  return { line: Number(line), kind, facts, text };
}

function withSpecials(text: string): string {
  return text
    .replaceAll(/⟨U\+([0-9A-F]+)⟩/g, (_all, hex: string) => String.fromCodePoint(parseInt(hex, 16)))
    .replaceAll(/[␍␉␌]/g, (symbol) => SYMBOLS[symbol] ?? symbol);
}
