/** Rows as Flink gives them, to rows as the wire has them (contract.md, "submitTask"). */
import type { Cell } from './ports.ts';

export interface RowOptions {
  readonly maxRowNum: number;
  /** True: every change is a row, with a first column `op`. False: a retraction takes its row away again. */
  readonly useChangeLog: boolean;
  /** What the rows may take, as JSON in UTF-8. */
  readonly mostBytes: number;
}

type WireRow = Readonly<Record<string, string>>;

/** Collects rows up to the limits. Mutable by design: pages arrive one by one. */
export class RowCollector {
  readonly #options: RowOptions;
  #columns: readonly string[] = [];
  #rows: WireRow[] = [];
  #bytes = 0;
  #cut = false;

  constructor(options: RowOptions) {
    this.#options = options;
  }

  /** False once nothing more is wanted. */
  add(columns: readonly string[], cells: readonly Cell[]): boolean {
    if (columns.length > 0) this.#columns = columns;
    for (const cell of cells) {
      if (this.isFull()) break;
      this.#take(cell);
    }
    return !this.isFull();
  }

  isFull(): boolean {
    return this.#cut || this.#rows.length >= this.#options.maxRowNum;
  }

  /** True when rows were left out because the stored item would have become too large. */
  get cut(): boolean {
    return this.#cut;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get columns(): readonly string[] {
    return this.#options.useChangeLog ? ['op', ...this.#columns] : this.#columns;
  }

  get rows(): readonly WireRow[] {
    return this.#rows;
  }

  #take(cell: Cell): void {
    const row = this.#toRow(cell);
    if (!this.#options.useChangeLog && (cell.op === '-U' || cell.op === '-D')) {
      this.#retract(row);
      return;
    }
    const bytes = sizeOf(row);
    if (this.#bytes + bytes > this.#options.mostBytes) {
      this.#cut = true;
      return;
    }
    this.#bytes += bytes;
    this.#rows.push(row);
  }

  #retract(row: WireRow): void {
    const wanted = JSON.stringify(row);
    const at = this.#rows.findLastIndex((known) => JSON.stringify(known) === wanted);
    if (at < 0) return;
    this.#rows.splice(at, 1);
    this.#bytes -= sizeOf(row);
  }

  #toRow(cell: Cell): WireRow {
    const op = this.#options.useChangeLog ? [['op', cell.op] as const] : [];
    const fields = this.#columns.map((name, i) => [name, cell.fields[i] ?? ''] as const);
    // First in order, and last in value: a column of that name must not hide it.
    return Object.fromEntries([...op, ...fields, ...op]);
  }
}

function sizeOf(row: WireRow): number {
  return new TextEncoder().encode(JSON.stringify(row)).length;
}
