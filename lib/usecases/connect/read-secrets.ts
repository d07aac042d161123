/** The values of a run's secrets, read again for each send (design.md, rule 9). They live as long as the call. */
import { AppError, type ErrorCode } from '../../domain/errors.ts';
import type { RunPlan } from '../../domain/plan/plan.ts';
import type { SecretReader } from '../../domain/ports.ts';
import type { SecretValues } from '../../domain/secrets/place-secrets.ts';
import { sideBySide } from '../waiting/side-by-side.ts';

const GONE: readonly ErrorCode[] = ['secret.notFound', 'secret.refused'];

/** The secret will not come back without a change; after any other failure it may be readable the next time. */
export function isSecretGone({ code }: AppError): boolean {
  return GONE.includes(code);
}

/** Each secret once, however many variables name it. `secrets` null: this function may read none. */
export async function readSecrets(
  secrets: SecretReader | null,
  plan: Pick<RunPlan, 'secrets'>,
  signal: AbortSignal,
): Promise<SecretValues> {
  const reading = new Map<string, Promise<string>>();
  const values = Object.entries(plan.secrets).map(async ([variable, name]) => {
    const value = reading.get(name) ?? readOne(secrets, variable, name, signal);
    reading.set(name, value);
    return [variable, await value] as const;
  });
  return Object.fromEntries(await sideBySide(...values));
}

async function readOne(
  secrets: SecretReader | null,
  variable: string,
  name: string,
  signal: AbortSignal,
): Promise<string> {
  try {
    if (secrets === null) throw new AppError('secret.refused', 'this function reads no secrets.');
    return await secrets.read(name, signal);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, `The variable \${${variable}} has no value: ${error.message}`, { cause: error });
  }
}
