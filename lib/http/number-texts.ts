/** JavaScript reads `2.0` as 2 and `1e5` as 100000. In SQL these differ, so numbers must stay as written. */

const TEXT_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?[0-9][0-9.eE+-]*/g;

/** The same JSON with each number as a text, as it was written. `json` must be valid. */
export function numbersAsTexts(json: string): string {
  return json.replace(TEXT_OR_NUMBER, (token) => (token.startsWith('"') ? token : `"${token}"`));
}
