/** Secrets of a form of their own: keys in PEM form, tokens of JSON, cookies, a user with a password, blocks of YAML. */
import { allMatches } from '../sql/match-at.ts';
import { isSensitiveName } from './sensitive-name.ts';
import type { Span } from './text-spans.ts';

/** The whole of group 1 is the secret. */
const BLOCKS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----((?:(?!-----END)[^])*)/dg,
  /\b(eyJ[\w-]{10,2000}\.[\w-]{4,4000}\.[\w-]{0,2000})/dg,
  // Keys that begin with whose they are.
  /\b((?:[sr]k-|gh[opsur]_|github_pat_|glpat-|xox[a-z]-|AIza|hv[bsr]\.)(?=\D{0,99}\d)[\w-]{12,200})/dg,
  // Addresses of which a part is the secret.
  /\b(?:hooks\.slack\.com\/(?:services|workflows|triggers)\/|discord(?:app)?\.com\/api\/webhooks\/\d{1,30}\/|webhook\.office\.com\/webhookb2\/|api\.telegram\.org\/bot)([^\s"'?#&<>]{1,500})/dgi,
  // All parts of it, up to the end of the line.
  /\b(?:set-)?cookie2?["']?[ \t]{0,5}:[ \t]{0,5}["']?([^\s"';=,]{1,200}=[^\r\n"']*)/dgi,
  // Schemes that have a list of pairs.
  /\bauthorization["']?[ \t]{0,5}[:=][ \t]{0,5}["']?((?:digest|hawk|oauth|aws4-[\w-]{1,40}|sharedkey\w{0,10})[ \t][^\r\n]*)/dgi,
  /(?:^|\s)(?:-u|--user|--proxy-user)[ =]{1,3}["']?(?!(?:jdbc|https?|tcp|ssl|file|hdfs|s3a?|oss):)[^\s:"'/]{1,200}:([^\s"']{1,500})/dg,
];

export function blockSpans(text: string): Span[] {
  const found = BLOCKS.flatMap((pattern) =>
    // Stryker disable next-line ConditionalExpression,OptionalChaining,ArrayDeclaration: the group is always there
    allMatches(pattern, text).flatMap(({ indices }) => (indices?.[1] === undefined ? [] : [indices[1]])),
  );
  return [...found.map(([start, end]) => ({ start, end })), ...yamlBlocks(text)];
}

const YAML_BLOCK = /^([ \t]*)(?:- )?["']?([\w.$-]{1,200})["']?:[ \t]{1,20}[|>][+-]?\d?[ \t]*\r?\n/gm;

/** `password: |` and the lines below it that stand further in, empty lines between them included. */
function yamlBlocks(text: string): Span[] {
  // Stryker disable next-line ConditionalExpression,Regex: without it nothing is found either, but slowly
  if (!/[|>]/.test(text)) return [];
  // Stryker disable next-line StringLiteral: the groups are always there
  return allMatches(YAML_BLOCK, text).flatMap(({ index, 0: head, 1: indent = '', 2: name = '' }) => {
    if (!isSensitiveName(name)) return [];
    const start = index + head.length;
    const length = lengthFurtherIn(text, start, indent.length);
    return length === 0 ? [] : [{ start, end: start + length }];
  });
}

function lengthFurtherIn(text: string, start: number, indent: number): number {
  let length = 0;
  for (let at = start, next = at; at < text.length; at = next) {
    next = text.indexOf('\n', at) + 1 || text.length;
    const line = text.slice(at, next);
    if (line.trim() === '') continue;
    if (/[^ \t]/.test(line.slice(0, indent + 1))) break;
    length = at - start + line.trimEnd().length;
  }
  return length;
}
