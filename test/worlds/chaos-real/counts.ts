/** How often something happened, by name. */
export class Counts {
  readonly #byName = new Map<string, number>();

  add(name: string): void {
    this.#byName.set(name, this.of(name) + 1);
  }

  of(name: string): number {
    return this.#byName.get(name) ?? 0;
  }

  total(): number {
    return [...this.#byName.values()].reduce((a, b) => a + b, 0);
  }

  shown(): string {
    const sorted = [...this.#byName].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.length === 0 ? 'none' : sorted.map(([name, count]) => `${name} ${count}`).join(', ');
  }
}
