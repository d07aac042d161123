/** The calls that ask about a task and start nothing: what they read, and what they answer (contract.md). */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../lib/domain/errors.ts';
import { MAX_PLANS_BYTES } from '../../lib/http/answer-size.ts';
import { explainRoute } from '../../lib/http/explain-route.ts';
import { exportSqlRoute } from '../../lib/http/export-sql-route.ts';
import { jobPlanRoute, streamGraphRoute } from '../../lib/http/job-plan-route.ts';
import { lineageRoute, taskLineageRoute } from '../../lib/http/lineage-route.ts';
import { toRequest } from '../../lib/http/request.ts';
import type { Scope } from '../../lib/http/route.ts';
import { readTaskBody, type TaskBody } from '../../lib/http/task-body.ts';
import { anEvent } from '../builders/event.ts';

const SCOPE: Scope = {
  principal: { kind: 'none', name: '', keyId: null, sourceIp: null, requestId: 'r' },
  maySee: () => true,
  ...{ caller: 'anonymous', budgetMs: 25_000, timeZone: 'Europe/Berlin', now: Date.UTC(2026, 0, 31, 12) },
};

const post = (body: unknown) =>
  toRequest(anEvent({ method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }));
it.each<[object, number | 'unstored']>([
  [{ id: 3 }, 3],
  [{ id: '3', statement: '', clusterId: -1, type: null }, 3],
  [{ id: 3, variables: { a: 1 } }, 3],
  [{ statement: 'SELECT 1' }, 'unstored'],
  [{ id: 3, statement: 'SELECT 1' }, 'unstored'],
  [{ id: 3, clusterId: 4 }, 'unstored'],
  [{ id: 3, envId: 4 }, 'unstored'],
  [{ id: 3, fragment: false }, 'unstored'],
])('%j is about %s, by which a caller may ask or not', (body, subject) => {
  for (const one of [explainRoute, jobPlanRoute, streamGraphRoute]) expect(one.task?.(read(body))).toBe(subject);
});

const read = (body: unknown): TaskBody => readTaskBody(post(body));

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError && error.code === 'request.invalid') return error.message;
    throw error;
  }
  throw new Error('it was expected to be refused');
}

