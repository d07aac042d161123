/**
 * The calls that ask about a statement on a real Flink, through their routes: what is answered, and that nothing is started
 * and no session is left.
 */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { jobManager } from '../../lib/adapters/flink/job-manager.ts';
import { sqlGateway } from '../../lib/adapters/flink/sql-gateway.ts';
import { systemClock } from '../../lib/adapters/system.ts';
import type { TaskDefinition } from '../../lib/domain/definition/definitions.ts';
import { toEnvelope } from '../../lib/http/envelope.ts';
import { explainRoute } from '../../lib/http/explain-route.ts';
import { jobPlanRoute, streamGraphRoute } from '../../lib/http/job-plan-route.ts';
import { toRequest } from '../../lib/http/request.ts';
import type { Route, Scope } from '../../lib/http/route.ts';
import { explainTask } from '../../lib/usecases/explain-task.ts';
import { planJob } from '../../lib/usecases/plan-job.ts';
import { anEvent, type Envelope } from '../builders/event.ts';
import { keptLog } from '../fakes/fake-ids.ts';
import { aTask, memoryDefinitions } from '../fakes/memory-definitions.ts';
import { type WatchedGateway, watchedGateway } from './watched-gateway.ts';

const { restUrl, gatewayUrl } = inject('flink');
const hosts = new URL(restUrl).host;
const { signal } = new AbortController();
const SCOPE: Scope = {
  principal: { kind: 'none', name: '', keyId: null, sourceIp: null, requestId: 'r' },
  maySee: () => true,
  caller: 'test',
  budgetMs: 60_000,
  timeZone: 'UTC',
  now: 0,
};
const DDL = `CREATE TABLE src (id BIGINT, v DOUBLE) WITH ('connector'='datagen','rows-per-second'='5');
CREATE TABLE snk (id BIGINT, v DOUBLE) WITH ('connector'='blackhole');
`;
const INSERT = 'INSERT INTO snk SELECT * FROM src;';

let gateway: WatchedGateway;
let jobsBefore: string[];
let tasks: TaskDefinition[];

async function jobs(): Promise<string[]> {
  return [...(await jobManager().overview(hosts, signal)).keys()].sort();
}

beforeEach(async () => {
  gateway = watchedGateway(sqlGateway());
  tasks = [];
  jobsBefore = await jobs();
});

// Of every test in this file.
afterEach(async () => {
  expect(await jobs()).toEqual(jobsBefore);
  await gateway.expectAllClosed();
});

const deps = () => ({
  definitions: memoryDefinitions({ tasks }),
  gateway,
  clock: systemClock(),
  log: keptLog(),
  settings: { sqlGatewayUrl: gatewayUrl, flinkRest: '127.0.0.1:9', flinkConfig: {} },
});

/** As a handler does it, but for who may call. */
async function ask<Input, Output>(
  route: Route<Input, Output>,
  useCase: (input: Input, scope: typeof SCOPE) => Promise<Output>,
  body: object,
): Promise<Envelope> {
  const input = route.parse(toRequest(anEvent({ method: 'POST', body: JSON.stringify(body) })));
  const said = route.answer(await useCase(input, SCOPE), SCOPE);
  const { body: text } = toEnvelope(said, { requestId: 'r', now: 0, timeZone: 'UTC', bothDialects: false });
  return JSON.parse(text ?? '') as Envelope;
}

const explain = (body: object) => ask(explainRoute, explainTask(deps()), body);
const jobPlan = (body: object) => ask(jobPlanRoute, planJob(deps()), body);
const streamGraph = (body: object) => ask(streamGraphRoute, planJob(deps()), body);

interface Row {
  readonly index: number;
  readonly type: string;
  readonly explain: string | null;
  readonly error: string | null;
  readonly explainTrue: boolean;
}
const rowsOf = ({ data }: Envelope): Row[] => data as unknown as Row[];

