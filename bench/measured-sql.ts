/** The one piece of SQL that both sides submit: two tables and the INSERT between them. `rate` makes each pair its own. */

export interface MeasuredSql {
  readonly ddl: readonly string[];
  readonly insert: string;
}

export function measuredSql(rate: string): MeasuredSql {
  const columns = 'id BIGINT, customer STRING, amount DOUBLE';
  return {
    ddl: [
      `CREATE TABLE orders (${columns}) WITH ('connector' = 'datagen', 'rows-per-second' = '${rate}')`,
      `CREATE TABLE sink (${columns}) WITH ('connector' = 'blackhole')`,
    ],
    insert: 'INSERT INTO sink SELECT id, customer, amount FROM orders',
  };
}

/** As the author of a task writes it: with a variable in place of the rate. */
export function taskStatement(): string {
  const { ddl, insert } = measuredSql('${rate}');
  return [...ddl, insert].map((sql) => `${sql};\n`).join('');
}

export function rateOf(n: number): string {
  return String(1 + n);
}
