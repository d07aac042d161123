/**
 * Where a text shows what it must not, by the grammar of what stands there: pairs of a sensitive key and its value, credentials
 * in addresses, arguments of programs, and messages that say a value before its key. It needs no list of secrets, and its
 * time is in proportion to the text.
 */
import { allMatches } from '../sql/match-at.ts';
import { blamedSpans } from './blamed-values.ts';
import { addressSpans } from './secret-addresses.ts';
import { argumentSpans } from './secret-arguments.ts';
import { blockSpans } from './secret-blocks.ts';
import { linkSpans } from './secret-links.ts';
import { pairSpans } from './secret-pairs.ts';
import { sentenceSpans } from './secret-sentences.ts';
import { isSensitiveName } from './sensitive-name.ts';
import { MASK, mergedSpans, type Span } from './text-spans.ts';

// Stryker disable next-line Regex: what it lets through without need costs time alone
const HINTS =
  /[@:]|eyJ|pass|pwd|secret|token|auth|key|cred|jaas|sas|sig|cookie|bearer|basic|identified|[?&;]pw?=|(?:^|[\s"'[,])-[paw]|[sr]k-|gh._|_pat_|glpat|xox|aiza/i;

/** `isValue`: the text is one value, as a literal of SQL or an option holds it; else it is words, with such values in them. */
export function secretSpans(text: string, isValue: boolean): readonly Span[] {
  // Stryker disable next-line ConditionalExpression: where none is, nothing is found either, but slowly
  if (!HINTS.test(text)) return NOTHING;
  const others = [
    ...addressSpans(text, isValue),
    ...argumentSpans(text, isValue),
    ...sentenceSpans(text),
    ...blamedSpans(text),
    ...namedSpans(text),
  ];
  const spans = [...pairSpans(text, isValue), ...linkSpans(text), ...blockSpans(text), ...others];
  return mergedSpans(spans.filter(({ start, end }) => !isShowable(text.slice(start, end))));
}

const NOTHING: readonly Span[] = [];

/** A mask, or a reference to a secret, which is what a person needs to see. */
function isShowable(value: string): boolean {
  return value === MASK || /^'?\$\{[^}'"\s]+\}'?$/.test(value);
}

/** `Option{key='password', value='x'}`, `{"name": "password", "value": "x"}`, `<password>x</password>`, and the pairs of YAML and Hadoop. */
const NAMED =
  /(?:\b(?:key|name)['"]?\s?[=:]\s?['"]?([\w.$-]{1,200})['"]?,?\s{0,20}['"]?value['"]?\s?[=:]\s?['"]?|<name>([\w.$-]{1,200})<\/name>\s{0,20}<value>|<([\w.-]{1,200})>)([^'"<>,)}\]\r\n]{1,2000})/g;

function namedSpans(text: string): Span[] {
  // Stryker disable next-line StringLiteral: one of the names is always there, and so is the value
  return allMatches(NAMED, text).flatMap(({ index, 0: all, 1: key, 2: name, 3: element = '', 4: value = '' }) => {
    const end = index + all.length;
    return isSensitiveName(key ?? name ?? element) ? [{ start: end - value.length, end }] : [];
  });
}
