/** The text of a refusal for the caller. Flink's text may be a whole statement or record: the log has more of it. */
import { hideApiKeys } from '../domain/access/api-key.ts';
import { cutText } from '../domain/cut-text.ts';
import type { AppError } from '../domain/errors.ts';
import { MAX_ERROR_LENGTH, MAX_LOGGED_BYTES } from '../domain/limits.ts';

export function refusalText({ code, message }: AppError): string {
  return hideApiKeys(code.startsWith('flink.') ? cutText(message, MAX_ERROR_LENGTH) : message);
}

export function loggedText({ message }: AppError): string {
  return hideApiKeys(cutText(message, MAX_LOGGED_BYTES));
}

/** AWS's message, which names the action and the resource that a role lacks: only for the log. */
export function causeText({ cause }: AppError): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  return hideApiKeys(cutText(`${cause.name}: ${cause.message}`, MAX_ERROR_LENGTH));
}
