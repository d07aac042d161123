/**
 * What a run keeps to itself: puts the values of its secrets into a text that is sent, and takes them, and the plain values
 * of sensitive variables, out of a text that comes back.
 */
import type { AppError, Mask } from '../errors.ts';
import { once } from '../once.ts';
import { knownLiterals } from './known-literals.ts';
import { maskSecrets, maskStatement } from './mask-sql.ts';
import { type KnownValue, messageMasker, MIN_LITERAL_LENGTH, valueMasker, wholeMasker } from './mask-values.ts';
import { fillSecrets, placeSecrets, type SecretValues } from './place-secrets.ts';
import type { PlacedText } from './placed-text.ts';
import type { TextRange } from './sensitive-ranges.ts';
import { MASK } from './text-spans.ts';

export interface Redaction {
  /** For what is sent: the values in place of `${name}`. */
  place(text: string): PlacedText;
  /** The same for a value that is sent outside of SQL. */
  fill(value: string): string;
  /** For data: `${name}` or a mask in place of every value; nothing else is touched. */
  maskValues(text: string): string;
  /** For what is said in words: as maskValues, and values of options with sensitive names too. */
  mask(text: string): string;
  /** As mask, for a text of any length that nobody has cut. */
  maskWhole(text: string): string;
  /** As maskWhole, for SQL: what stands outside of literals and comments is no secret. */
  maskSql(text: string): string;
  /** The message of an error, masked before anything of it was cut. */
  messageOf(error: AppError): string;
}

/** Before it is known what a run hides. */
export const NO_REDACTION: Redaction = {
  place: (text) => placeSecrets(text, {}),
  fill: (value) => value,
  maskValues: (text) => text,
  mask: maskSecrets,
  maskWhole: maskSecrets,
  maskSql: maskStatement,
  messageOf: (error) => maskSecrets(error.message),
};

/** A run's text, and where it holds plain values that no answer may show: of a run, its body. */
export interface TextWithValues {
  readonly statement: string;
  readonly plan: { readonly sensitive: readonly TextRange[] };
}

export function redactionFor(run: TextWithValues, secrets: SecretValues): Redaction {
  const maskers = once(() => toMaskers(run, secrets));
  const mask = (text: string): string => maskSecrets(maskers().message(maskers().whole(text)));
  const maskWhole = (text: string): string => maskSecrets(maskers().value(maskers().whole(text)));
  return {
    place: (text) => placeSecrets(text, secrets),
    fill: (value) => fillSecrets(value, secrets),
    maskValues: (text) => maskers().value(text),
    mask,
    maskWhole,
    maskSql: (text) => maskStatement(maskers().value(maskers().whole(text))),
    messageOf: (error) => error.masked(maskWhole, mask),
  };
}

/** Reading the text takes time, and most runs never need it. */
function toMaskers(run: TextWithValues, secrets: SecretValues): Record<'value' | 'message' | 'whole', Mask> {
  const literals = knownLiterals(run.statement, run.plan.sensitive, secrets);
  const values = [...secretValues(secrets), ...plainValues(run)];
  const known = [...values, ...literals.filter(({ value }) => value.length >= MIN_LITERAL_LENGTH)];
  return { value: valueMasker(known), message: messageMasker(known), whole: wholeMasker([...values, ...literals]) };
}

function secretValues(secrets: SecretValues): KnownValue[] {
  return Object.entries(secrets).map(([name, value]) => ({ value, shown: `\${${name}}` }));
}

function plainValues({ statement, plan }: TextWithValues): KnownValue[] {
  const values = new Set(plan.sensitive.map((range) => statement.slice(...range)));
  return [...values].map((value) => ({ value: value.replaceAll("''", "'"), shown: MASK }));
}
