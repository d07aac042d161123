import { type AnyDefinition, isNumbered, type Kind } from '../lib/domain/definition/kinds.ts';
import { SINGULAR } from './manifest/draft.ts';

/** 'task 1 "payments"', 'variable "region"'. A definition without a number yet shows as "new". */
export function describeItem(kind: Kind, definition: AnyDefinition): string {
  const id = isNumbered(kind) && 'id' in definition ? `${definition.id < 0 ? 'new' : definition.id} ` : '';
  return `${SINGULAR[kind]} ${id}"${definition.name}"`;
}
