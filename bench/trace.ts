/** When each call of a port began and ended, seen from the start of a submit. */

export interface Span {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export class Trace {
  spans: Span[] = [];
  #startedAt = 0;

  start(): void {
    this.spans = [];
    this.#startedAt = performance.now();
  }

  now(): number {
    return performance.now() - this.#startedAt;
  }

  /** The same object, with a span for each call; `wrap` may replace what a call gives. */
  follow<T extends object>(room: string, port: T, wrap: (name: string, value: unknown) => unknown = (_, v) => v): T {
    return new Proxy(port, {
      get: (target, property, receiver) => {
        const member: unknown = Reflect.get(target, property, receiver);
        if (typeof member !== 'function') return member;
        // The same port, bound to a signal.
        if (property === 'within')
          return (...args: unknown[]) => this.follow(room, Reflect.apply(member, target, args) as T, wrap);
        const name = `${room}.${String(property)}`;
        return (...args: unknown[]) => this.#timed(name, () => Reflect.apply(member, target, args), wrap);
      },
    });
  }

  async #timed(name: string, call: () => unknown, wrap: (name: string, value: unknown) => unknown): Promise<unknown> {
    const from = this.now();
    try {
      return wrap(name, await call());
    } finally {
      this.spans.push({ name, from, to: this.now() });
    }
  }
}

/** One submit's spans by name: repeated calls are numbered, but polls of a result are one span together. */
export function namedSpans(spans: readonly Span[]): Map<string, { from: number; to: number }> {
  const named = new Map<string, { from: number; to: number }>();
  for (const { name, from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const poll = name.endsWith('.fetch');
    const first = named.get(name);
    if (poll && first !== undefined) named.set(name, { from: first.from, to });
    else named.set(freeName(name, named), { from, to });
  }
  return named;
}

function freeName(name: string, taken: ReadonlyMap<string, unknown>): string {
  let count = 1;
  while (taken.has(count === 1 ? name : `${name} ${count}`)) count++;
  return count === 1 ? name : `${name} ${count}`;
}
