/**
 * What a statement is for.
 *
 * - `session`: changes the session, before the job: SET, DDL, USE, LOAD, ADD JAR
 * - `statement`: does something by itself; Flink says OK, or what came of it in rows
 * - `rows`: its rows go into results[]
 * - `insert`: goes into the task's statement set; `statementSet`: an authored one; `job`: starts a job by itself
 * - `preview`: a query; starts a job that lives as long as its rows are read
 * - `definition`, `fragments`, `jar`: Dinky's `name := value`, SHOW FRAGMENT(S), EXECUTE JAR
 * - `clientCommand`, `refused`: not run; `refusal` says why and what to do instead
 */
export type StatementRole =
  | 'session'
  | 'statement'
  | 'rows'
  | 'insert'
  | 'statementSet'
  | 'job'
  | 'preview'
  | 'definition'
  | 'fragments'
  | 'jar'
  | 'clientCommand'
  | 'refused';

/**
 * One row of the table.
 *
 * `starts`: the leading keywords; `[A B]` may be missing, `A|B` is either, `… AS` asks for an AS outside parentheses.
 * `unrepeatable`: must not be repeated by a re-send. `configure`: the gateway's configure-session takes it. `touches`, of the role
 * `statement`: the names that it has, or their rows as well; left out: it may read and change anything.
 */
export interface KindRow {
  readonly starts: string;
  readonly role: StatementRole;
  readonly unrepeatable?: true;
  readonly configure?: true;
  readonly touches?: 'names' | 'rows';
  /** The name of the kind, where it is not the keywords that were found. */
  readonly kind?: string;
  readonly refusal?: string;
  /** Which Flink knows it, where not all do: said when Flink does not know the statement. */
  readonly needs?: string;
}

const DDL = { role: 'session', configure: true } as const;
const ROWS = { role: 'rows' } as const;
const ONCE = { role: 'statement', unrepeatable: true } as const;
const ON_NAMES = { ...ONCE, touches: 'names' } as const;
const JOB = { role: 'job', unrepeatable: true } as const;
const QUERY = { role: 'preview', unrepeatable: true } as const;
const UNFOLDED = {
  role: 'refused',
  refusal: 'BEGIN STATEMENT SET and END belong together: one of them is missing.',
} as const;

const MATERIALIZED = 'Materialized tables need Flink 1.20 or later.';
const MODELS = 'Models need Flink 2.0 or later.';
const CONNECTIONS = "No Flink up to 2.3 runs statements about connections, though 2.3's parser knows them.";

const client = (what: string) =>
  ({ role: 'clientCommand', refusal: `${what} is a command of Flink's SQL client: delete it from the task.` }) as const;
const refused = (refusal: string) => ({ role: 'refused', refusal }) as const;
const SOURCE_CODE = refused(
  'Functions as source code need a compiler, which Flink does not have. Build a jar, then ADD JAR and CREATE FUNCTION … AS.',
);

