/** Failures within what a user brings: connectors, catalogs, functions; and within what is made of them. */
import { failing, type FailingCase, INSERT } from './failing-case.ts';

const THROWN = [
  ...['runtime', 'illegal', 'state', 'table', 'validation', 'catalog', 'npe', 'unsupported', 'error', 'memory'],
  ...['noclass', 'checked', 'connect', 'elsewhere', 'submissionText', 'likeSubmission', 'likeTrace', 'frameless'],
  ...['deep', 'suppressed'],
];
const FEW_THROWN = ['runtime', 'table', 'error', 'connect', 'submissionText', 'likeTrace', 'frameless', 'deep'];

const SOURCE_PLACES = ['createSource', 'sourceChangelog', 'scanProvider', 'produceStream', 'bounded', 'copySource'];
const SINK_PLACES = ['createSink', 'sinkChangelog', 'sinkProvider', 'consumeStream', 'writeEarly', 'copySink'];
const CATALOG_PLACES = ['getTable', 'getStatistics', 'getFactory', 'databaseExists', 'tableExists', 'getFunction'];

const troubledTable = (at: string, thrown: string): string =>
  `CREATE TABLE troubled (id BIGINT) WITH ('connector' = 'mischief', 'at' = '${at}', 'throws' = '${thrown}')`;

const cross = <T>(places: readonly string[], thrown: readonly string[], make: (at: string, what: string) => T): T[] =>
  places.flatMap((at) => thrown.map((what) => make(at, what)));

const REAL_CONNECTORS: readonly (readonly [string, string])[] = [
  ['nosuch', ''],
  ['kafka', ", 'topic' = 'a'"],
  ['jdbc', ", 'url' = 'jdbc:x', 'table-name' = 'x'"],
  ['filesystem', ''],
  ['filesystem', ", 'path' = 'nosuch://x/y', 'format' = 'csv'"],
  ['filesystem', ", 'path' = '/tmp/x'"],
  ['filesystem', ", 'path' = '/tmp/x', 'format' = 'nosuch'"],
  ['filesystem', ", 'path' = '/tmp/x', 'format' = 'parquet'"],
  ['filesystem', ", 'path' = '/tmp/x', 'format' = 'csv', 'csv.field-delimiter' = ''"],
  ['filesystem', ", 'path' = '/tmp/x', 'format' = 'csv', 'csv.nosuch' = '1'"],
  ['filesystem', ", 'path' = '/tmp/x', 'format' = 'json', 'json.timestamp-format.standard' = 'nosuch'"],
  ['filesystem', ", 'path' = '/tmp/x', 'format' = 'csv', 'sink.rolling-policy.file-size' = 'big'"],
  ['filesystem', ", 'path' = '/tmp/x', 'format' = 'csv', 'sink.rolling-policy.rollover-interval' = 'soon'"],
  ['filesystem', ", 'path' = '/tmp/x', 'format' = 'csv', 'sink.parallelism' = 'many'"],
  ['filesystem', ", 'path' = ''"],
  ['filesystem', ", 'path' = '://', 'format' = 'csv'"],
  ['filesystem', ", 'path' = '/tmp/x', 'format' = 'csv', 'sink.partition-commit.policy.kind' = 'nosuch'"],
  ['datagen', ''],
  ['datagen', ", 'rows-per-second' = 'many'"],
  ['print', ", 'standard-error' = 'perhaps'"],
  ['print', ", 'sink.parallelism' = '-3'"],
  ['print', ", 'nosuch' = '1'"],
  ['blackhole', ", 'nosuch' = '1'"],
  ['socket', ", 'hostname' = 'x'"],
  ['', ''],
];

/** The function, made for this test alone: its class says where it fails. */
export const TROUBLED_FUNCTIONS: readonly { readonly name: string; readonly at: string; readonly thrown: string }[] =
  cross(['constructor', 'typeInference', 'functionWrite', 'deterministic'], THROWN, (at, thrown) => ({
    name: `F_${at}_${thrown}`,
    at,
    thrown,
  }));

const UNUSABLE = [
  ...['NoEval', 'PrivateEval', 'ObjectEval', 'AbstractFunction', 'HiddenFunction', 'WithArgument', 'Inner'],
  ...['NotWritable', 'NoAccumulator', 'NoRows', 'NotAFunction', 'Missing', 'TwoResults'],
];

const FUNCTION_USES = ['SELECT f(id) FROM src', 'SELECT id FROM src WHERE f(id) = 1'];

const withFunction = (name: string, className: string, use: string): FailingCase =>
  failing('code', name, `INSERT INTO snk ${use}`, { before: [`CREATE TEMPORARY FUNCTION f AS '${className}'`] });

