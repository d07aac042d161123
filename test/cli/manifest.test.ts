import { describe, expect, it } from 'vitest';
import { loadManifest } from '../../cli/manifest/load-manifest.ts';
import { formatProblem, inOrder } from '../../cli/manifest/problem.ts';
import { folder } from './folder.ts';

async function load(files: Record<string, string | Uint8Array>) {
  const root = folder(files);
  const manifest = await loadManifest(root);
  const problems = inOrder(manifest.problems).map((it) => formatProblem(it).replaceAll(`${root}/`, ''));
  return { drafts: manifest.drafts, problems };
}

const task = (...lines: string[]): string =>
  ['tasks:', '  - name: a', '    type: local', '    statement: SELECT 1', ...lines.map((it) => `    ${it}`), ''].join(
    '\n',
  );

describe('A manifest with a mistake', () => {
  const cases: [string, string, string][] = [
    ['an unknown field', task('paralelism: 2'), 'm.yaml:5:5: error: unknown field "paralelism" in a task. Did you mean "parallelism"?'],
    ['a field that only Dinky has', task('alertGroupId: -1'), 'm.yaml:5:5: error: "alertGroupId" is a field of Dinky\'s. Leave it out: Dinghy does not use it.'],
    ['a jar as Dinky 0.7 kept it', task('jarId: 3'), 'm.yaml:5:5: error: "jarId" is a field of Dinky\'s. Write the jar as EXECUTE JAR WITH'],
    ['a field of Dinky\'s that is no field of a cluster', 'clusters:\n  - {name: c, type: standalone, hosts: "a:1", jarId: 3}\n', 'unknown field "jarId" in a cluster'],
    ['text for a number', task('parallelism: four'), 'm.yaml:5:18: error: "parallelism" must be a whole number from 1 to 32768, not "four".'],
    ['a quoted id', task('id: "1"'), 'm.yaml:5:9: error: "id" must be a whole number from 1 to 2147483647, not "1".'],
    ['an id out of range', task('id: 2147483648'), 'm.yaml:5:9: error: "id" must be a whole number from 1 to 2147483647, not 2147483648.'],
    ['yes for true', task('fragment: yes'), 'm.yaml:5:15: error: "fragment" must be true or false, not "yes".'],
    ['its own version', task('version: 3'), 'm.yaml:5:5: error: leave "version" out: Dinghy counts the versions of a task.'],
    ['one field in two spellings', task('checkpoint: 1', 'checkPoint: 1'), 'm.yaml:6:5: error: "checkpoint" is given twice, once in another spelling.'],
    ['both ways of a reference', task('cluster: a', 'clusterId: 1'), 'm.yaml:5:5: error: give either "cluster" or "clusterId", not both.'],
    ['an unknown savepoint strategy', task('savePointStrategy: NEWEST'), 'm.yaml:5:24: error: "savePointStrategy" must be 0 (NONE), 1 (LATEST), 2 (EARLIEST) or 3 (CUSTOM), not "NEWEST".'],
    ['a savepoint path that can be none', task('savePointStrategy: CUSTOM', 'savePointPath: savepoint-1'), 'm.yaml:6:20: error: "savepoint-1" can\'t be the path of a savepoint: it is not absolute.'],
    ['CUSTOM without a path', task('savePointStrategy: CUSTOM'), 'm.yaml:5:24: error: savePointStrategy CUSTOM starts from a path: give it as "savePointPath".'],
    ['an option with two values', task('configJson:', '  customConfig: [{key: a, value: "1"}, {key: a, value: "2"}]'), 'm.yaml:6:21: error: "configJson.customConfig.a" must be text, not ["1","2"].'],
    ['a secret option with two values', task('configJson:', '  customConfig: [{key: a.password, value: pw1}, {key: a.password, value: pw2}]'), 'error: "configJson.customConfig.a.password" must be text, not this list.'],
    ['a function with two classes', task('configJson:', '  udfRefer: [{name: f, className: a.F}, {className: b.F}]'), 'error: "configJson.udfRefer.f" must be text, not ["a.F","b.F"].'],
    ['a nested value of the wrong type', task('configJson:', '  customConfig:', '    a: [1]'), 'm.yaml:7:12: error: "configJson.customConfig.a" must be text, not ["1"].'],
    ['an unknown key in configJson', task('configJson:', '  customconfig: {}'), 'm.yaml:6:21: error: unknown key "customconfig" in configJson. Did you mean "customConfig"?'],
    ['a parameter of an unknown type', task('parameters:', '  - {name: x, type: text}'), '"parameters.0.type" must be one of string, number, date, timestamp, identifier, boolean, sql, not "text".'],
    ['a parameter that is declared twice', task('parameters: [{name: x, type: sql}, {name: x, type: date}]'), 'the parameter "x" is declared twice.'],
    ['a default that does not fit', task('parameters: [{name: x, type: date, default: 2026-02-30}]'), 'the default of the parameter "x" does not fit: Give a date, as 2026-01-31.'],
    ['a pattern that can take long', task('parameters: [{name: x, type: string, pattern: "(a+)+"}]'), 'the pattern of the parameter "x" repeats a group, which can take very long.'],
    ['a parameter that no SQL can name', task('parameters: [{name: "a b", type: string}]'), '"a b" cannot be written as ${name}'],
    ['an unknown key of a parameter', task('parameters: [{name: x, type: string, min: 1}]'), 'm.yaml:5:47: error: unknown key "min" in parameters. Known are name, type, required, default, pattern, values.'],
    ['an expression in a variable', 'variables:\n  - {name: v, value: "${f()}"}\n', 'a ${…} in the value cannot be read'],
    ['a dialect of a database', task('dialect: Mysql'), 'm.yaml:5:14: error: dialect "Mysql" is not supported'],
    ['an unknown dialect', task('dialect: FlinkSQL'), 'm.yaml:5:14: error: unknown dialect "FlinkSQL". Use FlinkSql, FlinkSqlEnv, FlinkJar.'],
    ['a list that is none', 'tasks:\n  name: a\n', 'm.yaml:2:3: error: "tasks" must be a list: begin each item with "- ".'],
    ['an item that is no map', 'tasks:\n  - a\n', 'm.yaml:2:5: error: each item of the list must be a map of fields'],
    ['an unknown section', 'task: []\n', 'm.yaml:1:1: error: unknown section "task". Did you mean "tasks"?'],
    ['no map at all', '- a\n', 'm.yaml:1:1: error: a manifest is a map with lists named'],
    ['nothing in it', '# nothing\n', 'm.yaml:1:1: error: nothing is defined here'],
    ['broken YAML', 'tasks:\n  - name: "a\n', 'm.yaml:3:1: error: not valid YAML: Missing closing "quote'],
    ['a tag that YAML does not know', 'tasks:\n  - name: a\n    name: b\n', 'm.yaml:3:5: error: not valid YAML: Map keys must be unique'],
    ['no name', 'tasks:\n  - type: local\n    statement: SELECT 1\n', 'm.yaml:2:5: error: a task needs "name".'],
    ['no type', 'tasks:\n  - name: a\n    statement: SELECT 1\n', 'm.yaml:2:5: error: a task needs "type"'],
    ['no statement', 'tasks:\n  - name: a\n    type: local\n', 'm.yaml:2:5: error: a task needs "statement" (or "statementFile", the path of a .sql file).'],
    ['an empty statement', 'tasks:\n  - name: a\n    type: local\n    statement: ""\n', 'm.yaml:4:16: error: "statement" must be SQL text, not "".'],
    ['a missing SQL file', 'tasks:\n  - name: a\n    type: local\n    statementFile: no.sql\n', 'm.yaml:4:20: error: "statementFile" no.sql cannot be read: there is no such file.'],
    ['two statements', task('statementFile: a.sql'), 'm.yaml:5:5: error: give either "statement" or "statementFile", not both.'],
    ['an address without a port', 'clusters:\n  - name: c\n    type: standalone\n    hosts: a:8081,b\n', 'm.yaml:4:12: error: "b" is not host:port'],
    ['a port out of range', 'clusters:\n  - name: c\n    type: standalone\n    hosts: a:70000\n', 'm.yaml:4:12: error: "a:70000" is not host:port'],
    ['an unknown type of cluster', 'clusters:\n  - name: c\n    type: local\n    hosts: a:1\n', 'm.yaml:3:11: error: unknown type "local". Use one of standalone, yarn-session, kubernetes-session.'],
    ['a gateway that is no URL', 'clusters:\n  - name: c\n    type: standalone\n    hosts: a:1\n    sqlGateway: b:8083\n', 'm.yaml:5:17: error: "b:8083" is not a URL'],
    ['a secret in plain text', 'variables:\n  - name: db_password\n    value: x\n', 'm.yaml:3:12: warning: "db_password" looks like a secret in plain text.'],
    ['a variable in an option', 'clusters:\n  - {name: c, type: standalone, hosts: "a:1", config: {x.token: "${t}"}}\n', 'm.yaml:2:55: warning: option "x.token" is sent as written. Options can\'t contain variables'],
    ['an unknown store of secrets', 'variables:\n  - {name: token, value: {secret: "vault:x"}}\n', 'm.yaml:2:26: error: the secret "vault:x" names the unknown store "vault"'],
    ['a variable of the environment that is no secret', 'variables:\n  - {name: t, value: {secret: "env:AWS_SECRET_ACCESS_KEY"}}\n', 'm.yaml:2:22: error: the secret "env:AWS_SECRET_ACCESS_KEY" is not allowed'],
    ['a mask within SQL', "tasks:\n  - {name: a, type: local, statement: \"SET 'x.password' = '******'\"}\n", 'm.yaml:2:39: error: ****** is what list and show print'],
    ['brackets without end', `tasks: ${'['.repeat(100_000)}\n`, 'error: not valid YAML: lists and maps are nested too deeply.'],
    ['a mask within a savepoint path', task('savePointStrategy: CUSTOM', "savePointPath: 's3://me:******@b/c'"), 'm.yaml:6:20: error: ****** is what list and show print'],
    ['a mask within parameters', task('parameters: [{name: api_token, type: string, default: "******"}]'), 'error: ****** is what list and show print'],
    ['a mask within a database', "databases:\n  - {name: a, flinkConfig: \"'password' = '******'\"}\n", 'm.yaml:2:28: error: ****** is what list and show print'],
    ['a mask for a value', 'variables:\n  - {name: token, value: "******"}\n', 'm.yaml:2:26: error: ****** is what list and show print'],
    ['a FlinkJar without a jar', task('dialect: FlinkJar'), 'm.yaml:4:16: error: This task has dialect FlinkJar but starts its job with SELECT (line 1).'],
    ['a bad option of EXECUTE JAR', `tasks:\n  - name: a\n    type: local\n    statement: |\n      SET 'a' = 'b';\n      EXECUTE JAR WITH ('uri' = 'a.jar')\n`, "m.yaml:6:7: error: The EXECUTE JAR in line 2 has 'uri' = 'a.jar'. That is not a URL."],
    ['a USE behind an INSERT', 'tasks:\n  - name: a\n    type: local\n    statement: |\n      INSERT INTO t SELECT 1;\n      USE d;\n', 'm.yaml:6:7: error: Line 2: USE would change what INSERT INTO (line 1) means'],
    ['a SET between INSERTs', "tasks:\n  - name: a\n    type: local\n    statement: |\n      INSERT INTO t SELECT 1;\n      SET 'a' = 'b';\n      INSERT INTO u SELECT '${v}';\n", "m.yaml:6:7: warning: Line 2: SET 'a' is between INSERTs"],
    ['a variable without a value', 'variables:\n  - name: a\n', 'm.yaml:2:5: error: a variable needs "value".'],
    ['a variable name with a blank', 'variables:\n  - {name: a b, value: c}\n', 'm.yaml:2:12: error: "a b" cannot be written as ${name}'],
    ['an expression in a database', 'databases:\n  - name: d\n    flinkConfig: "\'a\' = \'${f()}\'"\n', 'm.yaml:3:18: error: a ${…} in "flinkConfig" cannot be read'],
    ['a database password', "databases:\n  - name: d\n    flinkConfig: \"'password' = 'x'\"\n", "m.yaml:3:18: warning: option 'password' has its value in plain text."],
  ]; // prettier-ignore

  it.each(cases)('%s', async (_, text, expected) => {
    const { problems } = await load({ 'm.yaml': text });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  const types: [string, string][] = [
    ['kubernetes-application-operator', 'use kubernetes-application'],
    ['flink', 'unknown type "flink". Use one of local, standalone, yarn-session'],
    ['standalone', 'name it with "cluster" or "clusterId"'],
    ['yarn-application', 'name it with "clusterConfiguration"'],
  ];
  it.each(types)('type %s', async (type, expected) => {
    const { problems } = await load({ 'm.yaml': `tasks:\n  - name: a\n    statement: SELECT 1\n    type: ${type}\n` });
    expect(problems).toEqual([expect.stringMatching(/^m\.yaml:4:11: error: /)]);
    expect(problems[0]).toContain(expected);
  });

  const configuration = (...lines: string[]): string =>
    ['clusterConfigurations:', '  - name: k', '    type: kubernetes-application', ...lines, ''].join('\n');

  it.each([
    ['    sqlGateway: gw:8083', 'm.yaml:4:17: error: "gw:8083" is not a URL'],
    ['    jobManager: jm:8081', 'm.yaml:4:17: error: "jm:8081" names the same JobManager for every run'],
    ['    configJson: {clusterConfig: {appId: x}}', "error: clusterConfig.appId can't be used: each run gets"],
    [
      '    configJson: {kubernetesConfig: {podTemplate: "kind: Pod"}}',
      "error: kubernetesConfig.podTemplate can't be used",
    ],
    ['    configJson: {flinkConfig: {configuration: {execution.target: x}}}', 'error: The option "execution.target"'],
    ['    configJson: {clusterConfig: {flinkConfigPath: /conf}}', 'warning: clusterConfig.flinkConfigPath is not used'],
    [
      '    configJson: {flinkConfig: {configuration: {s3.secret-key: x}}}',
      'warning: option "s3.secret-key" has its value',
    ],
  ])('a cluster configuration with %s', async (line, expected) => {
    const { problems } = await load({ 'm.yaml': configuration(line) });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  it('a cluster configuration as Dinky has it is fine', async () => {
    const { problems } = await load({
      'm.yaml': configuration(
        '    jobManager: https://flink.example.com/{clusterId}',
        '    configJson:',
        '      kubernetesConfig: {configuration: {kubernetes.jobmanager.cpu: 0.5}, dockerConfig: {}, podTemplate: ""}',
        '      flinkConfig: {flinkConfigList: [{name: taskmanager.numberOfTaskSlots, value: 4}]}',
      ),
    });
    expect(problems).toEqual([]);
  });

  it('tells of every mistake of every file at once, in order', async () => {
    const { problems } = await load({
      'b/second.yml': 'clusters:\n  - name: c\n',
      'a.yaml': task('id: 0', 'nam: x') + '---\nvariables:\n  - name: v\n',
    });
    expect(problems.map((it) => it.split(': error')[0])).toEqual(['a.yaml:5:9', 'a.yaml:6:5', 'a.yaml:9:5', 'b/second.yml:2:5', 'b/second.yml:2:5']); // prettier-ignore
  });

  it('names where the other one is when a name or an id is there twice', async () => {
    const twice = 'variables:\n  - {name: v, value: a}\n  - {name: v, value: b}\n';
    const { problems } = await load({ 'a.yaml': task('id: 1') + twice, 'b.yaml': task('id: 1') });
    expect(problems.map((it) => it.replace(/\/tmp\/[^/]*\//, ''))).toEqual([
      'a.yaml:8:12: error: another variable already has the name v: a.yaml:7.',
      'b.yaml:2:11: error: another task already has the name a: a.yaml:2.',
      'b.yaml:5:9: error: another task already has the id 1: a.yaml:5.',
    ]);
  });

  it('refuses a statement above 256 KB with its size in bytes', async () => {
    const sql = `-- ${'é'.repeat(131_072)}`;
    const { problems } = await load({
      'm.yaml': 'tasks:\n  - {name: a, type: local, statementFile: a.sql}\n',
      'a.sql': sql,
    });
    expect(problems).toEqual([
      expect.stringContaining('m.yaml:2:43: error: the statement has 262147 bytes, and 262144'),
    ]);
  });

  it('refuses a file of nothing but blanks', async () => {
    const { problems } = await load({
      'm.yaml': 'tasks:\n  - {name: a, type: local, statementFile: a.sql}\n',
      'a.sql': ' \n',
    });
    expect(problems).toEqual(['m.yaml:2:43: error: the statement is empty: write the SQL to run.']);
  });
});

describe('A file that is no text', () => {
  const withFile = 'tasks:\n  - {name: a, type: local, statementFile: a.sql}\n';
  const utf16 = (text: string) => new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le'));

  it.each<[string, Record<string, string | Uint8Array>, string]>([
    [
      'a manifest',
      { 'm.yaml': utf16(withFile), 'a.sql': 'SELECT 1' },
      'm.yaml:1:1: error: not UTF-8 but UTF-16 (little-endian). Save the file as UTF-8.',
    ],
    [
      'an SQL file',
      { 'm.yaml': withFile, 'a.sql': new Uint8Array(Buffer.from('SELECT 1;\n-- caf\xe9', 'latin1')) },
      'a.sql:2:7: error: not UTF-8, perhaps Windows-1252 or ISO 8859-1: invalid byte 0xE9. Save the file as UTF-8.',
    ],
    [
      'an SQL file with a byte-order mark',
      { 'm.yaml': withFile, 'a.sql': '\ufeffSELECT 1' },
      'a.sql:1:1: error: begins with a byte-order mark (U+FEFF), which Flink reads as part of the first word. Save the file without it.',
    ],
  ])('%s', async (_what, files, problem) => {
    expect((await load(files)).problems).toEqual([problem]);
  });

  it('a manifest with a byte-order mark is one all the same, as YAML has it', async () => {
    const { drafts, problems } = await load({ 'm.yaml': `\ufeff${task()}` });
    expect({ count: drafts.length, problems }).toEqual({ count: 1, problems: [] });
  });
});

describe('SQL that begins with no statement', () => {
  const sql = (...lines: string[]) => ['tasks:', '  - name: a', '    type: local', '    statement: |', ...lines.map((line) => `      ${line}`), ''].join('\n'); // prettier-ignore

  it.each([
    [
      ['INSRT INTO t SELECT 1'],
      'm.yaml:5:7: error: No Flink knows a statement that begins with INSRT. Did you mean "INSERT"?',
    ],
    [
      ['SET a = b;', '  SELCT ${x}'],
      'm.yaml:6:9: error: No Flink knows a statement that begins with SELCT. Did you mean "SELECT"?',
    ],
    [
      ['Flink SQL> SELECT 1'],
      `m.yaml:5:7: error: "Flink SQL>" is the prompt of Flink's SQL client. Delete it from the text.`,
    ],
  ])('%j', async (lines, problem) => {
    expect((await load({ 'm.yaml': sql(...lines) })).problems).toEqual([problem]);
  });

  it.each([
    [['${insert} INTO t SELECT 1']],
    [['x := INSRT;', '${x} INTO t SELECT 1']],
    [['INSE${rt} INTO t SELECT 1']],
  ])('%j may be one', async (lines) => {
    expect((await load({ 'm.yaml': sql(...lines) })).problems).toEqual([]);
  });
});

describe('SQL whose variables have no value yet', () => {
  const sql = (statement: string, ...lines: string[]): string =>
    task(...lines).replace('SELECT 1', `'${statement.replaceAll("'", "''")}'`);

  it.each([
    [
      'a statement that is refused',
      "EXECUTE CDCSOURCE s WITH ('a' = '${x}')",
      "Line 1: EXECUTE CDCSOURCE can't be run.",
    ],
    ['two jobs', 'SELECT ${x}; SELECT 2', 'Both SELECT (line 1) and SELECT'],
    ['an option that is refused', "SET 'rest.port' = '${x}'; SELECT 1", 'The SET in line 1 sets "rest.port"'],
    ['variables within definitions', 'a := ${x}; SELECT ${a}; SELECT 2', 'Both SELECT (line 1) and SELECT'],
  ])('is checked for %s', async (_, statement, expected) => {
    const { problems } = await load({ 'm.yaml': sql(statement) });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`m.yaml:4:16: error: ${expected}`);
  });

  it.each([
    ['a sound statement', 'SELECT ${x}', 'FlinkSql'],
    ['a value that may bring its quotes', "SET 'a' = ${x}; SELECT 1", 'FlinkSql'],
    ['a value that may be a whole statement', '${x}; SET a = b', 'FlinkJar'],
    ['a value that may be an address', "EXECUTE JAR WITH ('uri' = '${x}')", 'FlinkJar'],
  ])('is taken as it is: %s', async (_, statement, dialect) => {
    expect((await load({ 'm.yaml': sql(statement, `dialect: ${dialect}`) })).problems).toEqual([]);
  });
});

describe('A sound manifest', () => {
  async function definition(text: string) {
    const { drafts, problems } = await load({ 'm.yaml': text });
    expect(problems).toEqual([]);
    return drafts[0]?.definition;
  }

  it('gets its defaults', async () => {
    expect(await definition(task())).toMatchObject({ dialect: 'FlinkSql', enabled: true, step: 2, maxRowNum: 100, configJson: { customConfig: {}, udfRefer: {} } }); // prettier-ignore
  });

  it.each([
    ['a map', 'customConfig: {a: 1.10, b: true}'],
    ['a list of key and value', 'customConfig: [{key: a, value: 1.10}, {key: b, value: true}]'],
    ['a list of name and value', 'customConfig: [{name: a, value: "1.10"}, {name: b, value: "true"}]'],
    [
      'a list with empty rows',
      'customConfig: [null, {key: a, value: 1.10}, {key: null, value: ""}, {key: b, value: true}, {key: b, value: true}]',
    ],
  ])('takes customConfig as %s', async (_, written) => {
    expect(await definition(task('configJson:', `  ${written}`))).toMatchObject({
      configJson: { customConfig: { a: '1.10', b: 'true' } },
    });
  });

  it.each([
    ['a map', 'udfRefer: {f: com.example.F}'],
    ['as Dinky keeps them', 'udfConfig: {udfRefers: [{name: f, className: com.example.F}]}'],
    ['as Dinky 1.x keeps them', 'udfRefer: [{name: f, className: com.example.F}, null]'],
    ['classes alone', 'udfRefer: [{className: com.example.F}]'],
    ['classes with an empty name', "udfRefer: [{name: '', className: com.example.F}]"],
  ])('takes functions as %s', async (_, written) => {
    expect(await definition(task('configJson:', `  ${written}`))).toMatchObject({
      configJson: { udfRefer: { f: 'com.example.F' } },
    });
  });

  it.each([
    ['an object', '{"customConfig": [{"key": "a", "value": "1.10"}]}'],
    ['the list of options of Dinky 0.7', '[{"key": "a", "value": "1.10"}]'],
    ['a number in it', '[{"key": "a", "value": 1.10}]'],
  ])('takes configJson as JSON in a text: %s', async (_, json) => {
    expect(await definition(task(`configJson: '${json}'`))).toMatchObject({
      configJson: { customConfig: { a: '1.10' }, udfRefer: {} },
    });
  });

  it('takes -1 and 0 for no reference, as Dinky writes it', async () => {
    const text = task('clusterId: 0', 'clusterConfigurationId: -1', 'envId: -1');
    expect(await definition(text)).toMatchObject({ clusterId: null, clusterConfigurationId: null, envId: null });
  });

  it('passes over fields that only Dinky has, where they are empty', async () => {
    expect(await definition(task('databaseId: null', 'jarId:'))).toMatchObject({ name: 'a' });
  });

  it('takes checkPoint for checkpoint, LATEST for 1, and an empty field as left out', async () => {
    const text = task('checkPoint: 5000', 'savePointStrategy: LATEST', 'note:');
    expect(await definition(text)).toMatchObject({ checkpoint: 5000, savePointStrategy: 1, note: null });
  });

  it.each(['1.10', '2.0', '1e5', '1E+5', '-0', '12345678901234567890', '007', 'true', 'True', '2026-01-31'])(
    'keeps the letters of a variable that is %s, as a request does',
    async (written) => {
      expect(await definition(`variables:\n  - {name: v, value: ${written}}\n`)).toMatchObject({ value: written });
    },
  );

  it.each(['1.10', '1e5', '007', '12345678901234567890'])(
    'keeps the letters of an option of a cluster configuration that is %s',
    async (written) => {
      const configuration = `flinkConfig: {configuration: {a: ${written}}, flinkConfigList: [{name: b, value: ${written}}]}`;
      const more = `kubernetesConfig: {configuration: {c: ${written}}}`;
      const text = `clusterConfigurations:\n  - {name: k, type: kubernetes-application, configJson: {${configuration}, ${more}}}\n`;
      expect(await definition(text)).toMatchObject({
        configJson: {
          flinkConfig: { configuration: { a: written }, flinkConfigList: [{ name: 'b', value: written }] },
          kubernetesConfig: { configuration: { c: written } },
        },
      });
    },
  );

  it('takes two variables for two tables', async () => {
    const statement = 'INSERT INTO ${a} SELECT 1;\\nDROP TABLE ${b}';
    expect(await load({ 'm.yaml': `tasks:\n  - {name: t, type: local, statement: "${statement}"}\n` })).toMatchObject({
      problems: [],
    });
  });

  it('takes parameters, and keeps the letters of their values', async () => {
    const text = task('parameters:', '  - {name: n, type: number, required: true, default: 1.10, values: [1.10, 2]}');
    const parameter = {
      name: 'n',
      type: 'number',
      required: true,
      default: '1.10',
      pattern: null,
      values: ['1.10', '2'],
    };
    expect(await definition(text)).toMatchObject({ parameters: [parameter] });
    expect(await definition(task())).toMatchObject({ parameters: null });
  });

  it('takes a reference to a secret without a warning', async () => {
    expect(await definition('variables:\n  - {name: token, value: {secret: a/b}}\n')).toMatchObject({ value: { secret: 'a/b' } }); // prettier-ignore
  });

  it('reads SQL from a file beside it, and knows the lines of both kinds', async () => {
    const { drafts } = await load({
      'm.yaml': 'tasks:\n  - name: a\n    type: local\n    statement: |\n      SELECT 1;\n      SELECT 2;\n  - {name: b, type: local, statementFile: sql/b.sql}\n',
      'sql/b.sql': 'SELECT 3;\n',
    }); // prettier-ignore
    expect(drafts.map((it) => (it.definition as { statement: string }).statement)).toEqual(['SELECT 1;\nSELECT 2;\n', 'SELECT 3;\n']); // prettier-ignore
    expect(drafts[0]?.statementPlace(2, 1)).toMatchObject({ line: 6, column: 7 });
    expect(drafts[1]?.statementPlace(1, 1)).toMatchObject({ file: expect.stringMatching(/sql\/b\.sql$/), line: 1 });
  });
});
