/** Rows by RFC 4180, but with `\n` between them, as Unix tools expect. */
export function toCsv(rows: readonly (readonly string[])[]): string[] {
  return rows.map((row) => (row.length === 1 && row[0] === '' ? '""' : row.map(cellText).join(',')));
}

const cellText = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
