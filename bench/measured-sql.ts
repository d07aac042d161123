/**
 * The SQL that both sides submit. `rate` makes each pair its own.
 *
 * smallest: two tables and the INSERT between them, the least that Flink can be asked to plan; what Dinghy adds shows
 * most there. typical: a join and an aggregation, as in most tasks.
 */
export const MEASURED_TASKS = ['smallest', 'typical'] as const;
export type MeasuredTask = (typeof MEASURED_TASKS)[number];

export interface MeasuredSql {
  readonly ddl: readonly string[];
  readonly insert: string;
}

export function measuredSql(task: MeasuredTask, rate: string): MeasuredSql {
  return task === 'smallest' ? smallest(rate) : typical(rate);
}

/** As the author of a task writes it: with a variable in place of the rate. */
export function taskStatement(task: MeasuredTask): string {
  const { ddl, insert } = measuredSql(task, '${rate}');
  return [...ddl, insert].map((sql) => `${sql};\n`).join('');
}

export function rateOf(n: number): string {
  return String(1 + n);
}

function smallest(rate: string): MeasuredSql {
  const columns = 'id BIGINT, customer STRING, amount DOUBLE';
  return {
    ddl: [`CREATE TABLE orders (${columns}) ${generated(rate)}`, `CREATE TABLE sink (${columns}) ${BLACKHOLE}`],
    insert: 'INSERT INTO sink SELECT id, customer, amount FROM orders',
  };
}

function typical(rate: string): MeasuredSql {
  return {
    ddl: [
      `CREATE TABLE orders (id BIGINT, customer_id INT, product STRING, amount DECIMAL(10, 2)) ${generated(rate)}`,
      `CREATE TABLE customers (customer_id INT, country STRING) ${generated(rate)}`,
      `CREATE TABLE revenue (country STRING, orders BIGINT, products BIGINT, amount DECIMAL(38, 2)) ${BLACKHOLE}`,
    ],
    insert: `INSERT INTO revenue
      SELECT c.country, COUNT(*), COUNT(DISTINCT o.product), SUM(o.amount)
      FROM orders AS o JOIN customers AS c ON o.customer_id = c.customer_id
      WHERE o.amount > 10 GROUP BY c.country`,
  };
}

function generated(rate: string): string {
  return `WITH ('connector' = 'datagen', 'rows-per-second' = '${rate}')`;
}

const BLACKHOLE = "WITH ('connector' = 'blackhole')";
