/** The caller: a value that goes from the route to the run's record. */
import { cutText } from '../cut-text.ts';

export interface Principal {
  readonly kind: 'key' | 'iam' | 'jwt' | 'none' | 'schedule';
  /** The name of the key, the ARN, or the subject of the token; empty if there is none. */
  readonly name: string;
  /** The id of an API key: the same after a rotation. Null for the other kinds. */
  readonly keyId: string | null;
  /** Null where there is no HTTP request. */
  readonly sourceIp: string | null;
  readonly requestId: string;
}

/** The requester of a change of a record: the caller, and the principal if the call had one. */
export interface Requester {
  readonly caller: string;
  readonly principal?: Principal;
}

/** The maximum length of a name that is looked up: an ARN has fewer characters. */
export const MAX_PRINCIPAL_NAME = 600;

const ROLE = /^arn:[^:]+:sts::\d+:assumed-role\/[^/]+(?=\/)/;

/** AWS names each session of a role differently: to Dinghy they are one caller. */
export function withoutSession(arn: string): string {
  return ROLE.exec(arn)?.[0] ?? arn;
}

const MOST_BYTES = { name: 150, sourceIp: 60, requestId: 100 };

/** The form for the record of a run, which is small. */
export function keptPrincipal({ kind, name, keyId, sourceIp, requestId }: Principal): Principal {
  return {
    kind,
    name: cutText(name, MOST_BYTES.name),
    keyId,
    sourceIp: sourceIp === null ? null : cutText(sourceIp, MOST_BYTES.sourceIp),
    requestId: cutText(requestId, MOST_BYTES.requestId),
  };
}

/** The caller of every call where the deployment lets everybody in. */
export const ANONYMOUS = 'anonymous';
const SCHEDULE = 'eventbridge';

/**
 * One text for each caller, in words: it names the caller in records, and is the name space of its idempotency keys and
 * refusals. Two callers never have the same one.
 */
export function callerOf({ kind, name, keyId }: Principal): string {
  switch (kind) {
    case 'none':
      return ANONYMOUS;
    case 'schedule':
      return SCHEDULE;
    case 'key':
      return `key ${name} (${keyId ?? '?'})`;
    default:
      return `${kind} ${name}`;
  }
}
