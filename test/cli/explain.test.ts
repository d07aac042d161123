/** `dinghy explain` over a DynamoDB API and a gateway that speaks HTTP. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../cli/main.ts';
import { systemClock } from '../../lib/adapters/system.ts';
import { AppError } from '../../lib/domain/errors.ts';
import { type FakeFlink, fakeFlink } from '../fakes/fake-flink.ts';
import { type GatewayServer, startGatewayServer } from '../fakes/gateway-server.ts';
import { type DefinitionsTable, startDefinitionsTable } from './definitions-table.ts';
import { folder } from './folder.ts';
import { DEAD_PID, stackOptions } from './stack-folder.ts';

let db: DefinitionsTable;
let table: string;
let flink: FakeFlink;
let gateway: GatewayServer;

beforeAll(async () => void (db = await startDefinitionsTable()));
afterAll(() => db.stop());
beforeEach(async () => {
  table = await db.create();
  flink = fakeFlink(systemClock());
  flink.planningMs = 0;
  gateway = await startGatewayServer(flink);
});
afterEach(() => gateway.stop());

async function dinghy(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const lines = { out: [] as string[], err: [] as string[] };
  const io = { out: (line: string) => void lines.out.push(line), err: (line: string) => void lines.err.push(line) };
  const code = await main([...args, '--table', table, '--endpoint', db.endpoint], env, io);
  return { code, ...lines };
}

const TASK = `tasks:
  - id: 4
    name: orders
    type: local
    statement: |
      CREATE TABLE src (id BIGINT) WITH ('connector' = 'datagen');
      CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole', 'password' = 'hunter2');
      CALL sys.compact();
      INSERT INTO \${sink} SELECT id FROM src;
`;

const apply = (text: string) => dinghy(['apply', folder({ 'm.yaml': text })]);
const explain = (...more: string[]) =>
  dinghy(['explain', '4', '--sql-gateway', gateway.url, '--flink-rest', 'jm:8081', ...more]);

describe('dinghy explain', () => {
  beforeEach(async () => {
    await apply(TASK);
  });

  it('prints each statement with its line, its kind and that it is good', async () => {
    const { code, out, err } = await explain('--variable', 'sink=snk');
    expect({ code, err }).toEqual({ code: 0, err: [] });
    expect(out).toEqual([
      'LINE  KIND          RESULT',
      '1     CREATE TABLE  ok',
      '2     CREATE TABLE  ok',
      '3     CALL          not run by explain, because it would take effect at once',
      '4     INSERT INTO   ok',
      '',
      'Task 4 (orders): no error. Nothing was started.',
    ]);
    expect(flink.started.map(({ sql }) => sql)).toEqual(['EXPLAIN INSERT INTO snk SELECT id FROM src']);
    expect([flink.jobs.size, flink.openSessions()]).toEqual([0, 0]);
  });

  it('prints the error of a statement, and ends with 1', async () => {
    const { code, out } = await explain('--variable', 'sink=nope');
    expect(code).toBe(1);
    expect(out[4]).toMatch(/^4 +INSERT INTO +error: line 4: Cannot find table .*nope/);
    expect(out.at(-1)).toBe('Task 4 (orders): 1 error. Nothing was started.');
  });

  it('prints plans when asked to', async () => {
    const { out } = await explain('--variable', 'sink=snk', '--plan');
    const at = out.indexOf('Plan of line 4, INSERT INTO:');
    expect(out.slice(at, at + 2)).toEqual(['Plan of line 4, INSERT INTO:', '== Abstract Syntax Tree ==']);
    expect(out.filter((line) => line.startsWith('Plan of'))).toHaveLength(1);
  });

  it('prints JSON, without secrets', async () => {
    const { code, out } = await explain('--variable', 'sink=snk', '--json');
    expect(code).toBe(0);
    const explained = JSON.parse(out.join('\n')) as { statements: object[] };
    expect(explained).toMatchObject({ taskId: 4, ok: true, problems: [] });
    expect(explained.statements[3]).toMatchObject({
      index: 4,
      line: 4,
      kind: 'INSERT INTO',
      type: 'Modify DML',
      ok: true,
    });
    expect(out.join('')).not.toContain('hunter2');
  });

  it("names the environment task's lines", async () => {
    await apply(`tasks:
  - {id: 9, name: base, dialect: FlinkSqlEnv, statement: SHOW TABLES}
  - {id: 4, name: orders, type: local, env: base, statement: INSERT INTO nope SELECT 1}`);
    const { code, out } = await explain();
    expect(code).toBe(1);
    expect(out.slice(1, 3)).toEqual([
      '1 of task 9  SHOW         ok',
      expect.stringMatching(/^1 {12}INSERT INTO {2}error: line 1: Cannot find table .*nope/),
    ]);
  });

  it('says what is wrong with the whole task', async () => {
    await apply(TASK.replace('type: local', 'type: local\n    configJson: { udfRefer: { f: a.B } }'));
    flink.fault = (call, before, sql) => {
      if (call === 'configure' && before && sql.includes('a.B')) throw new AppError('flink.rejected', 'no class a.B');
    };
    const { code, out, err } = await explain('--variable', 'sink=snk');
    expect({ code, lines: out.length }).toEqual({ code: 1, lines: 7 });
    expect(err).toEqual(["error: function `f` AS 'a.B' of the task's udfRefer: no class a.B"]);
  });

  it("takes the gateway from the task's cluster, the option, or the environment", async () => {
    const env = { SQL_GATEWAY_URL: gateway.url, FLINK_REST: 'jm:8081' };
    expect(await dinghy(['explain', '4', '--variable', 'sink=snk'], env)).toMatchObject({ code: 0 });
    await apply(`clusters:
  - {id: 1, name: main, type: standalone, hosts: "jm:8081", sqlGateway: "${gateway.url}"}
tasks:
  - {id: 4, name: orders, type: standalone, cluster: main, statement: SELECT 1}`);
    const wrong = { SQL_GATEWAY_URL: 'http://127.0.0.1:9' };
    expect(await dinghy(['explain', '4'], wrong)).toMatchObject({ code: 0 });
    expect(flink.sessionsOpened()).toBe(2);
  });

  it('asks the Flink of the local stack, where no option names another', async () => {
    const stack = stackOptions({ gatewayUrl: gateway.url, restUrl: 'http://jm:8081' });
    expect(await dinghy(['explain', '4', '--variable', 'sink=snk', ...stack])).toMatchObject({ code: 0, err: [] });
    const away = stackOptions({ gatewayUrl: 'http://127.0.0.1:9' });
    expect(await explain('--variable', 'sink=snk', ...away)).toMatchObject({ code: 0, err: [] });
    expect(flink.sessionsOpened()).toBe(2);
    const dead = await dinghy(['explain', '4', ...stackOptions({ pid: DEAD_PID })]);
    expect(dead).toMatchObject({ code: 1, err: [expect.stringContaining('no local stack that keeps its data in')] });
  });

  it.each([
    [
      ['4'],
      'has no default session cluster and no SQL gateway. Set its FLINK_REST to host:port and its SQL_GATEWAY_URL',
    ],
    [['4', '--sql-gateway', 'http://127.0.0.1:9'], 'has no default session cluster'],
    [['4', '--sql-gateway', 'here'], '--sql-gateway "here" is not a URL; write it as http://127.0.0.1:8083.'],
    [['4', '--flink-rest', 'here'], '--flink-rest "here": "here" is not host:port'],
    [['4', '--variable', 'sink'], '--variable "sink" is not NAME=VALUE.'],
    [['x'], 'TASK "x" is not a whole number from 1 to 2147483647.'],
    [['7', ...stackOptions()], 'Task Not Exist: there is no task 7.'],
    [['4', ...stackOptions()], 'No value for ${sink} (line 4).'],
  ])('%j: one line and exit code 1', async (args, expected) => {
    const { code, out, err } = await dinghy(['explain', ...args]);
    expect({ code, out, lines: err.length }).toEqual({ code: 1, out: [], lines: 1 });
    expect(err[0]).toContain(expected);
  });

  it('a gateway that is away is one line, said once', async () => {
    await gateway.stop();
    const { code, out, err } = await explain('--variable', 'sink=snk');
    expect({ code, out, lines: err.length }).toEqual({ code: 1, out: [], lines: 1 });
    expect(err[0]).toMatch(/^dinghy: The SQL gateway \(http:.*\) is out of reach: .*connection refused/);
    expect(err[0]?.match(/connection refused/g)).toHaveLength(1);
  });
});
