/** Finds the literals of a statement that are values of sensitive keys, in any notation. */
import { keywords } from '../sql/keywords.ts';
import { nth } from '../sql/nth.ts';
import { isAnyWord, isPunctuation, isWord, type Token, valueOf } from '../sql/token.ts';
import { looseValues } from './loose-values.ts';
import { isRandom } from './ordinary-words.ts';
import { isSensitiveName } from './sensitive-name.ts';

export function sensitiveValues(tokens: readonly Token[]): ReadonlySet<Token> {
  const significant = withoutComments(tokens);
  const sensitive = new Set<Token>(looseValues(significant));
  // Stryker disable next-line ArrayDeclaration: what stands there before the first bracket is none that counts
  const brackets: Bracket[] = [];
  let isContinued = false;
  for (let index = 0; index < significant.length; index += 1) {
    const token = nth(significant, index);
    // Stryker disable next-line ConditionalExpression: no other token is a bracket
    if (token.kind === 'punctuation') follow(brackets, significant, index);
    isContinued =
      isValue(token) && (isContinued ? !isKey(significant, index) : isSecret(significant, index, brackets.at(-1)));
    if (isContinued) sensitive.add(token);
  }
  return sensitive;
}

function withoutComments(tokens: readonly Token[]): readonly Token[] {
  // Stryker disable next-line ConditionalExpression,MethodExpression,EqualityOperator: to copy them without need takes time
  return tokens.some(({ kind }) => kind === 'comment') ? tokens.filter(({ kind }) => kind !== 'comment') : tokens;
}

const BEFORE_VALUE = keywords('LIKE VALUE TO');
const TOKENS = keywords('TOKEN TOKENS');
const BY = keywords('BY AS');

/** The content of an open bracket: pairs of a map, the values of `key IN (…)`, or anything else. */
type Bracket = 'map' | 'values' | null;

/** `index`: of punctuation. */
function follow(brackets: Bracket[], tokens: readonly Token[], index: number): void {
  const sign = nth(tokens, index).text;
  if (sign === '(' || sign === '[') brackets.push(bracketAt(tokens, index));
  if (sign === ')' || sign === ']') brackets.pop();
}

function bracketAt(tokens: readonly Token[], index: number): Bracket {
  if (isWord(tokens[index - 1], 'MAP')) return 'map';
  return isWord(tokens[index - 1], 'IN') && isSensitiveKey(tokens, index - 2) ? 'values' : null;
}

/** `at`: of the key, or of a NOT behind it. */
function isSensitiveKey(tokens: readonly Token[], at: number): boolean {
  const key = isWord(tokens[at], 'NOT') ? tokens[at - 1] : tokens[at];
  return key !== undefined && isSensitiveName(valueOf(key));
}

function isSecret(tokens: readonly Token[], index: number, bracket: Bracket | undefined): boolean {
  if (bracket === 'values') return true;
  let at = index;
  // `_UTF8'…'`, `U&'…'`: the letters before a literal belong to it.
  while (isPrefix(tokens[at - 1], tokens[at])) at -= 1;
  const before = tokens[at - 1];
  if (isSign(before) || isAnyWord(before, BEFORE_VALUE)) return isSensitiveKey(tokens, at - 2);
  if (isPunctuation(before, ',')) return bracket === 'map' && isSensitiveKey(tokens, at - 2);
  // A parser's "token", as in "unexpected token 'FROM'", is no secret.
  if (isAnyWord(before, TOKENS)) return isRandom(valueOf(nth(tokens, index)));
  return isOfUser(tokens, at - 1);
}

/** `PASSWORD 'x'`, `IDENTIFIED BY 'x'`, `IDENTIFIED WITH how BY 'x'`, as other systems write it. */
function isOfUser(tokens: readonly Token[], at: number): boolean {
  const word = tokens[at];
  if (!isAnyWord(word, BY)) return word?.kind === 'word' && isSensitiveName(word.text);
  return isWord(tokens[at - 1], 'IDENTIFIED') || isWord(tokens[at - 3], 'IDENTIFIED');
}

const isValue = ({ kind }: Token): boolean => kind === 'string' || kind === 'raw';

const SIGNS = new Set(['=', '=>', '<>', '!=']);

function isSign(token: Token | undefined): boolean {
  return token?.kind === 'assign' || (token?.kind === 'punctuation' && SIGNS.has(token.text));
}

/** Two literals in a row are one text to Flink, unless the second is a key. */
function isKey(tokens: readonly Token[], index: number): boolean {
  return isSign(tokens[index + 1]);
}

function isPrefix(before: Token | undefined, next: Token | undefined): boolean {
  // Stryker disable next-line OptionalChaining: what ends where the literal begins is there
  return before?.end === next?.start && (before?.kind === 'word' || isPunctuation(before, '&'));
}
