/** Finds the closing brackets in the text of a plan, except those in string literals. */

/** Strings as plans write them: `_UTF-16LE'it''s'`. An apostrophe alone may be part of a name. */
export const PLAN_STRING = String.raw`(?<![\w$])(?:_(?:UTF-16LE|UTF-?8|ISO-8859-1)|[uU]&)'(?:[^']|'')*'`;

const STRING_OR_BRACKET = new RegExp(String.raw`${PLAN_STRING}|[[({\])}]`, 'g');

/** The place of the bracket that closes the one at `open`; -1: there is none. */
export function closingBracket(text: string, open: number): number {
  let depth = 0;
  STRING_OR_BRACKET.lastIndex = open;
  for (let found = STRING_OR_BRACKET.exec(text); found !== null; found = STRING_OR_BRACKET.exec(text)) {
    const [sign] = found;
    if (sign === '[' || sign === '(' || sign === '{') depth += 1;
    if (sign === ']' || sign === ')' || sign === '}') depth -= 1;
    if (depth === 0) return found.index;
  }
  return -1;
}

const STRING_BRACKET_OR_COMMA = new RegExp(String.raw`${PLAN_STRING}|[[({\])},]`, 'g');

/** The items of a list whose commas are followed by a blank; those within brackets part nothing. */
export function listItems(text: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: sign, index } of text.matchAll(STRING_BRACKET_OR_COMMA)) {
    if (sign === '[' || sign === '(' || sign === '{') depth += 1;
    if (sign === ']' || sign === ')' || sign === '}') depth -= 1;
    if (sign !== ',' || depth > 0 || text[index + 1] !== ' ') continue;
    items.push(text.slice(start, index));
    start = index + 2;
  }
  return text === '' ? [] : [...items, text.slice(start)];
}
