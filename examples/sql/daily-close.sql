-- A thousand made-up payments. `number-of-rows` makes the source end, so that the job ends as well;
-- `batchModel: true` in the manifest lets Flink run it as a batch: one final total for each method.
CREATE TEMPORARY TABLE payments (
  payment_id BIGINT,
  method_no  INT,
  amount     DOUBLE
) WITH (
  'connector' = 'datagen',
  'number-of-rows' = '1000',
  'fields.method_no.min' = '1',
  'fields.method_no.max' = '3',
  'fields.amount.min' = '1',
  'fields.amount.max' = '200'
);

-- `print` writes each row into the TaskManager's standard output.
CREATE TEMPORARY TABLE totals (
  method_name STRING,
  payments    BIGINT,
  total       DOUBLE
) WITH ('connector' = 'print');

INSERT INTO totals
SELECT
  CASE method_no WHEN 1 THEN 'card' WHEN 2 THEN 'transfer' ELSE 'invoice' END,
  COUNT(*),
  ROUND(SUM(amount), 2)
FROM payments
GROUP BY CASE method_no WHEN 1 THEN 'card' WHEN 2 THEN 'transfer' ELSE 'invoice' END;
