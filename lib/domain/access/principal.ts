/** Who asked: a value that goes from the route to the run's record. */
export interface Principal {
  readonly kind: 'key' | 'iam' | 'jwt' | 'none' | 'schedule';
  /** Of the key, the ARN, or the subject of the token; empty where nobody says. */
  readonly name: string;
  /** Of an API key: the same after a rotation. Null for the other kinds. */
  readonly keyId: string | null;
  /** Null where there is no HTTP request. */
  readonly sourceIp: string | null;
  readonly requestId: string;
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
