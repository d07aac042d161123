-- A shop's orders as they come in. `datagen` makes them up: five a second, without end.
CREATE TEMPORARY TABLE orders (
  order_id BIGINT,
  product  INT,
  amount   DOUBLE,
  -- The time at which Flink sees the row; windows are cut by it.
  seen_at AS PROCTIME()
) WITH (
  'connector' = 'datagen',
  'rows-per-second' = '5',
  'fields.product.min' = '1',
  'fields.product.max' = '10',
  'fields.amount.min' = '1',
  'fields.amount.max' = '500'
);

-- Where the totals go. `blackhole` takes everything and keeps nothing, which is fine for a first try;
-- with 'print' in its place the rows appear in the TaskManager's log.
CREATE TEMPORARY TABLE sales (
  window_start TIMESTAMP(3),
  product      INT,
  orders       BIGINT,
  revenue      DOUBLE
) WITH ('connector' = 'blackhole');

-- The one statement that starts a job: a window of ten seconds after another, for each product its orders and revenue.
INSERT INTO sales
SELECT window_start, product, COUNT(*), SUM(amount)
FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(seen_at), INTERVAL '10' SECOND))
GROUP BY window_start, window_end, product;
