/** Rows as Flink gives them, to rows as the wire has them (contract.md, "submitTask"). */
import { uniqueNames } from './column-names.ts';
import type { Cell } from './ports.ts';

export interface RowOptions {
  readonly maxRowNum: number;
  /** True: every change is a row, with a first column `op`. False: a retraction takes its row away again. */
  readonly useChangeLog: boolean;
  /** What the rows may take, as JSON in UTF-8. */
  readonly mostBytes: number;
}

export type WireRow = Readonly<Record<string, string>>;

export interface KeptRows {
  readonly rows: readonly WireRow[];
  readonly bytes: number;
  /** What had to be left out of the rows that came; null when they are all there. */
  readonly cutBy: 'rows' | 'size' | null;
}

interface Entry {
  readonly row: WireRow;
  readonly key: string;
  readonly bytes: number;
}

/** What rows take as JSON in UTF-8. */
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
  /** In order of arrival; removing one costs nothing. */
  readonly #entries = new Map<number, Entry>();
  /** Where the rows of this text stand, so that a retraction finds its own. */
  readonly #places = new Map<string, number[]>();
  #next = 0;
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
    return this.#entries.size > this.#options.maxRowNum || this.#bytes > this.#options.mostBytes;
  }

  get columns(): readonly string[] {
    return this.#columns;
  }

  /** The first rows, as far as both limits allow. */
  kept(): KeptRows {
    const { maxRowNum, mostBytes } = this.#options;
    const rows: WireRow[] = [];
    let bytes = 0;
    for (const entry of this.#entries.values()) {
      if (rows.length === maxRowNum) return { rows, bytes, cutBy: 'rows' };
      if (bytes + entry.bytes > mostBytes) return { rows, bytes, cutBy: 'size' };
      rows.push(entry.row);
      bytes += entry.bytes;
    }
    return { rows, bytes, cutBy: null };
  }

  #push(row: WireRow): void {
    const key = JSON.stringify(row);
    const bytes = new TextEncoder().encode(key).length;
    const place = this.#next++;
    this.#entries.set(place, { row, key, bytes });
    this.#bytes += bytes;
    const places = this.#places.get(key);
    if (places === undefined) this.#places.set(key, [place]);
    else places.push(place);
  }

  #retract(key: string): void {
    const places = this.#places.get(key);
    const place = places?.pop();
    if (places === undefined || place === undefined) return;
    if (places.length === 0) this.#places.delete(key);
    this.#bytes -= this.#entries.get(place)?.bytes ?? 0;
    this.#entries.delete(place);
  }

  #named(columns: readonly string[]): readonly string[] {
    return uniqueNames(this.#options.useChangeLog ? ['op', ...columns] : columns);
  }

  #toRow(cell: Cell): WireRow {
    const values = this.#options.useChangeLog ? [cell.op, ...cell.fields] : cell.fields;
    return Object.fromEntries(this.#columns.map((name, at) => [name, values[at] ?? '']));
  }
}
