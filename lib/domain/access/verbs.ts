/** The verbs that a caller may have. */
import { AppError } from '../errors.ts';

export const VERBS = ['submit', 'read', 'control', 'analyse', 'adhoc'] as const;

/** adhoc: run statements that are no stored task. It is never given unless it is asked for by name. */
export type Verb = (typeof VERBS)[number];

export const USUAL_VERBS: readonly Verb[] = ['submit', 'read', 'control', 'analyse'];

/** "submit,read" -> in the order of VERBS, each once. */
export function readVerbs(text: string): Verb[] {
  const words = text.split(',').map((word) => word.trim().toLowerCase());
  const wrong = words.find((word) => !isVerb(word));
  if (wrong !== undefined) {
    throw new AppError('request.invalid', `"${wrong}" is not a verb. Give one or more of ${VERBS.join(',')}.`);
  }
  return VERBS.filter((verb) => words.includes(verb));
}

function isVerb(word: string): word is Verb {
  return (VERBS as readonly string[]).includes(word);
}