describe('the body of a call that asks about a task', () => {
  it.each([
    [{ statement: 'SELECT 1' }, { id: null, fields: { statement: 'SELECT 1' } }],
    [{ id: 5 }, { id: 5, fields: {} }],
    [
      { id: '5', statement: '' },
      { id: 5, fields: {} },
    ],
    [
      { id: 5, statement: 'SELECT 1', type: 'local' },
      { id: 5, fields: { statement: 'SELECT 1', type: 'local' } },
    ],
    [
      { statement: 'SELECT 1', clusterId: '3', clusterConfigurationId: -1, envId: 0, id: null },
      { id: null, fields: { statement: 'SELECT 1', clusterId: 3 } },
    ],
    [
      {
        statement: 'S',
        fragment: 'True',
        batchModel: false,
        statementSet: 0,
        parallelism: '2',
        name: 'n',
        dialect: '',
      },
      {
        id: null,
        fields: { statement: 'S', fragment: true, batchModel: false, statementSet: false, parallelism: 2, name: 'n' },
      },
    ],
    [
      { statement: 'S', parallelism: -1, session: 'x', databaseId: 4, note: null },
      { id: null, fields: { statement: 'S' } },
    ],
  ])('%j', (body, task) => {
    expect(read(body)).toEqual({ task, variables: {} });
  });

  it('has options and functions in the shapes of Dinky, with numbers in their letters', () => {
    const config = `{"customConfig": [{"key": "a", "value": 2.0}, {"x": null}], "udfRefer": [{"className": "org.Up"}]}`;
    const wanted = { customConfig: { a: '2.0' }, udfRefer: { up: 'org.Up' } };
    const withConfig = (text: string) => read(`{"statement": "S", "configJson": ${text}}`).task.fields.configJson;
    expect(withConfig(config)).toEqual(wanted);
    expect(withConfig(JSON.stringify(config))).toEqual(wanted);
    expect(withConfig('{"customConfig": {"a": true}}')).toEqual({ customConfig: { a: 'true' }, udfRefer: {} });
    expect(withConfig('{}')).toEqual({ customConfig: {}, udfRefer: {} });
  });

  it('has variables as a submit takes them', () => {
    expect(read('{"id": 1, "variables": {"n": 1.50, "b": true}}').variables).toEqual({ n: '1.50', b: 'true' });
  });

  it.each([
    [{}, /has no "statement" and no "id" of a task/],
    [{ statement: ' \n' }, /has no "statement" and no "id"/],
    [{ id: 0 }, /has no "statement" and no "id"/],
    [{ id: 'abc' }, /"id" is "abc"/],
    [{ statement: 5 }, /"statement" is a number\. Give a text/],
    [{ statement: ['SELECT 1'] }, /"statement" is a list/],
    [{ statement: 'S', clusterId: 'x' }, /"clusterId" is "x"/],
    [{ statement: 'S', clusterId: -2 }, /"clusterId" is "-2"/],
    [{ statement: 'S', parallelism: 1.5 }, /"parallelism" is "1.5"/],
    [{ statement: 'S', parallelism: '1e3' }, /"parallelism" is "1e3"/],
    [{ statement: 'S', parallelism: ' 1' }, /"parallelism" is " 1"/],
    [{ statement: 'S', parallelism: 40_000 }, /"parallelism" is "40000"/],
    [{ statement: 'S', fragment: 'maybe' }, /"fragment" is "maybe"/],
    [{ statement: 'S', configJson: 'no json' }, /"configJson" is a text\. Give an object/],
    [{ statement: 'S', configJson: { customConfig: 'x' } }, /"configJson\.customConfig" is a text/],
    [
      { statement: 'S', configJson: { customConfig: { a: {} } } },
      /"a" in the parameter "configJson\.customConfig" is an/,
    ],
    [{ statement: 'S', variables: [] }, /"variables" is a list/],
    ['[]', /a list, not a JSON object/],
    ['', /no body/],
    [{ statement: `SELECT '${'x'.repeat(256 * 1024)}'` }, /at most 262144 are allowed/],
  ])('%j is refused by name', (body, message) => {
    expect(refusal(() => read(body))).toMatch(message);
  });
});

const STATEMENT = {
  ...{ index: 1, type: 'Modify DML', sql: 'INSERT INTO a SELECT 1', ok: true, plan: '== P ==', error: null, note: 'n' },
  explainedAt: Date.UTC(2026, 0, 31, 12, 0, 0, 7),
};

describe('explainSql', () => {
  const answer = (statements: (typeof STATEMENT)[], problems: string[] = []) =>
    explainRoute.answer({ statements, problems }, SCOPE);

  it('has a row for each statement, and is a success although one is wrong', () => {
    const wrong = {
      ...STATEMENT,
      index: 2,
      ok: false,
      plan: null as never,
      error: 'line 2: no' as never,
      note: null as never,
    };
    const row = { index: 1, type: 'Modify DML', sql: 'INSERT INTO a SELECT 1', parse: null, explain: '== P ==' };
    expect(answer([STATEMENT, wrong])).toEqual({
      success: true,
      msg: 'Execute Successfully',
      data: [
        { ...row, error: null, parseTrue: true, explainTrue: true, explainTime: '2026-01-31T13:00:00.007' },
        expect.objectContaining({ index: 2, explain: null, error: 'line 2: no', parseTrue: false, explainTrue: false }),
      ],
    });
  });

  it('says why a statement was not run in place of its plan', () => {
    expect(answer([{ ...STATEMENT, plan: null as never }]).data).toMatchObject([{ explain: 'n', explainTrue: true }]);
  });

  it('fails by what belongs to no statement, and has the statements all the same', () => {
    const { success, msg, data } = answer([STATEMENT], ['No such class.', 'Nor that.']);
    expect([success, msg]).toEqual([false, 'No such class. Nor that.']);
    expect(data).toHaveLength(1);
  });

  it('fits an answer of Lambda', () => {
    const long = { ...STATEMENT, plan: 'ü'.repeat(MAX_PLANS_BYTES / 3) };
    const { data } = answer([long, long, long]);
    const explains = (data as { explain: string }[]).map(({ explain }) => Buffer.byteLength(explain));
    expect(explains[0]).toBe(Buffer.byteLength(long.plan));
    expect(explains.reduce((sum, one) => sum + one, 0)).toBeLessThan(MAX_PLANS_BYTES + 10);
  });
});