/** The first row that fits counts. Flink 1.17 to 2.3, then Dinky's own statements. */
export const STATEMENT_KINDS: readonly KindRow[] = [
  { starts: 'SET', ...DDL },
  { starts: 'RESET', ...DDL },
  { starts: 'QUIT', ...client('QUIT') },
  { starts: 'EXIT', ...client('EXIT') },
  { starts: 'HELP', ...client('HELP') },
  { starts: 'CLEAR', ...client('CLEAR') },

  { starts: 'CREATE [OR REPLACE] [TEMPORARY] TABLE … AS', ...JOB, kind: 'CREATE TABLE AS' },
  {
    starts: 'REPLACE [TEMPORARY] TABLE … AS',
    ...JOB,
    kind: 'REPLACE TABLE AS',
    needs: 'REPLACE TABLE needs Flink 1.18 or later.',
  },
  {
    starts: 'CREATE OR ALTER MATERIALIZED TABLE',
    ...ON_NAMES,
    kind: 'CREATE MATERIALIZED TABLE',
    needs: 'CREATE OR ALTER MATERIALIZED TABLE needs Flink 2.3 or later.',
  },
  {
    starts: 'CREATE [OR REPLACE] MATERIALIZED TABLE',
    ...ON_NAMES,
    kind: 'CREATE MATERIALIZED TABLE',
    needs: MATERIALIZED,
  },
  { starts: 'ALTER MATERIALIZED TABLE', ...ON_NAMES, needs: MATERIALIZED },
  { starts: 'DROP MATERIALIZED TABLE', ...ON_NAMES, needs: MATERIALIZED },
  {
    starts: 'CREATE [TEMPORARY] MODEL … AS',
    ...ON_NAMES,
    kind: 'CREATE MODEL AS',
    needs: 'No Flink up to 2.3 runs CREATE MODEL AS.',
  },

  { starts: 'CREATE [OR REPLACE] [TEMPORARY] TABLE', ...DDL, kind: 'CREATE TABLE' },
  { starts: 'CREATE [OR REPLACE] [TEMPORARY] VIEW', ...DDL, kind: 'CREATE VIEW' },
  { starts: 'CREATE [OR REPLACE] [TEMPORARY] [SYSTEM] FUNCTION', ...DDL, kind: 'CREATE FUNCTION' },
  { starts: 'CREATE [OR REPLACE] [TEMPORARY] MODEL', ...DDL, kind: 'CREATE MODEL', needs: MODELS },
  {
    starts: 'CREATE [OR REPLACE] [TEMPORARY] [SYSTEM] CONNECTION',
    role: 'session',
    kind: 'CREATE CONNECTION',
    needs: CONNECTIONS,
  },
  { starts: 'CREATE [OR REPLACE] [TEMPORARY] CATALOG', ...DDL, kind: 'CREATE CATALOG' },
  { starts: 'CREATE [OR REPLACE] [TEMPORARY] DATABASE', ...DDL, kind: 'CREATE DATABASE' },
  { starts: 'ALTER TABLE', ...DDL },
  { starts: 'ALTER VIEW', ...DDL },
  { starts: 'ALTER [TEMPORARY] [SYSTEM] FUNCTION', ...DDL, kind: 'ALTER FUNCTION' },
  { starts: 'ALTER MODEL', ...DDL, needs: MODELS },
  { starts: 'ALTER CONNECTION', role: 'session', needs: CONNECTIONS },
  { starts: 'ALTER CATALOG', ...DDL, needs: 'ALTER CATALOG needs Flink 1.20 or later.' },
  { starts: 'ALTER DATABASE', ...DDL },
  { starts: 'DROP [TEMPORARY] TABLE', ...DDL, kind: 'DROP TABLE' },
  { starts: 'DROP [TEMPORARY] VIEW', ...DDL, kind: 'DROP VIEW' },
  { starts: 'DROP [TEMPORARY] [SYSTEM] FUNCTION', ...DDL, kind: 'DROP FUNCTION' },
  { starts: 'DROP [TEMPORARY] MODEL', ...DDL, kind: 'DROP MODEL', needs: MODELS },
  { starts: 'DROP [TEMPORARY] [SYSTEM] CONNECTION', role: 'session', kind: 'DROP CONNECTION', needs: CONNECTIONS },
  { starts: 'DROP [TEMPORARY] CATALOG', ...DDL, kind: 'DROP CATALOG' },
  { starts: 'DROP [TEMPORARY] DATABASE', ...DDL, kind: 'DROP DATABASE' },

  { starts: 'USE CATALOG', ...DDL },
  { starts: 'USE MODULES', ...DDL },
  { starts: 'USE', ...DDL },
  { starts: 'LOAD MODULE', ...DDL },
  { starts: 'UNLOAD MODULE', ...DDL },
  { starts: 'ADD JAR', ...DDL },
  {
    starts: 'REMOVE JAR',
    ...refused('Flink does not support REMOVE JAR in a session: leave out the ADD JAR that it should undo.'),
  },

  { starts: 'SHOW FRAGMENTS', role: 'fragments' },
  { starts: 'SHOW FRAGMENT', role: 'fragments' },
  { starts: 'SHOW', ...ROWS },
  { starts: 'DESCRIBE|DESC', ...ROWS, kind: 'DESCRIBE' },
  { starts: 'EXPLAIN', ...ROWS },
  { starts: 'COMPILE PLAN', ...ROWS, unrepeatable: true },
  { starts: 'COMPILE AND EXECUTE PLAN', ...JOB },
  { starts: 'EXECUTE PLAN', ...JOB },

  { starts: 'INSERT INTO', role: 'insert' },
  { starts: 'INSERT OVERWRITE', role: 'insert' },
  { starts: 'INSERT', role: 'insert' },
  { starts: 'UPSERT', role: 'insert' },
  { starts: 'EXECUTE INSERT|UPSERT', role: 'insert', kind: 'EXECUTE INSERT' },
  { starts: 'EXECUTE STATEMENT SET', role: 'statementSet' },
  { starts: 'BEGIN', ...UNFOLDED },
  { starts: 'END', ...UNFOLDED },
  { starts: 'DELETE', ...JOB },
  { starts: 'UPDATE', ...JOB },
  { starts: 'MERGE', ...JOB },
  { starts: 'SELECT', ...QUERY },
  { starts: 'WITH', ...QUERY },
  { starts: 'VALUES', ...QUERY },
  { starts: 'VALUE', ...QUERY, kind: 'VALUES' },
  { starts: 'TABLE', ...QUERY },
  { starts: 'EXECUTE SELECT|WITH|VALUES|VALUE|TABLE', ...QUERY, kind: 'EXECUTE SELECT' },

  { starts: 'ANALYZE TABLE', ...ONCE, touches: 'rows' },
  { starts: 'CALL', ...ONCE, needs: 'CALL needs Flink 1.18 or later.' },
  { starts: 'TRUNCATE TABLE', ...ON_NAMES, needs: 'TRUNCATE TABLE needs Flink 1.18 or later.' },
  { starts: 'STOP JOB', ...ONCE },

  { starts: 'EXECUTE JAR', role: 'jar', unrepeatable: true },
  { starts: 'ADD CUSTOMJAR', role: 'session', configure: true },
  {
    starts: 'CREATE AGGTABLE',
    ...refused(
      "CREATE AGGTABLE runs in Dinky's own JVM. Write the aggregation as a CREATE VIEW … AS SELECT … GROUP BY.",
    ),
  },
  {
    starts: 'CREATE TEMPORAL [TEMPORARY] [SYSTEM] FUNCTION',
    ...refused(
      "CREATE TEMPORAL FUNCTION runs in Dinky's own JVM. Join the table itself: JOIN t FOR SYSTEM_TIME AS OF the time attribute.",
    ),
    kind: 'CREATE TEMPORAL FUNCTION',
  },
  { starts: 'PRINT', ...refused("PRINT runs in Dinky's own JVM. Use a last SELECT: its rows are the task's results.") },
  {
    starts: 'EXECUTE CDCSOURCE',
    ...refused(
      "EXECUTE CDCSOURCE runs in Dinky's own JVM. Use CREATE TABLE with a CDC connector and INSERT INTO, or a Flink CDC jar.",
    ),
  },
  {
    starts: 'EXECUTE PIPELINE',
    ...refused("EXECUTE PIPELINE runs in Dinky's own JVM. Run the Flink CDC pipeline as a FlinkJar task."),
  },
  {
    starts: 'ADD FILE',
    ...refused("ADD FILE runs in Dinky's own JVM. Put the file where the cluster can read it, and name its URL."),
  },
  { starts: 'PACKAGE|IMPORT', ...SOURCE_CODE, kind: 'source code' },
  { starts: 'PUBLIC [FINAL|ABSTRACT] CLASS', ...SOURCE_CODE, kind: 'source code' },
];
