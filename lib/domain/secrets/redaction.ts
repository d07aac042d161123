/**
 * What a run keeps to itself: puts the values of its secrets into a text that is sent, and takes them, and the plain values
 * of sensitive variables, out of a text that comes back.
 */
import type { AppError, Mask } from '../errors.ts';
import { once } from '../once.ts';
import { knownLiterals } from './known-literals.ts';
import { pieceMasker } from './mask-pieces.ts';
import { maskSecrets, maskStatement } from './mask-sql.ts';
import { type KnownValue, messageMasker, MIN_LITERAL_LENGTH, valueMasker, wholeMasker } from './mask-values.ts';
import { wordMasker } from './mask-words.ts';
import { fillSecrets, placeSecrets, type SecretValues } from './place-secrets.ts';
import type { PlacedText } from './placed-text.ts';
import { secretSpans } from './secret-spans.ts';
import { isSensitiveName } from './sensitive-name.ts';
import type { TextRange } from './sensitive-ranges.ts';
import { MASK } from './text-spans.ts';

export interface Redaction {
  /** For texts that are sent: inserts the values for `${name}`. */
  place(text: string): PlacedText;
  /** The same for a value that is sent outside of SQL. */
  fill(value: string): string;
  /** For data: `${name}` or a mask in place of every value; nothing else is touched. */
  maskValues(text: string): string;
  /** For messages: as maskValues, and also values of options with sensitive names. */
  mask(text: string): string;
  /** As mask, for a text of any length that nobody has cut, and that is data or a plan: words in it are names. */
  maskWhole(text: string): string;
  /** As mask, for a message that was not cut. */
  maskTold(text: string): string;
  /** As maskWhole, for SQL: what stands outside of literals and comments is no secret. */
  maskSql(text: string): string;
  /** The message of an error, masked before anything of it was cut. */
  messageOf(error: AppError): string;
}

/** Before the run's hidden values are known. */
export const NO_REDACTION: Redaction = {
  place: (text) => placeSecrets(text, {}),
  fill: (value) => value,
  maskValues: (text) => text,
  mask: maskSecrets,
  maskWhole: maskSecrets,
  maskTold: maskSecrets,
  maskSql: maskStatement,
  messageOf: (error) => maskSecrets(error.message),
};

/** A run's text, and where it holds plain values that no answer may show: of a run, its body. */
export interface TextWithValues {
  readonly statement: string;
  readonly plan: {
    readonly sensitive: readonly TextRange[];
    /** Options of the session, of any layer. */
    readonly properties?: Readonly<Record<string, string>>;
  };
}

export function redactionFor(run: TextWithValues, secrets: SecretValues): Redaction {
  const maskers = once(() => toMaskers(run, secrets));
  const mask = (text: string): string => maskSecrets(maskers().word(maskers().message(maskers().whole(text))));
  const withoutValues = (text: string): string => maskers().value(maskers().whole(text));
  const maskTold = (text: string): string => maskSecrets(maskers().word(withoutValues(text)));
  return {
    place: (text) => placeSecrets(text, secrets),
    fill: (value) => fillSecrets(value, secrets),
    maskValues: (text) => maskers().value(text),
    mask,
    maskWhole: (text) => maskSecrets(withoutValues(text)),
    maskTold,
    maskSql: (text) => maskStatement(withoutValues(text)),
    messageOf: (error) => error.masked(maskTold, mask),
  };
}

/** Reading the text takes time, and most runs never need it. */
function toMaskers(run: TextWithValues, secrets: SecretValues): Record<'value' | 'message' | 'whole' | 'word', Mask> {
  const literals = knownLiterals(run.statement, run.plan.sensitive, secrets);
  const values = [...secretValues(secrets), ...plainValues(run)];
  const given = [...literals, ...optionValues(run)];
  const parts = partsOf([...values, ...given]);
  const others = [...given, ...parts];
  const known = [...values, ...others.filter(({ value }) => value.length >= MIN_LITERAL_LENGTH)];
  const all = [...values, ...others];
  return {
    value: valueMasker(known),
    message: messageMasker(known),
    whole: wholeMasker(all),
    word: both(wordMasker(all), pieceMasker([...values, ...parts])),
  };
}

const both =
  (first: Mask, second: Mask): Mask =>
  (text) =>
    second(first(text));

/** A password within an address or a configuration of JAAS: who reads those may quote it alone. */
function partsOf(known: readonly KnownValue[]): KnownValue[] {
  return known.flatMap(({ value }) =>
    secretSpans(value, true).map(({ start, end }) => ({ value: value.slice(start, end), shown: MASK })),
  );
}

function secretValues(secrets: SecretValues): KnownValue[] {
  return Object.entries(secrets).map(([name, value]) => ({ value, shown: `\${${name}}` }));
}

function plainValues({ statement, plan }: TextWithValues): KnownValue[] {
  const values = new Set(plan.sensitive.map((range) => statement.slice(...range)));
  return [...values].map((value) => ({ value: value.replaceAll("''", "'"), shown: MASK }));
}

function optionValues({ plan: { properties = {} } }: TextWithValues): KnownValue[] {
  return Object.entries(properties).flatMap(([name, value]) => (isSensitiveName(name) ? [{ value, shown: MASK }] : []));
}