describe('getJobPlan and getStreamGraph', () => {
  const source = { id: 7, type: 'Source: src[5]', pact: 'Data Source', contents: '[5]:Scan()', parallelism: 2 };
  const sink = {
    ...{ id: 9, type: 'snk[6]: Writer', pact: 'Operator', contents: 'snk[6]: Writer', parallelism: 1 },
    predecessors: [{ id: 7, ship_strategy: 'HASH', side: 'second' }],
  };

  it('have the shapes of Dinky', () => {
    const planned = { name: 'p', type: 'STREAMING' as const, nodes: [source, sink] };
    expect(streamGraphRoute.answer(planned, SCOPE)).toEqual({
      ...{ success: true, msg: 'Execute Successfully', data: { nodes: [source, sink] } },
    });
    const common = { operator_strategy: '', optimizer_properties: {} };
    expect(jobPlanRoute.answer(planned, SCOPE).data).toEqual({
      ...{ jid: null, name: 'p', type: 'STREAMING' },
      nodes: [
        {
          ...{ id: '9', parallelism: 1, operator: 'snk[6]: Writer', description: 'snk[6]: Writer', ...common },
          inputs: [{ num: 0, id: '7', ship_strategy: 'HASH', exchange: 'pipelined_bounded' }],
        },
        { id: '7', parallelism: 2, operator: 'Source: src[5]', description: '[5]:Scan()', ...common },
      ],
    });
  });

  it('do not claim to know the exchanges of a batch job', () => {
    const { data } = jobPlanRoute.answer({ name: 'p', type: 'BATCH', nodes: [source, sink] }, SCOPE);
    expect(data).toMatchObject({ type: 'BATCH', nodes: [{ inputs: [{ exchange: null }] }, {}] });
  });

  it('refuse a plan that fits no answer', () => {
    const nodes = [{ ...source, contents: 'x'.repeat(MAX_PLANS_BYTES) }];
    expect(() => streamGraphRoute.answer({ name: 'p', type: 'BATCH', nodes }, SCOPE)).toThrow(/at most 2097152 fit/);
  });
});

describe('exportSql', () => {
  it('reads a task and variables, and answers with the SQL in data and in msg', () => {
    const request = toRequest(anEvent({ query: 'id=5&variables.country=NO&other=1' }));
    expect(exportSqlRoute.parse(request)).toEqual({ task: 5, variables: { country: 'NO' } });
    expect(exportSqlRoute.answer('SELECT 1', SCOPE)).toEqual({ success: true, msg: 'SELECT 1', data: 'SELECT 1' });
    expect(refusal(() => exportSqlRoute.parse(toRequest(anEvent({ query: 'id=x' }))))).toMatch(/"id" is "x"/);
    const twice = toRequest(anEvent({ query: 'id=1&variables.a=1&variables.a=2' }));
    expect(refusal(() => exportSqlRoute.parse(twice))).toMatch(/"variables\.a" is given 2 times/);
  });
});

describe('getTaskLineage and getLineage', () => {
  const found = { tables: [], relations: [], untold: ['One thing.', 'Another thing.'] };

  it('read a task, or what a body says of one', () => {
    expect(taskLineageRoute.parse(toRequest(anEvent({ query: 'id=5&variables.a=b' })))).toEqual({
      task: 5,
      variables: { a: 'b' },
    });
    expect(lineageRoute.parse(post({ statement: 'S' }))).toEqual({
      task: { id: null, fields: { statement: 'S' } },
      variables: {},
    });
  });

  it('say in msg what the plan does not tell', () => {
    expect(lineageRoute.answer(found, SCOPE)).toEqual({
      success: true,
      msg: 'Query Successfully. One thing. Another thing',
      data: { tables: [], relations: [] },
    });
    expect(taskLineageRoute.answer({ ...found, untold: [] }, SCOPE).msg).toBe('Query Successfully');
  });
});
