/** What is planted, where it belongs, and the tasks and other definitions in which it stands. */
import type { Place, Planted } from './planted.ts';
import type { Urls } from './stack.ts';

/** A file in which the tables are kept, all items of one in it. */
const isTable = ({ kind }: Place): boolean => kind === 'table';
const isGiven = ({ kind }: Place): boolean => kind === 'given';
const isStatement = ({ kind }: Place): boolean => kind === 'statement';
const item =
  (...begins: string[]) =>
  ({ kind, name }: Place): boolean =>
    kind === 'item' && begins.some((begin) => name.startsWith(begin));
const isBody = ({ kind, name }: Place): boolean => kind === 'item' && name.includes('/BODY#');
const any =
  (...are: ((place: Place) => boolean)[]) =>
  (place: Place): boolean =>
    are.some((is) => is(place));

/** Of a store of secrets: Flink alone gets it. */
const secret = (name: string, value: string): Planted => ({ name, value, belongs: isStatement });
/** In plain text: it is kept where it was written, and with the run, since a re-send needs the statement. */
const plain = (name: string, value: string, ...where: string[]): Planted => ({
  name,
  value,
  belongs: any(isGiven, isStatement, isBody, isTable, item(...where)),
});

/** No other place has any use for them. */
const calledOnly = (name: string, value: string): Planted => ({ name, value, belongs: isGiven });

/** Most of a key tells as much as all of it. */
const SHOWN_OF_KEY = 30;

/** Shown by the command that makes it, and known to its caller. */
export const apiKey = (name: string, secret: string): Planted => ({
  name,
  value: secret.slice(0, SHOWN_OF_KEY),
  belongs: any(isGiven, ({ kind, name: of }) => kind === 'command' && of === 'keys create'),
});

const OF_5 = `k'$\\9`;
const OF_12 = `Sx'q$\\7"mZ#w`;
const OF_40 = `Tr0ub4dor'$x\\&"Longer-Than-Most=ab;cd,ef`;
/** Of several lengths, with the signs that SQL, JSON, YAML and patterns treat as their own. */
export const PLANTED = {
  secret5: secret('secret of 5', OF_5),
  secret12: secret('secret of 12', OF_12),
  secret40: secret('secret of 40', OF_40),
  multiline: secret('secret of lines', '-----BEGIN KEY-----\nMIIEvQIBADANplanted\n-----END KEY-----'),
  variable: plain('variable with a sensitive name', `vW''$\\pq-21`, 'VARIABLES/shop_password'),
  short: plain('short variable', `u5$''Q`, 'VARIABLES/pin_token'),
  option: plain('option', `oPt'$\\ion-33`, 'TASK#'),
  comment: plain('option in a comment', 'cOmm3nted-out-44', 'TASK#'),
  url: plain('password in a jdbc address', 'jDbc$Pw-55', 'TASK#'),
  jaas: plain('password of JAAS', 'jAas$\\Pw-66', 'TASK#'),
  database: plain('password of a database', `dB'$Pw-77`, 'DATABASES/shop_db'),
  byGet: plain('variable of a GET', `gEt'$\\\\val-88`),
  byPost: plain('variable of a POST', `pOst"'$\\val-99`),
  shortPost: plain('short variable of a POST', `z8$'K`),
  custom: plain('custom option', `cUst'$\\om-10`, 'TASK#'),
  key: calledOnly('idempotency key', 'iDem-Key-Planted-1'),
  refused: calledOnly('variable of a refused call', `rEf'$\\used-12`),
  gateway: plain('password of a gateway', 'gAtew4y$Pw-13', 'CLUSTER#'),
  savepoint: plain('password in a savepoint path', 'sAve$P0int-14'),
  jarUrl: plain('token in the address of a jar', 'jArUrl-t0ken-15', 'TASK#'),
  jarArgument: plain('argument of a jar', `jArArg$um'ent-16`, 'TASK#'),
} satisfies Record<string, Planted>;

/** Options of the run: Flink gets them beside its statements. */
const isOption = ({ kind }: Place): boolean => kind === 'options';
const also = (one: Planted, ...where: ((place: Place) => boolean)[]): Planted => ({
  ...one,
  belongs: any(one.belongs, ...where),
});

export const ALL: readonly Planted[] = Object.values({
  ...PLANTED,
  custom: also(PLANTED.custom, isOption),
  gateway: also(PLANTED.gateway, ({ kind }) => kind === 'credentials'),
  // A repeat of the request is compared with it.
  savepoint: also(PLANTED.savepoint, isOption, ({ kind, name }) => kind === 'item' && name.endsWith('/HEAD')),
});

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const SOURCE = "CREATE TEMPORARY TABLE src (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1');";
const sink = (comment: string): string =>
  `CREATE TEMPORARY TABLE snk (id BIGINT COMMENT ${comment}) WITH ('connector' = 'blackhole');`;
const INSERT = 'INSERT INTO snk SELECT id FROM src;';
const P = PLANTED;
/** Stands for the address of the server that has the jar. */
const JARS = 'http://jars.invalid';
const executeJar = (mainClass: string, args: string): string =>
  `EXECUTE JAR WITH ('uri' = '${JARS}/a.jar?x=1&token=${P.jarUrl.value}', 'main-class' = '${mainClass}', 'args' = '${args}')`;

