/**
 * Keywords in any case. They are asked for at each word of a text, so no upper-case copy of the word is made, and most words are
 * recognised by their length and first letter.
 */

/** Of ASCII letters, the bit by which lower case differs from upper case. */
const LOWER = 32;

/** `keyword`: in upper case, of ASCII letters and `_` alone. */
export function isSpelled(text: string, keyword: string): boolean {
  if (text.length !== keyword.length) return false;
  for (let at = 0; at < text.length; at += 1)
    if ((text.charCodeAt(at) | LOWER) !== (keyword.charCodeAt(at) | LOWER)) return false;
  return true;
}

/** What each keyword of a list means. */
export class Keywords<Meaning> {
  readonly #byStart = new Map<number, { readonly keyword: string; readonly meaning: Meaning }[]>();

  /** `lists`: with blanks between the keywords. */
  constructor(lists: readonly (readonly [meaning: Meaning, keywords: string])[]) {
    for (const [meaning, keywords] of lists) for (const keyword of keywords.split(' ')) this.#add(keyword, meaning);
  }

  #add(keyword: string, meaning: Meaning): void {
    const start = startOf(keyword);
    const same = this.#byStart.get(start) ?? [];
    this.#byStart.set(start, [...same, { keyword, meaning }]);
  }

  /** Undefined: it is none of them. */
  find(text: string): Meaning | undefined {
    return this.#byStart.get(startOf(text))?.find(({ keyword }) => isSpelled(text, keyword))?.meaning;
  }
}

/** Keywords that need no meaning. */
export function keywords(list: string): Keywords<true> {
  return new Keywords([[true, list]]);
}

/** The same for all words of the same length with the same first letter. */
function startOf(text: string): number {
  return text.length * 0x10000 + (text.charCodeAt(0) | LOWER);
}
