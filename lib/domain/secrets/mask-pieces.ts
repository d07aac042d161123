/**
 * Parts of a password in which stands a sign of an address that nobody has encoded: Java reads `http://u:ti/gr@h` as a port "ti", and
 * says so.
 */
import type { Mask } from '../errors.ts';
import type { KnownValue } from './mask-values.ts';
import { MASK } from './text-spans.ts';

const DIVIDES_ADDRESS = /[/?#@:]/;
/** Java's messages about a port and a host. */
const SAID = /(\binput string: "|\bUnknownHostException: |\bunknown host:? )([^\s"]{1,200})/gi;

/** The text without those of `known` that appear as a port or a host. */
export function pieceMasker(known: readonly KnownValue[]): Mask {
  const pieces = new Set(known.flatMap(({ value }) => (isWhole(value) ? [] : value.split(DIVIDES_ADDRESS))));
  // Stryker disable next-line ConditionalExpression: without pieces none is found either, but slowly
  if (pieces.size === 0) return (text) => text;
  return (text) => text.replace(SAID, (all, before: string, said: string) => (pieces.has(said) ? before + MASK : all));
}

/** It is a whole address, or has nothing that divides one. */
function isWhole(value: string): boolean {
  return value.includes('://') || !DIVIDES_ADDRESS.test(value);
}