/** By id: what each is about is seen from its name. */
export const STATEMENTS: readonly (readonly [name: string, statement: string, more?: object])[] = [
  [
    'runs with secrets',
    `${SOURCE}${sink("'${s5} ${s12} ${s40} ${lines}'")}SHOW CREATE TABLE snk; SET 'my.note' = '\${s40}'; SET; ${INSERT}`,
  ],
  [
    'a factory that quotes its options',
    `CREATE TABLE a (id INT) WITH ('connector' = 'datagen', 'nope' = '1', 'password' = '\${s12}', 'x.y' = '\${s5}', 'secret' = '\${s40}'); SELECT * FROM a`,
  ],
  [
    'an unknown connector',
    `CREATE TABLE a (id INT) WITH ('connector' = '\${s40}', 'token' = '\${s5}'); SELECT * FROM a`,
  ],
  ['a preview', "SELECT '${s5}' AS a, '${s12}' AS `${s5}`, '${s40}' AS c, '${lines}' AS d", { batchModel: true }],
  ['a number that is none', "SELECT CAST('${s40}' AS INT) / CHAR_LENGTH('${s12}')", { batchModel: true }],
  ['a parser error', "SELECT '${s40}' '${s12}' FROM FROM"],
  ['an EXPLAIN', "EXPLAIN SELECT '${s40}', '${shop_password}', '${pin_token}'"],
  [
    'plain variables',
    `${SOURCE}${sink("'${shop_password} ${pin_token}'")}SHOW CREATE TABLE snk; SHOW FRAGMENT shop_password; SHOW FRAGMENTS; ${INSERT}`,
  ],
  [
    'plain options',
    `-- 'password' = '${P.comment.value}'\nCREATE TABLE a (id INT) WITH ('connector' = 'datagen', 'nope' = '1', 'password' = ${quoted(P.option.value)}, 'url' = 'jdbc:mysql://h:3306/d?user=u&password=${P.url.value}&ssl=true', 'properties.sasl.jaas.config' = 'a.PlainLoginModule required username="u" password="${P.jaas.value.replace('\\', '\\\\')}";'); SELECT * FROM a`,
  ],
  ['a SET', `SET 's3.secret-key' = ${quoted(P.option.value)}; SET; SELECT 1`],
  ['a database', 'CREATE TABLE a (id INT) WITH (${shop_db}); SELECT * FROM a'],
  ['a request', `${SOURCE}${sink("'${call_password} ${api_token}'")}SHOW CREATE TABLE snk; ${INSERT}`],
  [
    'a request that fails',
    "CREATE TABLE a (id INT) WITH ('connector' = 'datagen', 'nope' = '${call_password}', 'x' = '${api_token}'); SELECT * FROM a",
  ],
  [
    'options of the task',
    `${SOURCE}${sink("''")}${INSERT}`,
    { configJson: { customConfig: { 's3.secret-key': P.custom.value } } },
  ],
  [
    'an option that is wrong',
    'SELECT 1',
    { configJson: { customConfig: { 'execution.checkpointing.interval': 'x', 's3.secret-key': P.custom.value } } },
  ],
  [
    'parameters',
    "SELECT '${call_password}'",
    { parameters: [{ name: 'call_password', type: 'string', values: ['a', 'b'] }] },
  ],
  ['a jar that runs', executeJar('dinghy.example.NumbersJob', '--per-second 1 --name planted')],
  [
    'a jar that quotes its arguments',
    executeJar(
      'dinghy.test.BadMains$FailsBefore',
      `--password "\${s12}" --pin "\${s5}" --api-key "\${shop_password}" --token "${P.jarArgument.value.replace("'", "''")}" -p "\${s40}"`,
    ),
  ],
  ['a jar that reads a number', executeJar('dinghy.example.NumbersJob', '--per-second "${s40}"')],
  ['a jar that is not there', executeJar('a.B', '').replace('/a.jar', '/gone.jar')],
  ['through a gateway with a password', `${SOURCE}${sink("''")}${INSERT}`, { type: 'standalone', cluster: 'guarded' }],
  ['through a gateway that is away', `${SOURCE}${sink("''")}${INSERT}`, { type: 'standalone', cluster: 'away' }],
];

export const idOf = (name: string): number => STATEMENTS.findIndex(([one]) => one === name) + 100;

export function manifest(urls: Urls & { readonly jars: string }): string {
  const clusters = [
    ['guarded', new URL(urls.gateway).host],
    ['away', '127.0.0.1:9'],
  ].map(([name, host]) => ({
    name,
    type: 'standalone',
    hosts: new URL(urls.flink).host,
    sqlGateway: `http://me:${encodeURIComponent(P.gateway.value)}@${host}`,
  }));
  return JSON.stringify({
    variables: [
      { name: 's5', value: { secret: 's5' } },
      { name: 's12', value: { secret: 's12' } },
      { name: 's40', value: { secret: 's40' } },
      { name: 'lines', value: { secret: 'lines' } },
      { name: 'shop_password', value: P.variable.value },
      { name: 'pin_token', value: P.short.value },
    ],
    databases: [
      {
        name: 'shop_db',
        flinkConfig: `'connector' = 'datagen', 'nope' = '1', 'password' = ${quoted(P.database.value)}`,
      },
    ],
    clusters,
    tasks: STATEMENTS.map(([name, statement, more], at) => ({
      ...{
        id: at + 100,
        name,
        type: 'local',
        fragment: true,
        parallelism: 1,
        statement: statement.replace(JARS, urls.jars),
      },
      ...more,
    })),
  });
}
