-- Made-up payments, ten a second. One in four is large.
CREATE TEMPORARY TABLE payments (
  payment_id BIGINT,
  account    INT,
  amount     DOUBLE
) WITH (
  'connector' = 'datagen',
  'rows-per-second' = '10',
  'fields.account.min' = '1000',
  'fields.account.max' = '1099',
  'fields.amount.min' = '0',
  'fields.amount.max' = '1000'
);

-- Large payments are looked at by a person ...
CREATE TEMPORARY TABLE to_review (
  payment_id BIGINT,
  account    INT,
  amount     DOUBLE
) WITH ('connector' = 'blackhole');

-- ... and all of them are counted.
CREATE TEMPORARY TABLE account_totals (
  account  INT,
  payments BIGINT,
  total    DOUBLE
) WITH ('connector' = 'blackhole');

-- All INSERTs of a task run as one statement set: one Flink job, which either runs or fails as a whole.
INSERT INTO to_review
SELECT payment_id, account, amount FROM payments WHERE amount > 750;

INSERT INTO account_totals
SELECT account, COUNT(*), SUM(amount) FROM payments GROUP BY account;
