/**
 * An address as a message, an answer, a log line or the command shows it: without the user, password or token that it may
 * hold before its host or behind its path. Every text that names an address goes through here.
 */

import { isSensitiveName } from './sensitive-name.ts';

const HIDDEN = '******';
/** The start of a query, a fragment or parameters, also as written inside another address. */
const BEHIND_PATH = /([?#;]|%3[fb]|%23).*/is;

/**
 * Also of what is no address at all, since people paste them wrong, and of several with commas between. A password may hold
 * signs that should have been escaped (`/`, `?`, `#`, `@`): so everything up to the last `@` goes, even where that takes more
 * than the password.
 */
export function shownAddress(address: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(address)?.[0] ?? '';
  const rest = address.slice(scheme.length);
  const at = rest.lastIndexOf('@');
  const shown = at < 0 ? rest : HIDDEN + rest.slice(at);
  const path = shown.replace(BEHIND_PATH, `$1${HIDDEN}`);
  return scheme + path.split('/').map(shownPart).join('/');
}

/** Of a path: `token=…`. */
function shownPart(part: string): string {
  return part.replace(/([^=]*)=.*/s, (all, name: string) => (isSensitiveName(name) ? `${name}=${HIDDEN}` : all));
}
