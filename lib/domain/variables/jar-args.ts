/** Values of a request within the `args` of an EXECUTE JAR: each is a part of one argument, never of two (split-args.ts). */
import { nth } from '../sql/nth.ts';
import { type Token, valueOf } from '../sql/token.ts';
import { type PlacedSlot, refusedValue } from './refused.ts';
import { BASE64_ARGS } from './split-args.ts';

/** `token`: the literal, in which each slot stands as its `${name}`. */
export function asJarArguments(token: Token, slots: readonly PlacedSlot[]): string[] {
  if (startsBase64(valueOf(token))) {
    throw refusedValue(nth(slots, 0), 'within base64@ of an EXECUTE JAR', 'Write the arguments as they are.');
  }
  const texts = textsBetween(token, slots);
  const quotes = quotesAround(slots.map((_, at) => nth(texts, at)));
  const plain = slots.map(({ value }, at) => asArgument(value, nth(quotes, at), isSimple(value)));
  // Arguments that begin like this are read another way: a value must not bring that about.
  if (!startsBase64(texts.map((text, at) => text + (plain[at] ?? '')).join(''))) return plain;
  return slots.map(({ value }, at) => asArgument(value, nth(quotes, at), false));
}

function startsBase64(args: string): boolean {
  return args.trimStart().startsWith(BASE64_ARGS);
}

/** What the author has written before each slot, and behind the last one. */
function textsBetween(token: Token, slots: readonly PlacedSlot[]): string[] {
  // A literal may begin with more than its quote sign: N', E', _UTF8'.
  const opening = token.text.slice(0, token.text.indexOf("'") + 1);
  let from = token.start + opening.length;
  return [...slots, { start: token.end - 1, end: token.end }].map(({ start, end }) => {
    const between = token.text.slice(from - token.start, start - token.start);
    from = end;
    return valueOf({ ...token, text: `${opening}${between}'` });
  });
}

type Quote = "'" | '"' | null;

/** In which quotes of the argument list each slot stands. */
function quotesAround(texts: readonly string[]): Quote[] {
  let quote: Quote = null;
  return texts.map((text) => (quote = quoteAfter(text, quote)));
}

/** As split-args.ts reads them: within `'…'` everything is text, elsewhere a backslash hides a quote. */
function quoteAfter(text: string, open: Quote): Quote {
  let quote = open;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '\\' && quote !== "'") at += 1;
    else if (quote === null && (sign === "'" || sign === '"')) quote = sign;
    else if (sign === quote) quote = null;
  }
  return quote;
}

const isSimple = (value: string): boolean => /^[^\s"'\\]+$/.test(value);

function asArgument(value: string, quote: Quote, asItIs: boolean): string {
  if (quote === "'") return value.replaceAll("'", `'\\''`);
  const escaped = value.replace(/["\\]/g, '\\$&');
  if (quote === '"') return escaped;
  return asItIs ? value : `"${escaped}"`;
}
