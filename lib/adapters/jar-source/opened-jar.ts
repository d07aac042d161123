/** The result of opening a jar at any kind of source. */
import type { Readable } from 'node:stream';
import { shownAddress } from '../../domain/secrets/shown-address.ts';

/** Shows whether a jar has changed since it was read. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export type OpenedJar =
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'jar';
      readonly bytes: Readable;
      /** From the source, if it has one. */
      readonly sizeBytes: number | null;
      readonly validators: Validators;
    };

/** `known`: of the copy that is at hand; null when there is none. */
export type OpenJar = (uri: URL, known: Validators | null, signal: AbortSignal) => Promise<OpenedJar>;

/** How messages call a jar: without what its address may hold of passwords and signatures. */
export function shownUri(uri: URL): string {
  return `The jar ${shownAddress(uri.href)}`;
}

/** A part of a URL without its escapes; it may hold a percent sign that escapes nothing. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Any error: there is a percent sign that escapes nothing.
    return part;
  }
}
