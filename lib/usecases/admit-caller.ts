/**
 * Who asks, by the setting AUTH. What refuses a caller reads nothing but the key, and a refused key costs the same one read,
 * whether it never existed, has expired or was revoked.
 */
import { type AccessKey, keyState } from '../domain/access/access-key.ts';
import type { Admit, Admitted, Presented } from '../domain/access/admission.ts';
import { isApiKey } from '../domain/access/api-key.ts';
import { EVERYTHING } from '../domain/access/may-call.ts';
import type { Principal } from '../domain/access/principal.ts';
import { AppError } from '../domain/errors.ts';
import type { Ids } from '../domain/ports.ts';
import { Believed } from './access/believed.ts';
import { keyUse, type KeyUseDeps } from './access/key-use.ts';

export interface AdmitDeps extends KeyUseDeps {
  readonly ids: Pick<Ids, 'sha256'>;
}

const nothingToNote = (): Promise<void> => Promise.resolve();

/** AUTH=none: everybody. */
export const admitEverybody: Admit = ({ sourceIp, requestId }) => {
  const principal: Principal = { kind: 'none', name: '', keyId: null, sourceIp, requestId };
  return Promise.resolve({ principal, grant: EVERYTHING, noteUse: nothingToNote });
};

/** AUTH=keys. */
export function admitByKey(deps: AdmitDeps): Admit {
  const known = new Believed<AccessKey>(deps.clock);
  const unknown = new Believed<true>(deps.clock);
  const noteUse = keyUse(deps);
  const find = async (hash: string): Promise<AccessKey | null> => {
    const believed = known.get(hash);
    if (believed !== undefined) return believed;
    if (unknown.get(hash) === true) return null;
    const read = await readKey(deps, hash);
    if (read === null) unknown.set(hash, true);
    else known.set(hash, read);
    return read;
  };
  return async (presented) => {
    const key = await find(deps.ids.sha256(theKey(presented)));
    const state = key === null ? 'unknown' : keyState(key, deps.clock.now());
    // Stryker disable next-line ConditionalExpression: a key that is not there is not active; the compiler asks
    if (key === null || state !== 'active') {
      deps.log.info('key refused', { requestId: presented.requestId, state, keyId: key?.id ?? null });
      throw unauthorized(NOT_ACCEPTED);
    }
    return toAdmitted(key, presented, noteUse);
  };
}

function toAdmitted(
  { id, name, tasks, verbs }: AccessKey,
  { sourceIp, requestId }: Presented,
  noteUse: (keyId: string) => Promise<void>,
): Admitted {
  const principal: Principal = { kind: 'key', name, keyId: id, sourceIp, requestId };
  return { principal, grant: { tasks, verbs }, noteUse: () => noteUse(id) };
}

/** An item that is damaged lets nobody in, and its caller learns no more of it than of any other. */
async function readKey({ keys, log }: AdmitDeps, hash: string): Promise<AccessKey | null> {
  try {
    return await keys.find(hash);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'store.invalid') throw error;
    log.error('API key not readable', { error: error.message });
    return null;
  }
}

const HOW = 'Send it as the header "dinky-token", or as "Authorization: Bearer KEY"';
const NOT_ACCEPTED = 'The API key is not accepted: it is unknown, expired or revoked. See "dinghy keys list".';

/** The one key that the request brings. */
function theKey({ keys, misplaced }: Presented): string {
  const [key, ...others] = new Set(keys);
  if (key === undefined) throw unauthorized(missingText(misplaced()));
  if (others.length > 0) throw unauthorized('Different API keys were sent with one request. Send one.');
  if (isApiKey(key)) return key;
  throw unauthorized(`The API key is not valid: it may be incomplete or mistyped. A key begins with "dk_". ${HOW}.`);
}

function missingText(place: string | null): string {
  if (place !== null) return `An API key in ${place} is not accepted, because it would end up in logs. ${HOW}.`;
  return `This call needs an API key. ${HOW}. "dinghy keys create" makes one.`;
}

function unauthorized(message: string): AppError {
  return new AppError('request.unauthorized', message);
}
