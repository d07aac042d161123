-- Defaults. A request may bring other values: ...&variables.rows_per_second=50&variables.country=NO
rows_per_second := 5;
country := DE;

-- ${rows_per_second} is replaced before Flink sees the text.
CREATE TEMPORARY TABLE orders (
  order_id BIGINT,
  amount   DOUBLE
) WITH (
  'connector' = 'datagen',
  'rows-per-second' = '${rows_per_second}',
  'fields.amount.min' = '1',
  'fields.amount.max' = '500'
);

CREATE TEMPORARY TABLE country_orders (
  country  STRING,
  currency STRING,
  order_id BIGINT,
  amount   DOUBLE
) WITH ('connector' = 'blackhole');

-- ${currency} is a global variable (see `variables` in examples.yaml), visible because the task has `fragment: true`.
INSERT INTO country_orders
SELECT '${country}', '${currency}', order_id, amount FROM orders;
