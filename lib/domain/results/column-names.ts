/**
 * Names of columns as the wire has them: a row is an object there, so no two columns may share a name. Numbers are put
 * behind, as Flink does for `SELECT a, a` (a, a0).
 */
export function uniqueNames(names: readonly string[]): string[] {
  const all = new Set(names);
  const taken = new Set<string>();
  return names.map((name) => {
    const free = taken.has(name) ? firstFree(name, (other) => taken.has(other) || all.has(other)) : name;
    taken.add(free);
    return free;
  });
}

function firstFree(name: string, isTaken: (name: string) => boolean): string {
  let number = 0;
  while (isTaken(`${name}${number}`)) number += 1;
  return `${name}${number}`;
}
