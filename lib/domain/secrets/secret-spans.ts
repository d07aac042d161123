/**
 * Where a text shows what it must not, by the grammar of what stands there: pairs of a sensitive key and its value, credentials
 * in addresses, arguments of programs, and messages that say a value before its key. It needs no list of secrets, and its
 * time is in proportion to the text.
 */
import { allMatches } from '../sql/match-at.ts';
import { blamedSpans } from './blamed-values.ts';
import { listedSpans } from './listed-arguments.ts';
import { looseAddressSpans } from './loose-addresses.ts';
import { saidSpans } from './said-values.ts';
import { addressSpans } from './secret-addresses.ts';
import { argumentSpans } from './secret-arguments.ts';
import { blockSpans } from './secret-blocks.ts';
import { linkSpans } from './secret-links.ts';
import { pairSpans } from './secret-pairs.ts';
import { sentenceSpans } from './secret-sentences.ts';
import { FOREIGN_HINT, isSensitiveName } from './sensitive-name.ts';
import { MASK, mergedSpans, type Span } from './text-spans.ts';

// Stryker disable next-line Regex: what it lets through without need costs time alone
const SIGNS = /[@:：]/;
const HINTS =
  /%40|eyJ|log.?[io]n|pass|pwd|secret|token|auth|key|cred|jaas|sas|sig|cookie|bearer|basic|identified|[?&;]pw?=|(?:^|[\s"'[,])-[paw]|[sr]k-|gh._|_pat_|glpat|xox|aiza|hv[bsr]\./i;

/** `isValue`: the text is one value, as a literal of SQL or an option holds it; else it is words, with such values in them. */
export function secretSpans(text: string, isValue: boolean): readonly Span[] {
  // Stryker disable next-line ConditionalExpression: where none is, nothing is found either, but slowly
  if (!SIGNS.test(text) && !HINTS.test(text) && !FOREIGN_HINT.test(text)) return NOTHING;
  const others = [
    ...addressSpans(text, isValue),
    ...looseAddressSpans(text),
    ...argumentSpans(text, isValue),
    ...sentenceSpans(text),
    ...blamedSpans(text),
    ...namedSpans(text),
    ...saidSpans(text),
    ...listedSpans(text),
    ...unreadInputs(text),
  ];
  const spans = [...pairSpans(text, isValue), ...linkSpans(text), ...blockSpans(text), ...others];
  return mergedSpans(spans.filter(({ start, end }) => !isShowable(text.slice(start, end))));
}

const NOTHING: readonly Span[] = [];

/** A mask, or a reference to a secret, which people need to see. */
function isShowable(value: string): boolean {
  return value === MASK || /^'?\$\{[^}'"\s]+\}'?$/.test(value);
}

/** Java's "Illegal character in user info at index 9: amqp://u:a b@h": what could not be read goes on to the end of the line. */
const INPUT = /\bat index \d{1,9}: ([^\n]{1,5000})/g;

function unreadInputs(text: string): Span[] {
  // Stryker disable next-line ConditionalExpression,StringLiteral: without it nothing else is found, but slowly
  if (!text.includes('at index ')) return [];
  // Stryker disable next-line StringLiteral: the group is always there
  return allMatches(INPUT, text).flatMap(({ index, 0: all, 1: input = '' }) => {
    const from = index + all.length - input.length;
    const spans = [...addressSpans(input, true), ...pairSpans(input, true)];
    return spans.map(({ start, end }) => ({ start: from + start, end: from + end }));
  });
}

/** `Option{key='password', value='x'}`, `{"name": "password", "value": "x"}`, `<password>x</password>`, and the pairs of YAML and Hadoop. */
const NAMED =
  /(?:\b(?:key|name)['"]?\s?[=:]\s?['"]?([\w.$-]{1,200})['"]?,?\s{0,20}['"]?value['"]?\s?[=:]\s?['"]?|<name>([\w.$-]{1,200})<\/name>\s{0,20}<value>|<([\w.-]{1,200})>(?! [a-z]{1,20} ))([^'"<>,)}\]\r\n]{1,2000})/g;

function namedSpans(text: string): Span[] {
  // Stryker disable next-line StringLiteral: one of the names is always there, and so is the value
  return allMatches(NAMED, text).flatMap(({ index, 0: all, 1: key, 2: name, 3: element = '', 4: value = '' }) => {
    const end = index + all.length;
    return isSensitiveName(key ?? name ?? element) ? [{ start: end - value.length, end }] : [];
  });
}
