/** Values of a request within the `args` of an EXECUTE JAR: each is a part of one argument, never of two (split-args.ts). */
import { nth } from '../sql/nth.ts';
import { type Token, valueOf } from '../sql/token.ts';
import { type PlacedSlot, refusedValue } from './refused.ts';
import { BASE64_ARGS } from './split-args.ts';

/** `token`: the literal, in which each slot stands as its `${name}`. */
export function asJarArguments(token: Token, slots: readonly PlacedSlot[]): string[] {
  const [first] = slots;
  if (first !== undefined && valueOf(token).trimStart().startsWith(BASE64_ARGS)) {
    throw refusedValue(first, 'within base64@ of an EXECUTE JAR', 'Write the arguments as they are.');
  }
  const quotes = quotesAround(token, slots);
  const plain = slots.map((slot, at) => asArgument(slot.value, nth(quotes, at), isSimple(slot.value)));
  if (!startsBase64(token, slots, plain)) return plain;
  return slots.map((slot, at) => asArgument(slot.value, nth(quotes, at), false));
}

type Quote = "'" | '"' | null;

/** In which quotes of the argument list each slot stands. */
function quotesAround(token: Token, slots: readonly PlacedSlot[]): Quote[] {
  const opening = token.text.slice(0, token.text.indexOf("'") + 1);
  let quote: Quote = null;
  let from = token.start + opening.length;
  return slots.map(({ start, end }) => {
    const between = token.text.slice(from - token.start, start - token.start);
    quote = quoteAfter(valueOf({ ...token, text: `${opening}${between}'` }), quote);
    from = end;
    return quote;
  });
}

/** As split-args.ts reads them: within `'…'` everything is text, elsewhere a backslash hides a quote. */
function quoteAfter(text: string, open: Quote): Quote {
  let quote = open;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '\\' && quote !== "'" && /["'\\\s]/.test(text.charAt(at + 1))) at += 1;
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

/** Arguments that begin like this are read another way: a value must not bring that about. */
function startsBase64(token: Token, slots: readonly PlacedSlot[], values: readonly string[]): boolean {
  const [first] = slots;
  if (first === undefined) return false;
  let text = token.text.slice(1, first.start - token.start);
  for (const [at, slot] of slots.entries()) {
    const next = slots[at + 1]?.start ?? token.end - 1;
    text += nth(values, at) + token.text.slice(slot.end - token.start, next - token.start);
    if (text.trimStart().length > BASE64_ARGS.length) break;
  }
  return text.trimStart().startsWith(BASE64_ARGS);
}
