/**
 * Messages that say which value of which key is wrong: "Could not parse value 'x' for key 'k'", "Invalid value for option
 * 'k': x", "Cannot parse 'x' as value of option k", "The value x is not allowed for k"; and rows and elements of a key and a value.
 */
import { allMatches } from '../sql/match-at.ts';
import { isOrdinary } from './ordinary-words.ts';
import { isSensitiveName } from './sensitive-name.ts';
import type { Span } from './text-spans.ts';

export function blamedSpans(text: string): Span[] {
  return [...valueFirst(text), ...besideKey(text)];
}

const WHAT = String.raw`(?:config(?:uration)?(?: option| key)?|key|option|property|parameter)`;
const NAME = String.raw`[\w.$-]{1,200}`;

/** "value 'x' for key 'k'", "Invalid value x for configuration k", "Value x of option k". */
const BLAMED = new RegExp(String.raw`'? (?:for|of) (?:the )?${WHAT}(?: with key)? ['"]?(${NAME})`, 'g');
const VALUE = /alue:? '?/;

function valueFirst(text: string): Span[] {
  let from = 0;
  // Stryker disable next-line StringLiteral: the group is always there
  return allMatches(BLAMED, text).flatMap(({ index, 0: all, 1: key = '' }) => {
    const before = text.slice(from, index);
    const message = Math.max(0, before.lastIndexOf('\nCaused by: '));
    const said = isSensitiveName(key) ? VALUE.exec(before.slice(message)) : null;
    const start = from + message + (said === null ? 0 : said.index + said[0].length);
    from = index + all.length;
    return said === null || isSaid(text.slice(start, index)) ? [] : [{ start, end: index }];
  });
}

/** "Value not specified for key 'password'" */
function isSaid(words: string): boolean {
  return (
    words.trim() !== '' &&
    words
      .trim()
      .split(/\s{1,9}/)
      .every(isOrdinary)
  );
}

const WORD = String.raw`(?<value>[^\s'",;]{1,500})`;
const BESIDE: readonly RegExp[] = [
  new RegExp(
    String.raw`\bvalue (?:for|of) (?:the )?${WHAT} ['"]?(?<key>${NAME})['"]?(?: is|:)[ \t]{1,3}['"]?${WORD}`,
    'dg',
  ),
  new RegExp(
    String.raw`(["'])(?<value>(?:(?!\1)[^\n]){1,500})\1 as (?:an? |the )?value (?:of|for) (?:the )?(?:${WHAT} )?['"]?(?<key>${NAME})`,
    'dg',
  ),
  new RegExp(
    String.raw`\bvalue ['"]?${WORD}['"]? (?:is|was) (?:not )?[a-z]{1,20} (?:for|of) (?:the )?(?:${WHAT} )?['"]?(?<key>${NAME})`,
    'dg',
  ),
  // A row of a table with two columns.
  new RegExp(
    String.raw`^[ \t]{0,40}[|│┃][ \t]{0,40}(?<key>${NAME})[ \t]{0,80}[|│┃](?<value>[^|│┃\r\n]{1,500})[|│┃][ \t]{0,9}$`,
    'dgm',
  ),
  new RegExp(
    String.raw`<\w{1,40}[ \t](?:[^<>]{0,99}[ \t])?(?:key|name)=["'](?<key>${NAME})["'][^<>]{0,99}>(?<value>[^<]{1,2000})<`,
    'dg',
  ),
];

function besideKey(text: string): Span[] {
  if (!/\bvalue\b|[|│┃]|<\w/.test(text)) return [];
  return BESIDE.flatMap((pattern) =>
    allMatches(pattern, text).flatMap(({ groups, indices }) => {
      const { key = '', value = '' } = groups ?? {};
      const [start, end] = indices?.groups?.['value'] ?? [0, 0];
      if (!isSensitiveName(key) || isOrdinary(value.trim())) return [];
      return [
        { start: start + value.length - value.trimStart().length, end: end - value.length + value.trimEnd().length },
      ];
    }),
  );
}
