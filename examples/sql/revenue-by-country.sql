-- Orders and customers from two CSV files. The paths begin at the folder in which Flink was started,
-- which for the local stack is the project's own. Lines that begin with # are comments.
CREATE TEMPORARY TABLE orders (
  order_id    BIGINT,
  customer_id INT,
  ordered_on  DATE,
  amount      DECIMAL(10, 2)
) WITH (
  'connector' = 'filesystem',
  'path' = 'examples/data/orders.csv',
  'format' = 'csv',
  'csv.allow-comments' = 'true'
);

CREATE TEMPORARY TABLE customers (
  customer_id INT,
  name        STRING,
  country     STRING
) WITH (
  'connector' = 'filesystem',
  'path' = 'examples/data/customers.csv',
  'format' = 'csv',
  'csv.allow-comments' = 'true'
);

-- The result is a folder: each task slot of Flink writes a file of its own.
CREATE TEMPORARY TABLE revenue_by_country (
  country STRING,
  orders  BIGINT,
  revenue DECIMAL(38, 2)
) WITH (
  'connector' = 'filesystem',
  'path' = '.dinghy/out/revenue-by-country',
  'format' = 'csv'
);

-- OVERWRITE, so that a second run replaces the first one's files instead of adding to them.
INSERT OVERWRITE revenue_by_country
SELECT c.country, COUNT(*), SUM(o.amount)
FROM orders AS o
JOIN customers AS c ON c.customer_id = o.customer_id
GROUP BY c.country;
