import type { Mask } from '../errors.ts';
import { maskSecrets } from '../secrets/mask-sql.ts';
import { isSensitiveName } from '../secrets/sensitive-name.ts';
import { MASK } from '../secrets/text-spans.ts';
import type { Cell } from './cell.ts';

/** Rows of Flink about itself (SET, SHOW CREATE TABLE ...) may contain secrets: they are masked before rows are stored. */
export function maskCells(columns: readonly string[], cells: readonly Cell[], mask: Mask = maskSecrets): Cell[] {
  const keyAt = columns.indexOf('key');
  const valueAt = columns.indexOf('value');
  return cells.map((cell) => {
    const key = cell.fields[keyAt];
    const secret = typeof key === 'string' && isSensitiveName(key);
    const fields = cell.fields.map((field, at) => {
      if (field === null) return null;
      if (at !== valueAt) return mask(field);
      // All of a value: as if it stood in quotes.
      return secret ? MASK : mask(`'${field}'`).replace(/^'|'$/g, '');
    });
    return { ...cell, fields };
  });
}
