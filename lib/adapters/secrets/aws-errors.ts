/** Errors of AWS when a secret can't be read, in helpful words, without the SDK's own texts. */
import { AppError } from '../../domain/errors.ts';

export interface AskedSecret {
  /** "SSM Parameter Store". */
  readonly store: string;
  readonly name: string;
  /** The permission that a role needs, "ssm:GetParameter". */
  readonly action: string;
  readonly signal: AbortSignal;
}

const NOT_THERE = ['ParameterNotFound', 'ParameterVersionNotFound', 'ResourceNotFoundException'];
const NOT_DECRYPTED = ['InvalidKeyId', 'DecryptionFailure'];
const BUSY = ['ThrottlingException', 'TooManyUpdates', 'LimitExceededException', 'RequestLimitExceeded'];

export function awsSecretError(asked: AskedSecret, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const { store, name, action, signal } = asked;
  const told = `the secret "${name}" of ${store}`;
  const error = cause instanceof Error ? cause : new Error(String(cause));
  if (signal.aborted)
    return new AppError('budget.exceeded', `${told} was not read within the time of the request. Try again.`);
  if (NOT_THERE.includes(error.name) || isBeingDeleted(error)) {
    return new AppError(
      'secret.notFound',
      `${told} does not exist in this account and region. Create it, or correct the name.`,
    );
  }
  if (NOT_DECRYPTED.includes(error.name) || (isDenied(error) && /kms/i.test(error.message))) {
    const hint = 'Allow the function to use its key (kms:Decrypt), or encrypt it with the key of AWS.';
    return new AppError('secret.refused', `${told} can't be decrypted (${error.name}). ${hint}`);
  }
  if (isDenied(error)) {
    return new AppError(
      'secret.refused',
      `${told} may not be read (${error.name}). Allow the function ${action} on it.`,
    );
  }
  const busy = BUSY.includes(error.name) ? 'too many requests at once' : error.name;
  return new AppError('secret.unavailable', `${told} could not be read: ${busy}. Try again.`);
}

/** AWS has answered, but with no text where the value should be. The answer is not shown: it may hold part of the secret. */
export function noValue({ store, name }: Pick<AskedSecret, 'store' | 'name'>): AppError {
  const hint = 'Check that it has a value and that nothing between Dinghy and AWS changes replies, then try again.';
  return new AppError('secret.unavailable', `${store} answered without a value for the secret "${name}". ${hint}`);
}

/** A secret whose deletion has been scheduled is gone for readers. */
function isBeingDeleted(error: Error): boolean {
  return error.name === 'InvalidRequestException' && /delet/i.test(error.message);
}

function isDenied(error: Error): boolean {
  return /^(?:AccessDenied|UnrecognizedClient|ExpiredToken|InvalidSignature)/.test(error.name);
}

/** Roles allow names below the path; this message is clearer than AWS's refusal. */
export function checkPath(path: string, { store, name }: Pick<AskedSecret, 'store' | 'name'>): void {
  const told = `the secret "${name}" of ${store}`;
  if (path === '') {
    throw new AppError(
      'secret.refused',
      `${told} is refused: this deployment may read no secrets (SECRETS_PATH is empty).`,
    );
  }
  if (name.replace(/^\//, '').startsWith(path)) return;
  const hint = `Its name must begin with "${path}" (the deployment's setting SECRETS_PATH).`;
  throw new AppError('secret.refused', `${told} is outside the path that this deployment may read. ${hint}`);
}
