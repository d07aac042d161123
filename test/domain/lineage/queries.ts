/**
 * What each query reads and writes, written from its SQL: nothing in here is taken from a plan. "a.x > b.y": the value of
 * column y of table b is made of column x of table a. "a > b": rows of a decide what is in b, but no value of a gets there.
 */

export interface LineageQuery {
  readonly name: string;
  readonly sql: string;
  readonly edges: readonly string[];
  /** What the answer must say that it can't tell. */
  readonly untold?: RegExp;
  /** Where EXPLAIN takes it; by default everywhere. */
  readonly since?: readonly [number, number];
}

/** Before each of them; `JAR` is the path of the jar with the functions and the connector. */
export const LINEAGE_DDL = `ADD JAR 'JAR';
CREATE TABLE orders (id BIGINT, customer_id BIGINT, product STRING, amount DOUBLE, qty INT, ts TIMESTAMP(3), proc AS PROCTIME(), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'datagen');
CREATE TABLE customers (id BIGINT, name STRING, country STRING, updated TIMESTAMP(3), PRIMARY KEY (id) NOT ENFORCED, WATERMARK FOR updated AS updated) WITH ('connector' = 'datagen');
CREATE TABLE payments (order_id BIGINT, paid DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen');
CREATE TABLE plain (id BIGINT, v STRING, n DOUBLE) WITH ('connector' = 'datagen');
CREATE TABLE other (id BIGINT, v STRING, n DOUBLE) WITH ('connector' = 'datagen');
CREATE TABLE dims (k BIGINT, label STRING, rate DOUBLE) WITH ('connector' = 'dims');
CREATE TABLE nested (id BIGINT, r ROW<a BIGINT, b STRING>, arr ARRAY<STRING>, m MAP<STRING, BIGINT>, rs ARRAY<ROW<x BIGINT, y STRING>>) WITH ('connector' = 'datagen');
CREATE TABLE files (id BIGINT, v STRING, path STRING NOT NULL METADATA FROM 'file.path', twice AS id * 2) WITH ('connector' = 'filesystem', 'path' = '/tmp', 'format' = 'csv');
CREATE TABLE kv (k BIGINT, v STRING) WITH ('connector' = 'blackhole');
CREATE TABLE kd (k BIGINT, d DOUBLE) WITH ('connector' = 'blackhole');
CREATE TABLE vn (v STRING, n BIGINT) WITH ('connector' = 'blackhole');
CREATE TABLE kvd (k BIGINT, v STRING, d DOUBLE) WITH ('connector' = 'blackhole');
CREATE TABLE kt (k BIGINT, t TIMESTAMP(3)) WITH ('connector' = 'blackhole');
CREATE TABLE okvd (op STRING, k BIGINT, v STRING, d DOUBLE) WITH ('connector' = 'blackhole');
CREATE TABLE parts (id BIGINT, p STRING) PARTITIONED BY (p) WITH ('connector' = 'filesystem', 'path' = '/tmp/dinghy-parts', 'format' = 'csv');
CREATE TABLE wide (c BIGINT, twin AS c + 1, a STRING, b STRING) WITH ('connector' = 'blackhole');
CREATE TABLE \`odd name\` (\`my key\` BIGINT, \`it is, [so]\` STRING) WITH ('connector' = 'blackhole');
CREATE TABLE \`odd source\` (\`a b\` BIGINT, \`c=[d]\` STRING, \`$0\` DOUBLE) WITH ('connector' = 'datagen');
CREATE VIEW big AS SELECT id, product AS what, amount * qty AS total FROM orders WHERE amount > 10;
CREATE VIEW biggest AS SELECT what, MAX(total) AS top FROM big GROUP BY what;
CREATE TEMPORARY VIEW united AS SELECT id, v FROM plain UNION ALL SELECT id, v FROM other;
CREATE TEMPORARY SYSTEM FUNCTION up AS 'demo.Up';
CREATE TEMPORARY SYSTEM FUNCTION words AS 'demo.Words';
CREATE TEMPORARY SYSTEM FUNCTION mean AS 'demo.Mean';`;

const q = (name: string, sql: string, edges: readonly string[], more: Partial<LineageQuery> = {}): LineageQuery => ({
  ...{ name, sql, edges },
  ...more,
});

