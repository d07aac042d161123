/** Rows as Flink gives them, to rows as the wire has them (contract.md, "submitTask"). */
import type { Cell } from './cell.ts';
import { uniqueNames } from './column-names.ts';

export interface RowOptions {
  readonly maxRowNum: number;
  /** True: every change is a row, with a first column `op`. False: a retraction takes its row away again. */
  readonly useChangeLog: boolean;
  /** The maximum size of the rows, as JSON in UTF-8. */
  readonly maxBytes: number;
}

export type WireRow = Readonly<Record<string, string>>;

export interface KeptRows {
  readonly rows: readonly WireRow[];
  readonly bytes: number;
  /** Why rows were left out; null if all are there. */
  readonly cutBy: 'rows' | 'size' | null;
}

interface Entry {
  readonly row: WireRow;
  readonly bytes: number;
}

/** The size of rows as JSON in UTF-8. */
export function bytesOfRows(rows: readonly unknown[]): number {
  return rows.reduce<number>((sum, row) => sum + new TextEncoder().encode(JSON.stringify(row)).length, 0);
}

/**
 * Collects rows, page by page; mutable by design. A page is always taken to its end: a row over the limit may be taken
 * back by the next change, and until then the retraction of an equal row must not take away one that is kept.
 */
export class RowCollector {
  readonly #options: RowOptions;
  #columns: readonly string[] = [];
  /** In order of arrival; removing one is cheap. */
  readonly #entries = new Set<Entry>();
  /** The entries of each text, so that a retraction finds its own. */
  readonly #equal = new Map<string, Entry[]>();
  #bytes = 0;

  constructor(options: RowOptions) {
    this.#options = options;
  }

  add(columns: readonly string[], cells: readonly Cell[]): void {
    if (columns.length > 0) this.#columns = this.#named(columns);
    for (const cell of cells) {
      const row = this.#toRow(cell);
      const retracts = !this.#options.useChangeLog && (cell.op === '-U' || cell.op === '-D');
      if (retracts) this.#retract(JSON.stringify(row));
      else this.#push(row);
    }
  }

  /** The rows are as many as may be given: one more would be too many. */
  get isFull(): boolean {
    return this.#entries.size >= this.#options.maxRowNum;
  }

  /** Rows have come that can't be given. */
  get isOver(): boolean {
    return this.#entries.size > this.#options.maxRowNum || this.#bytes > this.#options.maxBytes;
  }

  get columns(): readonly string[] {
    return this.#columns;
  }

  /** The first rows, as far as both limits allow. */
  kept(): KeptRows {
    const { maxRowNum, maxBytes } = this.#options;
    const rows: WireRow[] = [];
    let bytes = 0;
    for (const entry of this.#entries) {
      if (rows.length === maxRowNum) return { rows, bytes, cutBy: 'rows' };
      if (bytes + entry.bytes > maxBytes) return { rows, bytes, cutBy: 'size' };
      rows.push(entry.row);
      bytes += entry.bytes;
    }
    return { rows, bytes, cutBy: null };
  }

  #push(row: WireRow): void {
    const key = JSON.stringify(row);
    const bytes = new TextEncoder().encode(key).length;
    const entry = { row, bytes };
    this.#entries.add(entry);
    this.#bytes += bytes;
    const equal = this.#equal.get(key);
    if (equal === undefined) this.#equal.set(key, [entry]);
    else equal.push(entry);
  }

  #retract(key: string): void {
    const equal = this.#equal.get(key) ?? [];
    const entry = equal.pop();
    if (entry === undefined) return;
    // Stryker disable next-line ConditionalExpression: an empty list finds nothing either; it only takes room
    if (equal.length === 0) this.#equal.delete(key);
    this.#bytes -= entry.bytes;
    this.#entries.delete(entry);
  }

  #named(columns: readonly string[]): readonly string[] {
    return uniqueNames(this.#options.useChangeLog ? ['op', ...columns] : columns);
  }

  #toRow(cell: Cell): WireRow {
    const values = this.#options.useChangeLog ? [cell.op, ...cell.fields] : cell.fields;
    return Object.fromEntries(this.#columns.map((name, at) => [name, values[at] ?? '']));
  }
}
