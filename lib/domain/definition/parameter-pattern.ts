/**
 * Patterns of parameters. A pattern must not be able to take long: repeats of groups, back references and looking around are
 * refused, and the rest takes time in the third power of at most 200 characters.
 */

export const MAX_MATCHED_LENGTH = 200;
const MAX_REPEATS = 3;
const MAX_CHOICES = 8;

const TOKEN = /\\[^]|\[(?:\\[^]|[^\]\\])*\]|\(\?[^]|\{[0-9]+(?:,[0-9]*)?\}|[^]/g;

/** Null: it can be used. */
export function patternProblem(pattern: string): string | null {
  const tokens = [...pattern.matchAll(TOKEN)].map(([token]) => token);
  const slow = tokens.find((token) => /^\\[1-9k]/.test(token) || (token.startsWith('(?') && token !== '(?:'));
  if (slow !== undefined) return `has ${slow}, which can take very long`;
  const repeats = tokens.filter(isRepeat);
  if (tokens.some((token, at) => isRepeat(token) && tokens[at - 1] === ')'))
    return 'repeats a group, which can take very long';
  const open = repeats.filter((token) => !/^\{[0-9]+\}$/.test(token)).length;
  if (open > MAX_REPEATS) return `has more than ${MAX_REPEATS} repeats without a fixed count`;
  const choices = tokens.filter((token) => token === '?' || token === '|').length;
  if (choices > MAX_CHOICES) return `has more than ${MAX_CHOICES} of ? and |: use "values" for a list`;
  return toRegExp(pattern) === null ? 'is no regular expression' : null;
}

function isRepeat(token: string): boolean {
  return token === '*' || token === '+' || /^\{.+\}$/.test(token);
}

/** The whole value must match. */
export function matches(pattern: string, value: string): boolean {
  return value.length <= MAX_MATCHED_LENGTH && (toRegExp(pattern)?.test(value) ?? false);
}

function toRegExp(pattern: string): RegExp | null {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u');
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
