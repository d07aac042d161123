/** Whether a task's DDL outlives its session (protocol.md section 6, `once`). */
import { describe, expect, it } from 'vitest';
import { lastingChanges } from '../../../lib/domain/plan/lasting-changes.ts';
import { splitScript } from '../../../lib/domain/sql/split.ts';

const lasts = (sql: string) => lastingChanges(splitScript(sql));
const MEMORY = "WITH ('type' = 'generic_in_memory')";
const OWN = `CREATE CATALOG mine ${MEMORY}; `;
/** It keeps its tables in a warehouse, whoever makes the catalog. */
const PAIMON = "CREATE CATALOG lake WITH ('type' = 'paimon', 'warehouse' = 's3://w'); ";

describe('gone with the session', () => {
  it.each([
    "SET 'a' = 'b'; USE CATALOG hive; USE hive.d; LOAD MODULE m; ADD JAR 'x.jar'",
    'CREATE TABLE t (a INT)',
    'CREATE TABLE default_catalog.d.t (a INT)',
    'CREATE TABLE `default_catalog`.`d`.`t` (a INT)',
    'CREATE DATABASE d; CREATE TABLE d.t (a INT); DROP TABLE d.t; DROP DATABASE d',
    'CREATE DATABASE default_catalog.d',
    "CREATE FUNCTION d.f AS 'x'; CREATE VIEW d.v AS SELECT 1",
    `${OWN}CREATE DATABASE mine.d; CREATE TABLE mine.d.t (a INT); CREATE VIEW mine.d.v AS SELECT 1`,
    `${OWN}USE CATALOG mine; CREATE DATABASE d; USE d; CREATE TABLE t (a INT); ALTER TABLE t RENAME TO u`,
    `${OWN}USE mine.d; CREATE FUNCTION f AS 'x'`,
    `${OWN}ALTER CATALOG mine SET ('a' = 'b'); DROP CATALOG mine`,
    `CREATE CATALOG IF NOT EXISTS \`my cat\` ${MEMORY}; CREATE TABLE IF NOT EXISTS \`my cat\`.d.t (a INT)`,
    `CREATE TEMPORARY CATALOG c ${MEMORY}; CREATE TABLE c.d.t (a INT)`,
    `CREATE OR REPLACE CATALOG c ${MEMORY}; DROP TABLE IF EXISTS c.d.t`,
    `CREATE CATALOG IF ${MEMORY}; CREATE TABLE IF.d.t (a INT)`,
    'USE CATALOG hive; USE CATALOG default_catalog; CREATE TABLE t (a INT)',
    'USE hive.d; USE default_catalog.d; CREATE TABLE t (a INT)',
    'USE CATALOG hive; CREATE TABLE default_catalog.d.t (a INT)',
    'USE `catalog`; CREATE TABLE t (a INT)',
    'USE MODULES hive; CREATE TABLE t (a INT)',
    'USE CATALOG hive; CREATE TEMPORARY TABLE t (a INT); CREATE TEMPORARY VIEW hive.d.v AS SELECT 1',
    "CREATE TEMPORARY FUNCTION hive.d.f AS 'x'; DROP TEMPORARY FUNCTION IF EXISTS hive.d.f",
    "CREATE TEMPORARY SYSTEM FUNCTION f AS 'x'; ALTER TEMPORARY SYSTEM FUNCTION f AS 'y'; DROP TEMPORARY SYSTEM FUNCTION f",
    "CREATE TEMPORARY MODEL hive.d.m WITH ('a' = 'b'); DROP TEMPORARY TABLE IF EXISTS hive.d.t",
    'SHOW CREATE TABLE hive.d.t; DESCRIBE hive.d.t; EXPLAIN CREATE TABLE hive.d.t AS SELECT 1',
  ])('%s', (sql) => expect(lasts(sql)).toBe('nothing'));
});

describe('lasting', () => {
  it.each([
    'CREATE TABLE hive.d.t (a INT)',
    'CREATE TABLE IF NOT EXISTS hive.d.t (a INT)',
    'CREATE TABLE IF.d.t (a INT)',
    'CREATE OR REPLACE TABLE hive.d.t (a INT)',
    'CREATE DATABASE hive.d',
    'CREATE DATABASE IF NOT EXISTS hive.d',
    'CREATE TEMPORARY DATABASE hive.d',
    'CREATE VIEW hive.d.v AS SELECT 1',
    "CREATE FUNCTION hive.d.f AS 'x'",
    "CREATE MODEL hive.d.m WITH ('a' = 'b')",
    "CREATE CONNECTION hive.d.c WITH ('a' = 'b')",
    'ALTER TABLE IF EXISTS hive.d.t RENAME TO u',
    'ALTER VIEW hive.d.v AS SELECT 2',
    "ALTER FUNCTION IF EXISTS hive.d.f AS 'y'",
    "ALTER DATABASE hive.d SET ('a' = 'b')",
    "ALTER CATALOG hive SET ('a' = 'b')",
    'DROP CATALOG hive',
    'DROP CATALOG IF EXISTS hive',
    'DROP TEMPORARY CATALOG hive',
    'DROP DATABASE IF EXISTS hive.d CASCADE',
    'DROP TABLE IF EXISTS hive.d.t',
    'DROP VIEW hive.d.v',
    'DROP FUNCTION hive.d.f',
    'USE CATALOG hive; CREATE TABLE t (a INT)',
    'USE CATALOG `default_catalog `; CREATE TABLE t (a INT)',
    'USE hive.d; CREATE TABLE t (a INT)',
    'USE `hive`.`d`; DROP TABLE d2.t',
    'USE /* c */ hive -- d\n . d; CREATE DATABASE x',
    `${OWN}CREATE TABLE MINE.d.t (a INT)`,
    `CREATE TABLE mine.d.t (a INT); ${OWN}`,
    `${OWN}USE CATALOG hive; CREATE TABLE t (a INT)`,
    `${OWN}USE mine.d; USE CATALOG hive; DROP TABLE t`,
    'CREATE TABLE `create`.`table`.`if` (a INT)',
    'DROP TEMPORARY TABLE t; DROP TABLE hive.d.t',
    `${PAIMON}CREATE TABLE lake.d.t (a INT)`,
    `${PAIMON}USE CATALOG lake; DROP TABLE IF EXISTS d.t; CREATE TABLE IF NOT EXISTS d.t (a INT)`,
    `${PAIMON}USE lake.d; ALTER TABLE t ADD b INT`,
    `${PAIMON}CREATE TABLE IF NOT EXISTS hive.d.t (a INT)`,
  ])('%s', (sql) => expect(lasts(sql)).toBe('once'));
});

describe('lasting, but repeatable: made only where it is not there, in a catalog that the task makes itself', () => {
  it.each([
    `${PAIMON}CREATE DATABASE IF NOT EXISTS lake.d; CREATE TABLE IF NOT EXISTS lake.d.t (a INT)`,
    `${PAIMON}USE lake.d; CREATE TABLE IF NOT EXISTS t (a INT); CREATE TEMPORARY TABLE s (a INT)`,
  ])('%s', (sql) => expect(lasts(sql)).toBe('repeatable'));
});
