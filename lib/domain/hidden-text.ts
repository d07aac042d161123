/**
 * What a run keeps to itself: puts the values of its secrets into a text that is sent, and takes them, and the plain values
 * of sensitive variables, out of a text that comes back.
 */
import type { AppError } from './errors.ts';
import { type KnownValue, messageMasker, valueMasker } from './known-values.ts';
import { MASK } from './text-spans.ts';
import type { PlacedText } from './placed-text.ts';
import type { TextRange } from './sensitive-ranges.ts';
import { maskSecrets } from './sql/mask.ts';
import { type SecretValues, fillSecrets, placeSecrets } from './variables-secrets.ts';

export interface HiddenText {
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
  /** The message of an error, masked before anything of it was cut. */
  messageOf(error: AppError): string;
}

/** Before it is known what a run hides. */
export const NOTHING_HIDDEN: HiddenText = {
  place: (text) => placeSecrets(text, {}),
  fill: (value) => value,
  maskValues: (text) => text,
  mask: maskSecrets,
  maskWhole: maskSecrets,
  messageOf: (error) => maskSecrets(error.message),
};

/** A run's text, and where it holds plain values that no answer may show: of a run, its body. */
export interface TextWithValues {
  readonly statement: string;
  readonly plan: { readonly sensitive: readonly TextRange[] };
}

export function hiddenText(run: TextWithValues, secrets: SecretValues): HiddenText {
  const known = [...secretValues(secrets), ...plainValues(run)];
  const maskMessage = messageMasker(known);
  const maskValues = valueMasker(known);
  const mask = (text: string): string => maskSecrets(maskMessage(text));
  const maskWhole = (text: string): string => maskSecrets(maskValues(text));
  return {
    place: (text) => placeSecrets(text, secrets),
    fill: (value) => fillSecrets(value, secrets),
    maskValues,
    mask,
    maskWhole,
    messageOf: (error) => error.masked(maskWhole, mask),
  };
}

function secretValues(secrets: SecretValues): KnownValue[] {
  return Object.entries(secrets).map(([name, value]) => ({ value, shown: `\${${name}}` }));
}

function plainValues({ statement, plan }: TextWithValues): KnownValue[] {
  const values = new Set(plan.sensitive.map((range) => statement.slice(...range)));
  return [...values].map((value) => ({ value: value.replaceAll("''", "'"), shown: MASK }));
}