export const LINEAGE_QUERIES: readonly LineageQuery[] = [
  q('columns as they are', 'INSERT INTO kv SELECT id, v FROM plain', ['plain.id > kv.k', 'plain.v > kv.v']),
  q('columns crossed over', 'INSERT INTO kvd SELECT id, v, n FROM (SELECT n, v, id FROM plain)', [
    ...['plain.id > kvd.k', 'plain.v > kvd.v', 'plain.n > kvd.d'],
  ]),
  q('a star', 'INSERT INTO kvd SELECT * FROM plain', ['plain.id > kvd.k', 'plain.v > kvd.v', 'plain.n > kvd.d']),
  q('an expression of two columns', "INSERT INTO kv SELECT id, v || '-' || CAST(n AS STRING) FROM plain", [
    ...['plain.id > kv.k', 'plain.v > kv.v', 'plain.n > kv.v'],
  ]),
  q('a literal', "INSERT INTO kv SELECT id, 'it''s (a) [b] $1 {' FROM plain", ['plain.id > kv.k']),
  q('literals alone', "INSERT INTO kv VALUES (1, 'a'), (2, 'b')", []),
  q('a part of the columns', 'INSERT INTO kv (v) SELECT v FROM plain', ['plain.v > kv.v']),
  q('columns in another order', 'INSERT INTO kvd (d, k) SELECT n, id FROM plain', [
    'plain.n > kvd.d',
    'plain.id > kvd.k',
  ]),
  q('a filter', "INSERT INTO kv SELECT id, v FROM plain WHERE n > 5 AND v <> ']), x=[$2'", [
    ...['plain.id > kv.k', 'plain.v > kv.v'],
  ]),
  q('CASE', "INSERT INTO kv SELECT id, CASE WHEN n > 1 THEN v ELSE 'x' END FROM plain", [
    ...['plain.id > kv.k', 'plain.n > kv.v', 'plain.v > kv.v'],
  ]),
  q('a computed column', 'INSERT INTO kv SELECT twice, path FROM files', ['files.twice > kv.k', 'files.path > kv.v']),
  q('a table with computed columns into one', 'INSERT INTO wide SELECT id, v, path FROM files', [
    ...['files.id > wide.c', 'files.v > wide.a', 'files.path > wide.b'],
  ]),
  q('odd names', 'INSERT INTO `odd name` SELECT `a b`, `c=[d]` FROM `odd source` WHERE `$0` > 1', [
    ...['odd source.a b > odd name.my key', 'odd source.c=[d] > odd name.it is, [so]'],
  ]),
  q('a view', 'INSERT INTO kvd SELECT id, what, total FROM big', [
    ...['orders.id > kvd.k', 'orders.product > kvd.v', 'orders.amount > kvd.d', 'orders.qty > kvd.d'],
  ]),
  q('a view on a view', 'INSERT INTO kvd SELECT CAST(NULL AS BIGINT), what, top FROM biggest', [
    ...['orders.product > kvd.v', 'orders.amount > kvd.d', 'orders.qty > kvd.d'],
  ]),
  q('a temporary view of a union', 'INSERT INTO kv SELECT id, v FROM united', [
    ...['plain.id > kv.k', 'plain.v > kv.v', 'other.id > kv.k', 'other.v > kv.v'],
  ]),
  q('WITH', 'INSERT INTO kv WITH x AS (SELECT id AS i, v FROM plain) SELECT i, v FROM x', [
    ...['plain.id > kv.k', 'plain.v > kv.v'],
  ]),
  q(
    'an inner join',
    'INSERT INTO kvd SELECT o.id, c.name, o.amount FROM orders o JOIN customers c ON o.customer_id = c.id',
    [...['orders.id > kvd.k', 'customers.name > kvd.v', 'orders.amount > kvd.d']],
  ),
  q('a left join that uses one side', 'INSERT INTO kv SELECT p.id, p.v FROM plain p LEFT JOIN other o ON p.id = o.id', [
    ...['plain.id > kv.k', 'plain.v > kv.v', 'other > kv'],
  ]),
  q('a full join USING', 'INSERT INTO kv SELECT id, o.v FROM plain p FULL JOIN other o USING (id)', [
    ...['plain.id > kv.k', 'other.id > kv.k', 'other.v > kv.v'],
  ]),
  q('a cross join of three', 'INSERT INTO kvd SELECT a.id, b.v, c.paid FROM plain a, other b, payments c', [
    ...['plain.id > kvd.k', 'other.v > kvd.v', 'payments.paid > kvd.d'],
  ]),
  q('a self join', 'INSERT INTO kv SELECT a.id, b.v FROM plain a JOIN plain b ON a.id = b.id', [
    ...['plain.id > kv.k', 'plain.v > kv.v'],
  ]),
  q(
    'an interval join',
    `INSERT INTO kd SELECT o.id, p.paid FROM orders o JOIN payments p ON o.id = p.order_id
    AND p.ts BETWEEN o.ts AND o.ts + INTERVAL '1' HOUR`,
    ['orders.id > kd.k', 'payments.paid > kd.d'],
  ),
  q(
    'a lookup join',
    'INSERT INTO kv SELECT o.id, d.label FROM orders o JOIN dims FOR SYSTEM_TIME AS OF o.proc AS d ON o.customer_id = d.k',
    [...['orders.id > kv.k', 'dims.label > kv.v']],
  ),
  q(
    'a left lookup join with an expression',
    `INSERT INTO kd SELECT o.id, o.amount * d.rate FROM orders o
    LEFT JOIN dims FOR SYSTEM_TIME AS OF o.proc AS d ON o.customer_id = d.k AND d.label = 'x'`,
    [...['orders.id > kd.k', 'orders.amount > kd.d', 'dims.rate > kd.d']],
  ),
  q(
    'a temporal join',
    'INSERT INTO kv SELECT o.id, c.country FROM orders o JOIN customers FOR SYSTEM_TIME AS OF o.ts AS c ON o.customer_id = c.id',
    [...['orders.id > kv.k', 'customers.country > kv.v']],
  ),
  q('an aggregate', 'INSERT INTO kd SELECT customer_id, SUM(amount) FROM orders GROUP BY customer_id', [
    ...['orders.customer_id > kd.k', 'orders.amount > kd.d'],
  ]),
  q('a count of rows', 'INSERT INTO vn SELECT product, COUNT(*) FROM orders GROUP BY product', [
    'orders.product > vn.v',
  ]),
  q('nothing but a count of rows', "INSERT INTO vn SELECT 'all', COUNT(*) FROM plain", ['plain > vn']),
  q(
    'DISTINCT and FILTER',
    `INSERT INTO vn SELECT product, COUNT(DISTINCT customer_id) FILTER (WHERE qty > 1) FROM orders
    GROUP BY product`,
    ['orders.product > vn.v', 'orders.customer_id > vn.n', 'orders.qty > vn.n'],
  ),
  q('HAVING', 'INSERT INTO vn SELECT v, COUNT(id) FROM plain GROUP BY v HAVING SUM(n) > 3', [
    'plain.v > vn.v',
    'plain.id > vn.n',
  ]),
  q('SELECT DISTINCT', 'INSERT INTO kv SELECT DISTINCT id, v FROM plain', ['plain.id > kv.k', 'plain.v > kv.v']),
  q(
    'grouping sets',
    'INSERT INTO kvd SELECT customer_id, product, SUM(amount) FROM orders GROUP BY ROLLUP (customer_id, product)',
    [...['orders.customer_id > kvd.k', 'orders.product > kvd.v', 'orders.amount > kvd.d']],
  ),
  q(
    'a tumbling window',
    `INSERT INTO kt SELECT customer_id, window_end FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
    GROUP BY customer_id, window_start, window_end`,
    ['orders.customer_id > kt.k', 'orders.ts > kt.t'],
  ),
  q(
    'a hopping window with a sum',
    `INSERT INTO kd SELECT customer_id, SUM(amount) FROM TABLE(HOP(TABLE orders, DESCRIPTOR(ts),
    INTERVAL '1' MINUTE, INTERVAL '5' MINUTES)) GROUP BY customer_id, window_start, window_end`,
    [...['orders.customer_id > kd.k', 'orders.amount > kd.d']],
  ),
  q(
    'a cumulating window',
    `INSERT INTO kt SELECT SUM(customer_id), window_start FROM TABLE(CUMULATE(TABLE orders, DESCRIPTOR(ts),
    INTERVAL '1' MINUTE, INTERVAL '1' HOUR)) GROUP BY window_start, window_end`,
    ['orders.customer_id > kt.k', 'orders.ts > kt.t'],
  ),
  q(
    'a session window',
    `INSERT INTO kt SELECT customer_id, window_start FROM TABLE(SESSION(TABLE orders PARTITION BY customer_id,
    DESCRIPTOR(ts), INTERVAL '5' MINUTES)) GROUP BY customer_id, window_start, window_end`,
    [...['orders.customer_id > kt.k', 'orders.ts > kt.t']],
  ),
  q(
    'a window in GROUP BY',
    `INSERT INTO kt SELECT COUNT(id), TUMBLE_START(ts, INTERVAL '1' MINUTE) FROM orders
    GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE)`,
    ['orders.id > kt.k', 'orders.ts > kt.t'],
  ),
  q(
    'a window join',
    `INSERT INTO kd SELECT o.id, p.paid FROM (SELECT * FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' MINUTE))) o
    JOIN (SELECT * FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' MINUTE))) p
    ON o.id = p.order_id AND o.window_start = p.window_start AND o.window_end = p.window_end`,
    [...['orders.id > kd.k', 'payments.paid > kd.d']],
  ),
  q(
    'OVER',
    `INSERT INTO kd SELECT id, SUM(amount) OVER (PARTITION BY customer_id ORDER BY ts
    RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW) FROM orders`,
    [...['orders.id > kd.k', 'orders.amount > kd.d', 'orders.customer_id > kd.d', 'orders.ts > kd.d']],
  ),
  q(
    'the last row of each key',
    `INSERT INTO kv SELECT id, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY n DESC) AS rn
    FROM plain) WHERE rn = 1`,
    ['plain.id > kv.k', 'plain.v > kv.v'],
  ),
  q(
    'a rank',
    `INSERT INTO vn SELECT v, rn FROM (SELECT v, ROW_NUMBER() OVER (PARTITION BY v ORDER BY n DESC) AS rn FROM plain)
    WHERE rn <= 3`,
    ['plain.v > vn.v', 'plain.v > vn.n', 'plain.n > vn.n'],
  ),
  q(
    'UNION of three',
    'INSERT INTO kv SELECT id, v FROM plain UNION SELECT id, v FROM other UNION SELECT k, label FROM (SELECT customer_id AS k, product AS label FROM orders)',
    [
      ...['plain.id > kv.k', 'plain.v > kv.v', 'other.id > kv.k', 'other.v > kv.v'],
      ...['orders.customer_id > kv.k', 'orders.product > kv.v'],
    ],
  ),
  q('INTERSECT', 'INSERT INTO kv SELECT id, v FROM plain INTERSECT SELECT id, v FROM other', [
    ...['plain.id > kv.k', 'plain.v > kv.v', 'other.id > kv.k', 'other.v > kv.v'],
  ]),
  q('EXCEPT', 'INSERT INTO kv SELECT id, v FROM plain EXCEPT SELECT id, v FROM other', [
    ...['plain.id > kv.k', 'plain.v > kv.v', 'other > kv'],
  ]),
  q('IN a query', "INSERT INTO kv SELECT id, v FROM plain WHERE id IN (SELECT id FROM other WHERE v = '})])')", [
    ...['plain.id > kv.k', 'plain.v > kv.v', 'other > kv'],
  ]),
  q(
    'NOT EXISTS',
    'INSERT INTO kv SELECT id, v FROM plain p WHERE NOT EXISTS (SELECT 1 FROM other o WHERE o.id = p.id)',
    [...['plain.id > kv.k', 'plain.v > kv.v', 'other > kv']],
  ),
  q('a scalar query', 'INSERT INTO kd SELECT id, (SELECT MAX(paid) FROM payments) FROM plain', [
    ...['plain.id > kd.k', 'payments.paid > kd.d'],
  ]),
  q(
    'a correlated scalar query',
    'INSERT INTO kd SELECT id, (SELECT SUM(o.n) FROM other o WHERE o.id = p.id) FROM plain p',
    [...['plain.id > kd.k', 'other.n > kd.d']],
  ),
  q('a function', 'INSERT INTO kv SELECT id, up(product, customer_id) FROM orders', [
    ...['orders.id > kv.k', 'orders.product > kv.v', 'orders.customer_id > kv.v'],
  ]),
  q(
    'a table function',
    'INSERT INTO kv SELECT w.size, w.word FROM orders, LATERAL TABLE(words(product)) AS w(word, size)',
    [...['orders.product > kv.k', 'orders.product > kv.v']],
  ),
  q(
    'a left join with a table function',
    'INSERT INTO kv SELECT o.id, w.word FROM orders o LEFT JOIN LATERAL TABLE(words(UPPER(o.product))) AS w(word, size) ON TRUE',
    [...['orders.id > kv.k', 'orders.product > kv.v']],
  ),
  q('an aggregate function', 'INSERT INTO kd SELECT customer_id, mean(amount, id) FROM orders GROUP BY customer_id', [
    ...['orders.customer_id > kd.k', 'orders.amount > kd.d', 'orders.id > kd.d'],
  ]),
  q('UNNEST of an array', 'INSERT INTO kv SELECT id, word FROM nested CROSS JOIN UNNEST(arr) AS t (word)', [
    ...['nested.id > kv.k', 'nested.arr > kv.v'],
  ]),
  q('UNNEST of rows', 'INSERT INTO kv SELECT t.x, t.y FROM nested CROSS JOIN UNNEST(rs) AS t (x, y)', [
    ...['nested.rs > kv.k', 'nested.rs > kv.v'],
  ]),
  q('UNNEST of a map', 'INSERT INTO kv SELECT t.n, t.w FROM nested CROSS JOIN UNNEST(m) AS t (w, n)', [
    ...['nested.m > kv.k', 'nested.m > kv.v'],
  ]),
  q(
    'fields of a row, a map and an array',
    "INSERT INTO kv SELECT r.a, arr[1] || r.b || CAST(m['x'] AS STRING) FROM nested",
    [...['nested.r > kv.k', 'nested.arr > kv.v', 'nested.r > kv.v', 'nested.m > kv.v']],
  ),
  q(
    'a pattern',
    `INSERT INTO kd SELECT customer_id, top FROM orders MATCH_RECOGNIZE (PARTITION BY customer_id ORDER BY ts
    MEASURES LAST(B.amount) AS top PATTERN (A B) DEFINE B AS B.amount > A.amount)`,
    [...['orders.customer_id > kd.k', 'orders.amount > kd.d']],
  ),
  q(
    'hints',
    "INSERT INTO kv SELECT /*+ STATE_TTL('p' = '1d') */ p.id, p.v FROM plain /*+ OPTIONS('rows-per-second' = '7') */ p JOIN other o ON p.id = o.id",
    [...['plain.id > kv.k', 'plain.v > kv.v', 'other > kv']],
  ),
  q('ORDER BY and LIMIT', 'INSERT INTO kv SELECT id, v FROM plain ORDER BY n LIMIT 10', [
    'plain.id > kv.k',
    'plain.v > kv.v',
  ]),
  q(
    'a statement set',
    `EXECUTE STATEMENT SET BEGIN INSERT INTO kv SELECT id, v FROM plain;
    INSERT INTO kd SELECT id, n FROM other; INSERT INTO kv SELECT customer_id, product FROM orders; END`,
    [
      ...['plain.id > kv.k', 'plain.v > kv.v', 'other.id > kd.k', 'other.n > kd.d'],
      ...['orders.customer_id > kv.k', 'orders.product > kv.v'],
    ],
  ),
  q(
    'INSERTs after each other',
    `INSERT INTO kv SELECT id, v FROM plain; INSERT INTO vn SELECT v, COUNT(*) FROM united GROUP BY v`,
    [...['plain.id > kv.k', 'plain.v > kv.v', 'plain.v > vn.v', 'other.v > vn.v']],
  ),
  q(
    'CREATE TABLE AS',
    "CREATE TABLE made WITH ('connector' = 'blackhole') AS SELECT id AS i, UPPER(v) AS u FROM plain",
    [...['plain.id > made.i', 'plain.v > made.u']],
  ),
  q('a query that writes nowhere', 'SELECT id, v FROM plain', [], { untold: /no statement writes into a table/i }),
  q('the time of processing', 'INSERT INTO kt SELECT id, CAST(proc AS TIMESTAMP(3)) FROM orders', [
    'orders.id > kt.k',
    'orders.proc > kt.t',
  ]),
  q(
    'a lateral query',
    `INSERT INTO kv SELECT x.id, z.s FROM plain x,
    LATERAL (SELECT MAX(product || x.v) AS s FROM orders y WHERE y.id = x.id) z`,
    [...['plain.id > kv.k', 'orders.product > kv.v', 'plain.v > kv.v']],
  ),
  q(
    'UNNEST with places',
    'INSERT INTO kv SELECT t.n, word FROM nested CROSS JOIN UNNEST(arr) WITH ORDINALITY AS t (word, n)',
    [...['nested.arr > kv.k', 'nested.arr > kv.v']],
    { since: [2, 0] },
  ),
  q('LAG', 'INSERT INTO kv SELECT customer_id, LAG(product) OVER (PARTITION BY customer_id ORDER BY ts) FROM orders', [
    ...['orders.customer_id > kv.k', 'orders.product > kv.v', 'orders.customer_id > kv.v', 'orders.ts > kv.v'],
  ]),
  q(
    'JSON, and IN with two columns',
    `INSERT INTO kv SELECT a.id, JSON_OBJECT('a' VALUE a.v, 'b' VALUE a.n) FROM plain a
    WHERE (a.id, a.v) IN (SELECT id, product FROM orders)`,
    [...['plain.id > kv.k', 'plain.v > kv.v', 'plain.n > kv.v', 'orders > kv']],
  ),
  q(
    'a table of another catalog',
    `CREATE CATALOG other WITH ('type' = 'generic_in_memory');
    CREATE DATABASE other.\`my db\`;
    CREATE TABLE other.\`my db\`.\`t.u\` (a BIGINT, b STRING) WITH ('connector' = 'blackhole');
    USE CATALOG other;
    INSERT INTO \`my db\`.\`t.u\` SELECT id, v FROM default_catalog.default_database.plain`,
    [...['plain.id > other.my db.t.u.a', 'plain.v > other.my db.t.u.b']],
  ),
  q(
    'a query in a query in a query',
    `INSERT INTO kv SELECT id, (SELECT MAX(v) FROM plain p WHERE p.id = o.id
    AND EXISTS (SELECT 1 FROM nested q WHERE q.id = p.id)) FROM orders o`,
    [...['orders.id > kv.k', 'plain.v > kv.v', 'nested > kv']],
  ),
  q(
    'the first rows of each window',
    `INSERT INTO kv SELECT customer_id, product FROM (SELECT *, ROW_NUMBER() OVER
    (PARTITION BY window_start, window_end ORDER BY amount DESC) AS r FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' MINUTE)))
    WHERE r <= 3`,
    ['orders.customer_id > kv.k', 'orders.product > kv.v'],
  ),
  q(
    'a window whose columns have other names',
    `INSERT INTO kv SELECT a, c FROM (SELECT * FROM TABLE(TUMBLE(TABLE orders,
    DESCRIPTOR(ts), INTERVAL '1' MINUTE)) AS t (a, b, c, d, e, f, g, h, i, j))`,
    [...['orders.id > kv.k', 'orders.product > kv.v']],
    { since: [2, 0] },
  ),
  q(
    'batch',
    "SET 'execution.runtime-mode' = 'batch'; INSERT INTO kv SELECT id, MAX(v) FROM files GROUP BY id ORDER BY id LIMIT 5",
    [...['files.id > kv.k', 'files.v > kv.v']],
  ),
  q('a partition', "INSERT INTO parts PARTITION (p = 'x') SELECT id FROM plain", ['plain.id > parts.id']),
  q(
    'a temporary table in front of another',
    `CREATE TEMPORARY TABLE plain (z BIGINT, y STRING) WITH ('connector' = 'datagen');
    INSERT INTO kv SELECT z, y FROM plain`,
    ['plain.z > kv.k', 'plain.y > kv.v'],
  ),
  q(
    'names that are words of a plan',
    'INSERT INTO kv SELECT `groups`, `hints` FROM (SELECT id AS `groups`, MAX(v) AS `hints` FROM plain GROUP BY id)',
    [...['plain.id > kv.k', 'plain.v > kv.v']],
  ),
  q(
    'names with brackets that are never closed',
    'INSERT INTO kv SELECT id, `x]y` FROM (SELECT id, v AS `x]y` FROM plain)',
    [...['plain.id > kv.k', 'plain.v > kv.v']],
  ),
  q(
    'a name that makes a plan unreadable',
    'INSERT INTO kv SELECT id, `[` FROM (SELECT id, v AS `[` FROM plain)',
    ['plain > kv'],
    {
      untold: /writing into default_catalog\.default_database\.kv can't be read/,
    },
  ),
  q(
    'a function of a whole table',
    'INSERT INTO okvd SELECT * FROM TO_CHANGELOG(input => TABLE plain)',
    ['plain > okvd'],
    {
      untold: /does not show which columns of default_catalog\.default_database\.plain get into .*okvd \(op, k, v, d\)/,
      since: [2, 3],
    },
  ),
  q(
    'a mistake beside what can be told',
    `EXECUTE STATEMENT SET BEGIN INSERT INTO kv SELECT id, \`[\` FROM (SELECT id, v AS \`[\` FROM plain);
    INSERT INTO kd SELECT id, n FROM other; END`,
    ['plain > kv', 'other.id > kd.k', 'other.n > kd.d'],
    {
      untold: /kv can't be read/,
    },
  ),
];

export function scriptOf(sql: string, jar: string): string {
  return `${LINEAGE_DDL.replace("'JAR'", `'${jar}'`)}\n${sql}`;
}