describe('explainSql', () => {
  it('answers a good statement as Dinky does', async () => {
    const answered = await explain({ statement: `${DDL}${INSERT}`, type: 'local', dialect: 'FlinkSql' });
    expect(answered).toMatchObject({ code: 0, msg: 'Execute Successfully', success: true });
    expect(rowsOf(answered).map(({ index, type }) => [index, type])).toEqual([
      [1, 'DDL'],
      [2, 'DDL'],
      [3, 'Modify DML'],
    ]);
    expect(rowsOf(answered)[2]?.explain).toMatch(
      /^== Abstract Syntax Tree ==\nLogicalSink\(table=\[default_catalog\.default_database\.snk\], fields=\[id, v\]\)/,
    );
  });

  it('has the line of each mistake, and is a success all the same', async () => {
    const answered = await explain({ statement: `${DDL}INSERT INTO nope SELECT * FROM src;\nSELECT nix FROM src` });
    expect(answered).toMatchObject({ code: 0, success: true });
    expect(rowsOf(answered).map(({ explainTrue }) => explainTrue)).toEqual([true, true, false, false]);
    expect(rowsOf(answered)[2]?.error).toMatch(/^line 3: .*nope/);
  });

  it.each([
    ['a query', 'SELECT id, COUNT(*) FROM src GROUP BY id', {}],
    ['batch', "SELECT COUNT(*) FROM src /*+ OPTIONS('number-of-rows' = '3') */", { batchModel: true }],
    ['a stored task with another statement', 'SELECT v FROM src', { id: 7 }],
  ])('plans %s', async (_name, statement, rest) => {
    tasks = [aTask({ id: 7 })];
    const answered = await explain({ statement: `${DDL}${statement}`, ...rest });
    expect(rowsOf(answered)[2]).toMatchObject({ type: 'Query DML', explainTrue: true, error: null });
  });

  it('says of a jar that there is nothing to explain', async () => {
    const statement = "EXECUTE JAR WITH ('uri' = 's3://b/a.jar', 'main-class' = 'M')";
    const [row] = rowsOf(await explain({ statement, dialect: 'FlinkJar' }));
    expect(row).toMatchObject({ explainTrue: true, error: null });
    expect(row?.explain).toMatch(/only the main\(\) of a jar knows/);
  });

  it('takes a statement as long as a body can be', async () => {
    const statement = `${DDL}-- ${'c'.repeat(100_000)}\nINSERT INTO snk SELECT id, v FROM src WHERE '${'x'.repeat(110_000)}' <> ''`;
    expect(statement.length).toBeGreaterThan(200_000);
    const answered = await explain({ statement });
    expect(rowsOf(answered).map(({ error }) => error)).toEqual([null, null, null]);
  });
});

describe('getJobPlan and getStreamGraph', () => {
  it.each([
    ['streaming', {}, 'STREAMING'],
    ['batch', { batchModel: true }, 'BATCH'],
  ])('list the operators of a %s job', async (_name, mode, type) => {
    const bounded = DDL.replace("'rows-per-second'", "'number-of-rows'='9','rows-per-second'");
    const body = { statement: `${bounded}${INSERT}`, type: 'local', name: 'p', parallelism: 2, ...mode };
    const graph = (await streamGraph(body)).data as { nodes: Record<string, unknown>[] } | null;
    expect(graph?.nodes).toMatchObject([
      { type: expect.stringMatching(/^Source: src/) as string, pact: 'Data Source', parallelism: 2 },
      {
        ...{ type: expect.stringMatching(/^snk\[\d+\]: Writer/) as string, pact: 'Operator', parallelism: 2 },
        predecessors: [{ id: graph?.nodes[0]?.['id'], ship_strategy: 'FORWARD' }],
      },
    ]);
    const plan = (await jobPlan(body)).data;
    expect(plan).toMatchObject({ jid: null, name: 'p', type, nodes: [{ inputs: [{ num: 0 }] }, {}] });
    const nodes = plan?.['nodes'] as { id: string; inputs?: { id: string }[]; description: string }[];
    expect(nodes[0]?.inputs?.[0]?.id).toBe(nodes[1]?.id);
    expect(nodes[1]?.description).toContain('TableSourceScan(table=[[default_catalog, default_database, src]]');
  });

  it.each([
    ['two INSERTs', `${INSERT}\nINSERT INTO snk SELECT id + 1, v FROM src`],
    ['a query', 'SELECT id, SUM(v) FROM src GROUP BY id'],
    ['a query WITH', 'WITH x AS (SELECT * FROM src) SELECT id FROM x'],
    ['CREATE TABLE AS', "CREATE TABLE c WITH ('connector' = 'blackhole') AS SELECT * FROM src"],
    ['a statement set', `EXECUTE STATEMENT SET BEGIN ${INSERT} END`],
    ['EXECUTE INSERT', `EXECUTE ${INSERT}`],
  ])('plan %s', async (_name, statement) => {
    const plan = (await jobPlan({ statement: `${DDL}${statement}` })).data;
    // Of a CREATE TABLE AS, Flink before 2.0 plans the query alone.
    expect((plan?.['nodes'] as { description: string }[]).at(-1)?.description).toContain('TableSourceScan');
  });

  it('name the line of a mistake', async () => {
    const plan = jobPlan({ statement: `${DDL}INSERT INTO snk\n  SELECT nix, v FROM src` });
    await expect(plan).rejects.toThrow(/^From line 4, column 10.*'nix'/);
  });
});
