/** Secrets of a form of their own: keys in PEM form, tokens of JSON, cookies, a user with a password, blocks of YAML. */
import { allMatches } from '../sql/match-at.ts';
import { isSensitiveName } from './sensitive-name.ts';
import type { Span } from './text-spans.ts';

/** The whole of group 1 is the secret. */
const BLOCKS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----((?:(?!-----END)[^])*)/dg,
  /\b(eyJ[\w-]{10,2000}\.[\w-]{4,4000}\.[\w-]{0,2000})/dg,
  // Keys that begin with whose they are.
  /\b((?:[sr]k-|gh[opsur]_|github_pat_|glpat-|xox[a-z]-|AIza)(?=\D{0,99}\d)[\w-]{12,200})/dg,
  // All parts of it, up to the end of the line.
  /\b(?:set-)?cookie2?["']?[ \t]{0,5}:[ \t]{0,5}["']?([^\s"';=,]{1,200}=[^\r\n"']*)/dgi,
  // Schemes that have a list of pairs.
  /\bauthorization["']?[ \t]{0,5}[:=][ \t]{0,5}["']?((?:digest|hawk|oauth|aws4-[\w-]{1,40}|sharedkey\w{0,10})[ \t][^\r\n]*)/dgi,
  /(?:^|\s)(?:-u|--user|--proxy-user)[ =]{1,3}["']?[^\s:"'/]{1,200}:([^\s"']{1,500})/dg,
];

export function blockSpans(text: string): Span[] {
  const found = BLOCKS.flatMap((pattern) =>
    allMatches(pattern, text).flatMap(({ indices }) => (indices?.[1] === undefined ? [] : [indices[1]])),
  );
  return [...found.map(([start, end]) => ({ start, end })), ...yamlBlocks(text)];
}

const YAML_BLOCK = /^([ \t]*)(?:- )?["']?([\w.$-]{1,200})["']?:[ \t]{1,20}[|>][+-]?\d?[ \t]*\r?\n/gm;

/** `password: |` and the lines below it that stand further in. */
function yamlBlocks(text: string): Span[] {
  if (!/[|>]/.test(text)) return [];
  return allMatches(YAML_BLOCK, text).flatMap(({ index, 0: head, 1: indent = '', 2: name = '' }) => {
    if (!isSensitiveName(name)) return [];
    const start = index + head.length;
    let end = start;
    for (let at = start; at < text.length && isFurtherIn(text, at, indent.length); end = at) at = lineEnd(text, at);
    return end > start ? [{ start, end: text[end - 1] === '\n' ? end - 1 : end }] : [];
  });
}

function isFurtherIn(text: string, at: number, indent: number): boolean {
  const blanks = /^[ \t]*/.exec(text.slice(at, at + indent + 1))?.[0].length ?? 0;
  return blanks > indent;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}
