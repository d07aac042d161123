import { AppError } from '../errors.ts';
import { scan } from './scan.ts';
import { isSensitiveName } from './sensitive-name.ts';
import { isPunctuation, valueOf, type Token } from './token.ts';

const MASK = '******';
const USER_INFO = /(\/\/[^\s/:@']*:)[^\s/@']+(?=@)/g;
const OPTION = /'([^'\r\n]{1,200})'(\s{0,20}=\s{0,20})'(?:[^']|'')*'?/g;

/**
 * The text with `'******'` in place of the values of sensitive options (`'password' = '…'`, `SET 'x.secret' = '…'`,
 * hints, definitions) and of passwords in URLs. Text that cannot be scanned is masked by pattern.
 */
export function maskSecrets(text: string): string {
  return maskOptions(text).replace(USER_INFO, `$1${MASK}`);
}

/** Where the values of sensitive options stand, without their quotes: [start, end) in the text that was scanned. */
export function sensitiveLiterals(tokens: readonly Token[]): (readonly [number, number])[] {
  const values = sensitiveValues(tokens).filter((value) => masked(value) !== value.text);
  return values.map(({ kind, text: written, start, end }) => {
    if (kind === 'raw') return [start, end];
    return [start + written.indexOf("'") + 1, end - 1];
  });
}

function maskOptions(text: string): string {
  const tokens = scanOrNull(text);
  if (tokens === null) {
    return text.replace(OPTION, (all, key: string, equals: string) =>
      isSensitiveName(key) ? `'${key}'${equals}'${MASK}'` : all,
    );
  }
  const parts: string[] = [];
  let from = 0;
  for (const value of sensitiveValues(tokens)) {
    parts.push(text.slice(from, value.start), masked(value));
    from = value.end;
  }
  return parts.join('') + text.slice(from);
}

function sensitiveValues(tokens: readonly Token[]): Token[] {
  const significant = tokens.filter((token) => token.kind !== 'comment');
  return significant.filter((value, index) => {
    if (value.kind !== 'string' && value.kind !== 'raw') return false;
    const sign = significant[index - 1];
    if (!isPunctuation(sign, '=') && sign?.kind !== 'assign') return false;
    const key = significant[index - 2];
    return key !== undefined && isSensitiveName(valueOf(key));
  });
}

// A reference is no secret, and it is what a person needs to see.
function masked(value: Token): string {
  if (/^'?\$\{[^}]*\}'?$/.test(value.text)) return value.text;
  return value.kind === 'raw' ? MASK : `'${MASK}'`;
}

function scanOrNull(text: string): Token[] | null {
  try {
    return scan(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return null;
  }
}
