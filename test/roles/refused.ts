/** What of a request a role does not grant. */
import type { Asked } from './asked.ts';
import type { Grant } from './granted.ts';

/** Null: all of it is granted. AWS refuses the whole request for one part of it. */
export function refusedOf(grants: readonly Grant[], asked: readonly Asked[]): Asked | null {
  return asked.find((one) => !grants.some((grant) => isGrantedBy(grant, one))) ?? null;
}

function isGrantedBy({ actions, resources, keys }: Grant, asked: Asked): boolean {
  return (
    actions.some((action) => isLike(action.toLowerCase(), asked.action.toLowerCase())) &&
    resources.some((resource) => isLike(resource, asked.resource)) &&
    // ForAllValues: true too of a request that names no key, such as a scan.
    (keys === null ||
      asked.keys.every((key) => keys.values.some((value) => (keys.like ? isLike(value, key) : value === key))))
  );
}

/** With * for any text and ? for any character. */
function isLike(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(text);
}
