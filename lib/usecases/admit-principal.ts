/**
 * AUTH=iam and AUTH=jwt: API Gateway has found out who asks, and the definitions say what that caller may do. One that they do
 * not name may do nothing.
 */
import type { Grant } from '../domain/access/access-key.ts';
import type { Admit, Presented } from '../domain/access/admission.ts';
import { callerOf, MAX_PRINCIPAL_NAME, type Principal, withoutSession } from '../domain/access/principal.ts';
import { AppError } from '../domain/errors.ts';
import type { AccessKeyReader, Clock, Log } from '../domain/ports.ts';
import { Believed } from './access/believed.ts';

export interface PrincipalDeps {
  readonly keys: AccessKeyReader;
  readonly clock: Clock;
  readonly log: Log;
}

type Kind = 'iam' | 'jwt';

export function admitPrincipal(deps: PrincipalDeps, kind: Kind): Admit {
  const believed = new Believed<{ readonly grant: Grant | null }>(deps.clock);
  const grantOf = async (name: string): Promise<Grant | null> => {
    const known = believed.get(name);
    if (known !== undefined) return known.grant;
    const grant = await readGrant(deps, kind, name);
    believed.set(name, { grant });
    return grant;
  };
  return async (presented) => {
    const name = nameIn(presented, kind);
    const { sourceIp, requestId } = presented;
    const principal: Principal = { kind, name, keyId: null, sourceIp, requestId };
    const grant = await grantOf(name);
    if (grant === null) throw unauthorized(`The caller "${callerOf(principal)}" may do nothing here. ${DEFINE}`);
    return { principal, grant, noteUse: () => Promise.resolve() };
  };
}

const DEFINE = 'Define what it may do under "principals:" in a manifest, and apply it.';

function nameIn({ iamArn, jwtSubject }: Presented, kind: Kind): string {
  const name = kind === 'iam' ? (iamArn === null ? null : withoutSession(iamArn)) : jwtSubject;
  if (name === null) throw unauthorized(`This call needs ${kind === 'iam' ? 'a signature of AWS' : 'a token'}.`);
  if (name.length <= MAX_PRINCIPAL_NAME) return name;
  throw unauthorized(
    `The name of the caller has ${name.length} characters; at most ${MAX_PRINCIPAL_NAME} are allowed.`,
  );
}

async function readGrant({ keys, log }: PrincipalDeps, kind: Kind, name: string): Promise<Grant | null> {
  try {
    return await keys.grantOf(kind, name);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'store.invalid') throw error;
    log.error('principal not readable', { error: error.message });
    return null;
  }
}

function unauthorized(message: string): AppError {
  return new AppError('request.unauthorized', message);
}