const manyParts = (count: number, part: (n: number) => string, between: string): string =>
  Array.from({ length: count }, (_, n) => part(n)).join(between);

const TOO_LARGE = [
  failing(
    'code',
    'nested beyond the stack',
    `INSERT INTO snk SELECT ${'('.repeat(3_000)}id${')'.repeat(3_000)} FROM src`,
  ),
  failing(
    'code',
    'a sum beyond the stack',
    `INSERT INTO snk SELECT ${manyParts(6_000, (n) => `id * ${n}`, ' + ')} FROM src`,
  ),
  failing(
    'code',
    'ORs beyond the stack',
    `INSERT INTO snk SELECT id FROM src WHERE ${manyParts(6_000, (n) => `id > ${n} AND name = 'x${n}'`, ' OR ')}`,
  ),
  failing(
    'code',
    'CASEs within CASEs',
    `INSERT INTO snk SELECT ${'CASE WHEN id > 1 THEN '.repeat(1_500)}1${' ELSE 2 END'.repeat(1_500)} FROM src`,
  ),
  failing(
    'code',
    'UNIONs beyond the stack',
    `INSERT INTO snk ${manyParts(1_500, () => 'SELECT id FROM src', ' UNION ALL ')}`,
  ),
];

export const TROUBLED_CASES: readonly FailingCase[] = [
  ...REAL_CONNECTORS.flatMap(([connector, more], n) => {
    const before = [`CREATE TABLE odd (id BIGINT) WITH ('connector' = '${connector}'${more})`];
    return [
      failing('connector', `real sink ${n}`, 'INSERT INTO odd SELECT id FROM src', { before }),
      failing('connector', `real source ${n}`, 'INSERT INTO snk SELECT id FROM odd', { before }),
    ];
  }),
  ...cross(SOURCE_PLACES, THROWN, (at, what) =>
    failing('connector', `${at} ${what}`, 'INSERT INTO snk SELECT id FROM troubled', {
      before: [troubledTable(at, what)],
    }),
  ),
  ...cross(SINK_PLACES, THROWN, (at, what) =>
    failing('connector', `${at} ${what}`, 'INSERT INTO troubled SELECT id FROM src', {
      before: [troubledTable(at, what)],
    }),
  ),
  ...cross(['createSource', 'produceStream'], FEW_THROWN, (at, what) =>
    failing('connector', `select ${at} ${what}`, 'SELECT id FROM troubled', { before: [troubledTable(at, what)] }),
  ),
  ...cross(['createSink', 'consumeStream'], FEW_THROWN, (at, what) =>
    failing(
      'connector',
      `set ${at} ${what}`,
      `EXECUTE STATEMENT SET BEGIN ${INSERT}; INSERT INTO troubled SELECT id FROM src; END`,
      { before: [troubledTable(at, what)] },
    ),
  ),
  ...cross(['writeLate'], THROWN, (at, what) =>
    failing('graph', `${at} ${what}`, 'INSERT INTO troubled SELECT id FROM src', { before: [troubledTable(at, what)] }),
  ),
  ...cross(CATALOG_PLACES, THROWN, (at, what) =>
    failing('catalog', `${at} ${what}`, 'INSERT INTO snk SELECT id FROM c.db.t', {
      before: [`CREATE CATALOG c WITH ('type' = 'mischief', 'at' = '${at}', 'throws' = '${what}')`],
    }),
  ),
  ...cross(['createTable', 'tableExists'], THROWN, (at, what) =>
    failing(
      'catalog',
      `as ${at} ${what}`,
      "CREATE TABLE c.db.made WITH ('connector' = 'blackhole') AS SELECT id FROM src",
      {
        before: [`CREATE CATALOG c WITH ('type' = 'mischief', 'at' = '${at}', 'throws' = '${what}')`],
      },
    ),
  ),
  ...cross(['open', 'createCatalog'], THROWN, (at, what) =>
    failing(
      'catalog',
      `${at} ${what}`,
      `CREATE CATALOG c WITH ('type' = 'mischief', 'at' = '${at}', 'throws' = '${what}')`,
    ),
  ),
  ...TROUBLED_FUNCTIONS.map(({ name }) => withFunction(name, `dinghy.mischief.${name}`, FUNCTION_USES[0] ?? '')),
  ...UNUSABLE.flatMap((name) =>
    FUNCTION_USES.map((use, n) => withFunction(`${name} ${n}`, `dinghy.mischief.MischiefFunctions$${name}`, use)),
  ),
  ...TOO_LARGE,
];
