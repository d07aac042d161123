/** A reply that is not in Flink's own form: a proxy's while Flink is out of service, or a foreign server's. */
import { AppError } from '../../domain/errors.ts';
import type { HttpReply } from './http.ts';

/** A list of texts: other servers' errors are objects, or stand elsewhere. The text may have been cut, so it is not parsed. */
const OF_FLINK = /^\s*\{\s*"errors"\s*:\s*\[\s*["\]]/;

/** Flink's own errors come in this form; a proxy's or another server's do not, even where they speak of errors. */
export function isFlinkError({ text }: HttpReply): boolean {
  return OF_FLINK.test(text);
}

const OUT_OF_SERVICE = [502, 503, 504];

export function foreignReply(where: string, { status }: HttpReply, wanted: string): AppError {
  const meaning = OUT_OF_SERVICE.includes(status)
    ? `: a proxy says that ${wanted} is out of service. Try again`
    : `, which is not ${wanted}. Check its address`;
  return new AppError('flink.protocol', `${where} answered HTTP ${status}${meaning}.`);
}
