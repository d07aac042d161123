/**
 * The place where a text stops being JSON: "line 1, column 47". The parser's own message quotes the text there, which may be
 * a password. One pass without recursion, so that long and deep texts are no problem.
 */

const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const BLANK = /[ \t\n\r]*/y;

/** What may follow. `item`: a value, or the end of an empty list; `name`: the same for an object. */
type Wanted = 'value' | 'item' | 'name' | 'nextName' | 'colon' | 'more';

interface Reading {
  readonly opened: ('[' | '{')[];
  wanted: Wanted;
}

/** Only for a text that is no JSON. */
export function jsonFault(text: string): string {
  const reading: Reading = { opened: [], wanted: 'value' };
  let at = skip(BLANK, text, 0);
  for (let next = step(reading, text, at); next > at; next = step(reading, text, at)) at = skip(BLANK, text, next);
  return placeOf(text, at);
}

/** The place after the sign, name or value there; the same place if none is allowed. */
function step(reading: Reading, text: string, at: number): number {
  const sign = text.charAt(at);
  const { opened, wanted } = reading;
  const isName = wanted === 'name' || wanted === 'nextName';
  const isValue = wanted === 'value' || wanted === 'item';
  if (isValue && (sign === '[' || sign === '{')) {
    opened.push(sign);
    reading.wanted = sign === '[' ? 'item' : 'name';
    return at + 1;
  }
  const after = afterSign(sign, wanted, opened);
  if (after !== null) {
    reading.wanted = after;
    return at + 1;
  }
  if (!isName && !isValue) return at;
  reading.wanted = isName ? 'colon' : 'more';
  return skip(isName || sign === '"' ? STRING : SCALAR, text, at);
}

/** What must follow a closing sign or separator; null if it is not allowed here. */
function afterSign(sign: string, wanted: Wanted, opened: ('[' | '{')[]): Wanted | null {
  const inner = opened.at(-1);
  if (isEnd(sign, wanted, inner)) {
    opened.pop();
    return 'more';
  }
  if (sign === ',' && wanted === 'more' && inner !== undefined) return inner === '[' ? 'value' : 'nextName';
  return sign === ':' && wanted === 'colon' ? 'value' : null;
}

function isEnd(sign: string, wanted: Wanted, inner: '[' | '{' | undefined): boolean {
  if (sign === ']') return inner === '[' && (wanted === 'item' || wanted === 'more');
  return sign === '}' && inner === '{' && (wanted === 'name' || wanted === 'more');
}

/** The place after the match; the same place if there is none. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function placeOf(text: string, at: number): string {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return `line ${line}, column ${at - before.lastIndexOf('\n')}`;
}
