/** Values by qualified name, found again by every name that can be the same thing. */
import type { NamePath } from './used-names.ts';

interface Entry<T> {
  readonly path: NamePath;
  readonly value: T;
}

export class NameIndex<T> {
  readonly #byLast = new Map<string, Entry<T>[]>();

  add(path: NamePath, value: T): void {
    const last = path.at(-1);
    if (last === undefined) return;
    const there = this.#byLast.get(last);
    if (there === undefined) this.#byLast.set(last, [{ path, value }]);
    else there.push({ path, value });
  }

  /** In the order in which they were added. */
  find(path: NamePath): T[] {
    return this.#candidates(path).flatMap((entry) => (maySame(entry.path, path) ? [entry.value] : []));
  }

  first(path: NamePath): T | undefined {
    return this.#candidates(path).find((entry) => maySame(entry.path, path))?.value;
  }

  #candidates(path: NamePath): readonly Entry<T>[] {
    return this.#byLast.get(path.at(-1) ?? '') ?? [];
  }
}

/** The catalog and the database that a short name leaves out may be any. */
function maySame(one: NamePath, other: NamePath): boolean {
  const parts = Math.min(one.length, other.length);
  for (let back = 1; back <= parts; back += 1) if (one.at(-back) !== other.at(-back)) return false;
  return true;
}
