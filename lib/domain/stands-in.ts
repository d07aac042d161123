/** Words in texts that others have written, such as messages of Flink. */

/** Whether the word stands somewhere where it is alone. `before`: one character; `after`: two. */
export function standsIn(word: string, text: string, isAlone: (before: string, after: string) => boolean): boolean {
  if (word === '') return false;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const end = at + word.length;
    if (isAlone(text.charAt(at - 1), text.slice(end, end + 2))) return true;
  }
  return false;
}
