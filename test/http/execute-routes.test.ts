/** executeSql and executeJar: what they read in the words of Dinky 0.x and 1.x, and what they refuse by name. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJarStatement } from '../../lib/domain/plan/jar-statement.ts';
import type { UnstoredRequest } from '../../lib/domain/run/submit-request.ts';
import { splitScript } from '../../lib/domain/sql/split.ts';
import { executeJarRoute, executeSqlRoute } from '../../lib/http/execute-route.ts';
import { toRequest } from '../../lib/http/request.ts';
import { thrownAppError } from '../builders/app-error-of.ts';
import { anEvent } from '../builders/event.ts';

const request = (body: unknown, headers: Record<string, string> = {}) => {
  const event = anEvent({ method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
  return toRequest({ ...event, headers: { ...event.headers, ...headers } });
};
const sql = (body: unknown): UnstoredRequest => executeSqlRoute.parse(request(body));
const jar = (body: unknown): UnstoredRequest => executeJarRoute.parse(request(body));
const S = { statement: 'SELECT 1' };

describe('executeSql', () => {
  it('needs a statement alone', () => {
    expect(sql(S)).toEqual({ fields: S, variables: {}, savePointPath: null, key: null });
  });

  it.each<[string, object, object]>([
    [
      'a body of Dinky 0.x',
      {
        ...{
          ...S,
          type: 'standalone',
          clusterId: 3,
          jobName: 'n',
          useStatementSet: true,
          checkPoint: 1000,
          parallelism: 2,
        },
        ...{ useResult: true, useChangeLog: false, useAutoCancel: 'False', maxRowNum: 50, fragment: 1 },
        ...{ configuration: { 'a.b': 'c', n: 2.0, t: true }, gatewayConfig: null, address: '10.0.0.1:8081' },
      },
      {
        ...{ ...S, type: 'standalone', clusterId: 3, name: 'n', statementSet: true, checkpoint: 1000, parallelism: 2 },
        ...{ useResult: true, useChangeLog: false, useAutoCancel: false, maxRowNum: 50, fragment: true },
        configJson: { customConfig: { 'a.b': 'c', n: '2', t: 'true' }, udfRefer: {} },
      },
    ],
    [
      'a body of Dinky 1.x',
      {
        ...{ ...S, id: null, name: 'n', dialect: 'FlinkSql', type: 'local', clusterId: -1, envId: 9, databaseId: 4 },
        ...{
          checkPoint: 0,
          savePointStrategy: 1,
          parallelism: 1,
          fragment: false,
          statementSet: false,
          batchModel: true,
        },
        configJson: { customConfig: [{ key: 'a', value: '1' }], udfRefer: [{ className: 'org.Up' }] },
      },
      {
        ...{ ...S, name: 'n', dialect: 'FlinkSql', type: 'local', envId: 9, savePointStrategy: 1, parallelism: 1 },
        ...{ fragment: false, statementSet: false, batchModel: true },
        configJson: { customConfig: { a: '1' }, udfRefer: { up: 'org.Up' } },
      },
    ],
    ['fields that say nothing', { ...S, id: 0, jobName: '', name: null, checkPoint: -1, maxRowNum: '', type: '' }, S],
    ['a name in both words', { ...S, jobName: 'job', name: 'task' }, { ...S, name: 'job' }],
    [
      'options as a list',
      { ...S, customConfig: [{ name: 'a', value: 'x' }] },
      { ...S, configJson: { customConfig: { a: 'x' }, udfRefer: {} } },
    ],
    ['a strategy by name', { ...S, savePointStrategy: 'latest' }, { ...S, savePointStrategy: 1 }],
    ['a strategy as a text', { ...S, savePointStrategy: '3' }, { ...S, savePointStrategy: 3 }],
    ['names of an object of JavaScript', { ...S, constructor: 'x', __proto__: 'y' }, S],
  ])('reads %s', (_, body, fields) => {
    expect(sql(body).fields).toEqual(fields);
  });

  it('reads what is of this request alone', () => {
    const body = { ...S, savePointPath: 's3://b/sp', variables: { n: 1, b: true } };
    const read = executeSqlRoute.parse(request(body, { 'Idempotency-Key': ' k ' }));
    expect(read).toEqual({ fields: S, variables: { n: '1', b: 'true' }, savePointPath: 's3://b/sp', key: 'k' });
  });

  it.each<[unknown, RegExp]>([
    [{}, /^The request has no "statement"/],
    [{ statement: ' \n' }, /^The request has no "statement"/],
    [{ statement: 5 }, /"statement" is a number\. Give a text/],
    [{ ...S, id: 7 }, /"id" names a stored task.*call submitTask/],
    [{ ...S, id: 'abc' }, /"id" names a stored task/],
    [{ ...S, address: '10.0.0.1:8081' }, /"address" can't be used.*clusterId/],
    [{ ...S, address: 'user:hush@10.0.0.1', clusterId: 0 }, /^(?!.*hush).*"address" can't be used/],
    [{ ...S, jobName: 5 }, /"jobName" is a number/],
    [{ ...S, useStatementSet: 'maybe' }, /"useStatementSet" is "maybe"/],
    [{ ...S, useResult: 'maybe' }, /"useResult" is "maybe"/],
    [{ ...S, checkPoint: 'often' }, /"checkPoint" is "often"/],
    [{ ...S, checkpoint: 1.5 }, /"checkpoint" is "1.5"/],
    [{ ...S, maxRowNum: -5 }, /"maxRowNum" is "-5"/],
    [
      { ...S, savePointStrategy: 4 },
      /"savePointStrategy" is "4"\. Give 0 or NONE, 1 or LATEST, 2 or EARLIEST, 3 or CUSTOM/,
    ],
    [{ ...S, savePointStrategy: { a: 1 } }, /"savePointStrategy" is an object/],
    [{ ...S, savePointPath: ['x'] }, /"savePointPath" is a list/],
    [{ ...S, configuration: 'x' }, /"configuration" is a text/],
    [{ ...S, configuration: { a: {} } }, /"a" in the parameter "configuration" is an object/],
    [{ ...S, configuration: { a: 'b' }, configJson: { customConfig: {} } }, /"configuration" and "configJson"/],
    [{ ...S, variables: [] }, /"variables" is a list/],
    [[S], /a list, not a JSON object/],
    ['{', /is not JSON/],
  ])('%j is refused by name', (body, why) => {
    expect(thrownAppError(() => sql(body)).message).toMatch(why);
  });
});

const JAR = 'https://jars.example.com/job.jar';

/** What a plan reads of the statement that was made. */
function readBack(statement: string | undefined) {
  const [first] = splitScript(statement ?? '');
  return readJarStatement(first!, 'line 1');
}

