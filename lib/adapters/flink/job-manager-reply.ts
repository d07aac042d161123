/** The reply of a JobManager, or why it is not one. */
import type { AppError } from '../../domain/errors.ts';
import { shownAddress } from '../../domain/secrets/shown-address.ts';
import { errorLine, said } from './errors.ts';
import { foreignReply, isFlinkError } from './foreign-reply.ts';
import type { HttpReply } from './http.ts';

/** The text of a reply with one of the statuses `ok`; any other is an error. */
export function replyText(reply: HttpReply, address: string, ok: readonly number[]): string {
  if (ok.includes(reply.status)) return reply.text;
  if (isFlinkError(reply)) {
    throw said('flink.failed', (mask) => `JobManager ${shownAddress(address)}: ${errorLine(reply.text, mask)}`);
  }
  throw notFlinks(reply, address);
}

export function notFlinks(reply: HttpReply, address: string): AppError {
  return foreignReply(`JobManager ${shownAddress(address)}`, reply, "Flink's JobManager");
}
