/**
 * From which servers jars are read. Without a word of the deployment: by https, and from public addresses alone. What a name
 * leads to is looked at when the connection is made, since a name may lead elsewhere a moment later.
 */
import dns from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { AppError } from '../../domain/errors.ts';
import { reachOf } from './inner-addresses.ts';
import { shownUri } from './opened-jar.ts';

export interface HttpRules {
  /** Hosts ("host" or "host:port") that may be asked by http as well, and at inner addresses. */
  readonly namedHosts: readonly string[];
  /** Another way to look names up than the system's: tests. */
  readonly lookup?: typeof dns.lookup | undefined;
}

/** How a connection to the URL may be made. @throws AppError jar.invalid when none may. */
export function lookupFor(url: URL, jar: URL, rules: HttpRules): LookupFunction {
  const named = isNamed(url, rules.namedHosts);
  if (url.protocol !== 'https:' && !named) {
    throw refused(jar, "http is not secure and is only allowed for hosts in the deployment's setting JAR_HOSTS");
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // Node looks up names alone.
  if (isIP(host) !== 0 && !mayBeAsked(host, named)) throw notPublic(jar);
  return (name, options, done) => {
    (rules.lookup ?? dns.lookup)(name, { ...options, all: true }, (error, found) => {
      const allowed = error === null ? found.filter(({ address }) => mayBeAsked(address, named)) : [];
      const [first] = allowed;
      if (first === undefined) done(error ?? notPublic(jar), []);
      else if (options.all === true) done(null, allowed);
      else done(null, first.address, first.family);
    });
  };
}

function isNamed({ hostname, port, protocol }: URL, namedHosts: readonly string[]): boolean {
  const withPort = `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
  return namedHosts.some((named) => named === hostname || named === withPort);
}

/** Metadata never, whoever is named: a name that leads there was not named for that. */
function mayBeAsked(address: string, named: boolean): boolean {
  const reach = reachOf(address);
  return reach === 'public' || (reach === 'inner' && named);
}

function notPublic(jar: URL): AppError {
  const why = 'its host, or one that it is redirected to, has no public address';
  return refused(jar, `${why}; such hosts are only allowed in the deployment's setting JAR_HOSTS`);
}

function refused(jar: URL, why: string): AppError {
  return new AppError('jar.invalid', `${shownUri(jar)} is refused: ${why}. Use an https:// or s3:// URL.`);
}