describe('executeJar', () => {
  it.each<[string, object]>([
    ['flat', { jarPath: JAR, mainAppClass: 'org.Main', mainArgs: '--a 1 --b "x y"' }],
    [
      'as a list of arguments',
      { userJarPath: JAR, userJarMainAppClass: 'org.Main', userJarParas: ['--a', '1', '--b', 'x y'] },
    ],
    [
      'where Dinky 0.x has it',
      {
        type: 'local',
        gatewayConfig: {
          appConfig: { userJarPath: JAR, userJarMainAppClass: 'org.Main', userJarParas: ['--a', '1', '--b', 'x y'] },
        },
      },
    ],
    [
      'as a statement',
      { statement: `EXECUTE JAR WITH ('uri' = '${JAR}', 'main-class' = 'org.Main', 'args' = '--a 1 --b "x y"')` },
    ],
  ])('names a jar %s', (_, body) => {
    const { fields } = jar({ ...body, jobName: 'n', parallelism: 2 });
    expect(fields).toMatchObject({ dialect: 'FlinkJar', name: 'n', parallelism: 2 });
    expect(readBack(fields.statement)).toMatchObject({
      uri: JAR,
      entryClass: 'org.Main',
      args: ['--a', '1', '--b', 'x y'],
    });
  });

  it('has a name of its own where none is given, and needs no class and no arguments', () => {
    const { fields } = jar({ jarPath: JAR, mainAppClass: '', mainArgs: null });
    expect(fields).toEqual({ dialect: 'FlinkJar', name: 'jar', statement: `EXECUTE JAR WITH ('uri' = '${JAR}')` });
  });

  it.each<[object, RegExp]>([
    [{}, /^The request names no jar/],
    [{ mainAppClass: 'org.Main' }, /^The request has no "jarPath"/],
    [{ jarPath: JAR, statement: 'EXECUTE JAR' }, /"statement" and fields of a jar/],
    [{ jarPath: 5 }, /"jarPath" is a number/],
    [{ jarPath: JAR, mainAppClass: [] }, /"mainAppClass" is a list/],
    [{ jarPath: JAR, mainArgs: { password: 'hush' } }, /^(?!.*hush).*"mainArgs" is an object/],
    [{ jarPath: JAR, mainArgs: ['a', 5] }, /"mainArgs" contains a number/],
    [{ jarPath: JAR, id: 3 }, /"id" names a stored task/],
    [{ gatewayConfig: { appConfig: { userJarPath: ['x'] } } }, /"userJarPath" is a list/],
  ])('%j is refused by name', (body, why) => {
    expect(thrownAppError(() => jar(body)).message).toMatch(why);
  });

  it('gives main() each argument as it was, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme-composite' }), { minLength: 1 }), (args) => {
        if (args.some((arg) => arg.includes('${') || arg.includes('\0'))) return;
        const read = readBack(jar({ jarPath: JAR, mainArgs: args }).fields.statement);
        expect(read.args).toEqual(args);
      }),
    );
  });

  it('writes no second option with a text that looks like one', () => {
    const text = "x', 'main-class' = 'evil.Main";
    expect(readBack(jar({ jarPath: JAR, mainArgs: [text] }).fields.statement)).toMatchObject({
      entryClass: null,
      args: [text],
    });
  });
});

it.each([executeSqlRoute, executeJarRoute])('is about work that is stored nowhere', (route) => {
  expect(route.task?.(sql(S))).toBe('unstored');
  expect(route.bothDialects).toBe(true);
});
