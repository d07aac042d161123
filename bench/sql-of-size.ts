/** SQL as people write it, of a wanted size: definitions, commented DDL, one INSERT for every two tables, variables. */

const HEAD = `-- Orders of every shop, cleaned and summed up.
topic_prefix := shop.\${stage};
SET 'table.exec.state.ttl' = '\${ttl}';
SET parallelism.default = 4;
`;

/** The request's variables that the text asks for. */
export const REQUEST_VARIABLES = { stage: 'live', ttl: '1 h', brokers: 'kafka-1:9092,kafka-2:9092', minimum: '10' };

/** As many whole statements as fit into `kilobytes`, filled up with a comment. */
export function sqlOfSize(kilobytes: number): string {
  const size = kilobytes * 1024;
  let text = HEAD;
  for (let n = 0; text.length + block(n).length <= size; n++) text += block(n);
  return `${text}${'-- filled up\n'.repeat(Math.floor((size - text.length) / 13))}`;
}

function block(n: number): string {
  return `
/* Shop ${n}: raw orders come from Kafka; what is summed up
   goes to a table of its own. Don't change the names: the "reports" read them; */
limit_${n} := ${100 + n};
CREATE TABLE \`orders_${n}\` (
  order_id BIGINT COMMENT 'the shop''s own number; never reused',
  customer STRING, -- as typed in
  product ROW<id BIGINT, name STRING, tags ARRAY<STRING>>,
  amount DECIMAL(10, 2), price DOUBLE,
  ordered_at TIMESTAMP_LTZ(3) METADATA FROM 'timestamp',
  total AS amount * price,
  WATERMARK FOR ordered_at AS ordered_at - INTERVAL '5' SECOND,
  PRIMARY KEY (order_id) NOT ENFORCED
) WITH (
  'connector' = 'kafka', 'topic' = '\${topic_prefix}.orders_${n}',
  'properties.bootstrap.servers' = '\${brokers}', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset'
);
CREATE TABLE report_${n} (window_start TIMESTAMP(3), customer STRING, orders BIGINT, total DOUBLE)
WITH ('connector' = 'kafka', 'topic' = '\${topic_prefix}.report_${n}', 'properties.bootstrap.servers' = '\${brokers}');
INSERT INTO report_${n}
SELECT /*+ STATE_TTL('o' = '1d') */ window_start, customer, COUNT(*), SUM(CAST(total AS DOUBLE)) -- per hour
FROM TABLE(TUMBLE(TABLE \`orders_${n}\`, DESCRIPTOR(ordered_at), INTERVAL '1' HOUR)) AS o
WHERE amount >= \${minimum} AND price < \${limit_${n}} AND customer NOT IN ('test; user', 'it''s me', '--none')
GROUP BY window_start, window_end, customer
HAVING COUNT(*) > 1;
`;
}
