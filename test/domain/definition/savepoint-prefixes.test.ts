/** Under which paths a request may name a savepoint: by whole parts, however the path is written. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkRequestedPath, isUnder, prefixProblem } from '../../../lib/domain/definition/savepoint-prefixes.ts';
import { appErrorOf } from '../../builders/app-error-of.ts';
import { aTask } from '../../fakes/memory-definitions.ts';
import { world } from '../../usecases/world.ts';

describe('a path lies', () => {
  it.each([
    ['s3://b/a/x', 's3://b/a'],
    ['s3://b/a', 's3://b/a'],
    ['s3://b/a/', 's3://b/a'],
    ['s3://b/a/x', 's3://b/a/'],
    ['S3://b/a/x', 's3://b/a'],
    ['s3://b//a///x', 's3://b/a'],
    ['s3://b/x', 's3://b'],
    ['s3://b/x', 's3://b/'],
    ['/sp/x', '/sp'],
    ['file:/sp/x', 'file:///sp'],
    ['file:///sp/x', 'file:/sp'],
    ['hdfs:///sp/x', 'hdfs:///sp'],
    ['hdfs://nn:8020/sp/x', 'hdfs://nn:8020/sp'],
    ['s3://b/a/..x/...', 's3://b/a'],
    ['HDFS://nn/sp/x', 'hdfs://nn/sp'],
  ])('%s under %s', (path, prefix) => expect(isUnder(path, prefix)).toBe(true));

  it.each([
    ['s3://b/ab', 's3://b/a'],
    ['s3://b/ab/x', 's3://b/a'],
    ['s3://b', 's3://b/a'],
    ['s3://bb/a/x', 's3://b/a'],
    ['s3://b.evil/a/x', 's3://b/a'],
    ['s3://b@evil/a/x', 's3://b/a'],
    ['s3://evil@b/a/x', 's3://b/a'],
    ['s3a://b/a/x', 's3://b/a'],
    ['hdfs://b/a/x', 's3://b/a'],
    ['s3://b/a/../c', 's3://b/a'],
    ['s3://b/a/x/../../c', 's3://b/a'],
    ['s3://b/a/x/..', 's3://b/a'],
    ['s3://b/./a/x', 's3://b/a'],
    ['s3://b/a\\..\\c', 's3://b/a'],
    ['s3://b/a/%2e%2e/c', 's3://b/a'],
    ['s3://b/a/.%2E/c', 's3://b/a'],
    ['s3://b/a/..%2fc', 's3://b/a'],
    ['s3://b/a/..%5Cc', 's3://b/a'],
    ['s3://b/A/x', 's3://b/a'],
    ['/a/x', 's3://b/a'],
    ['/else/x', '/sp'],
    ['s3://b/a/x', 's3://b/a/..'],
    ['s3://b/x', 's3://b\\a'],
    ['/b/a/x', 's3://b/a'],
    ['s3:/b/a/x', 's3://b/a'],
    ['hdfs:///sp/x', 'hdfs://nn/sp'],
    ['file:///sp/x', '/sp'],
    [' s3://b/a/x', 's3://b/a'],
    // Flink cuts off what stands at the ends of a path: blanks and control characters.
    ['s3://b/a/..\u0001', 's3://b/a'],
    ['s3://b/a/..\t', 's3://b/a'],
    ['s3://b/a/.. ', 's3://b/a'],
    ['s3://b/a/..\x7f', 's3://b/a'],
    ['\u0001s3://b/a/x', 's3://b/a'],
    ['s3://b\\a\\x', 's3://b/a'],
    ['', 's3://b/a'],
  ])('%s not under %s', (path, prefix) => expect(isUnder(path, prefix)).toBe(false));

  it('law: under it and nowhere else, whatever stands between', () => {
    const part = fc.stringMatching(/^[a-zA-Z0-9_-]{1,8}$/);
    const parts = fc.array(part, { minLength: 1, maxLength: 4 });
    const slash = fc.constantFrom('/', '//', '\\');
    fc.assert(
      fc.property(parts, parts, part, slash, (inner, more, other, between) => {
        const prefix = `s3://bucket/${inner.join('/')}`;
        expect(isUnder(`s3://bucket/${between}${[...inner, ...more].join(between)}`, prefix)).toBe(true);
        expect(isUnder(`${prefix}${other}/${more.join('/')}`, prefix)).toBe(false);
        expect(isUnder(`${prefix}/${'../../'.repeat(more.length)}${other}`, prefix)).toBe(false);
        expect(isUnder(`s3://bucket${other}/${inner.join('/')}`, prefix)).toBe(false);
      }),
    );
  });

  it.each([
    ['relative', 'it is not absolute'],
    [' ', 'it is blank'],
    ['', 'it is blank'],
    [' /sp', 'it begins or ends with a blank'],
    ['/sp\t', 'it begins or ends with a blank'],
    ['/s\tp', 'it has a control character'],
    [`/${'x'.repeat(1_024)}`, 'it has 1025 characters, more than 1024'],
    ['s3://b/a/..', 'it has a part "." or ".."'],
    ['s3://b/%2e%2e', 'it has a part "." or ".."'],
    ['s3://b\\a', 'it has a part "." or ".."'],
  ])('%j is no prefix: %s', (prefix, problem) => {
    expect(prefixProblem(prefix)).toBe(problem);
  });

  it.each(['/sp', 's3://b', 's3://b/a/', 'hdfs://nn:8020/sp', 'file:///sp', `/${'x'.repeat(1_023)}`])(
    '%j is one',
    (prefix) => expect(prefixProblem(prefix)).toBeNull(),
  );

  it('a long one is shown by its beginning', () => {
    const path = `s3://b/${'x'.repeat(200)}`;
    expect(() => {
      checkRequestedPath(path, { taskId: 7, prefixes: ['s3://b/a'] });
    }).toThrow(`is "${path.slice(0, 100)}", which is not under`);
  });

  it('a prefix that climbs is told so', () => {
    expect(prefixProblem('s3://b/a/..')).toBe('it has a part "." or ".."');
  });

  it('a refusal names the parameter, the value without credentials, and where the rule stands', () => {
    expect(() => {
      checkRequestedPath('s3://key:hush@b/x', { taskId: 7, prefixes: ['s3://b/hidden'] });
    }).toThrow(
      'The parameter "savePointPath" is "s3://******@b/x", which is not under any path that requests may use: ' +
        "the savePointPrefixes of task 7 and the deployment's SAVEPOINT_PATHS.",
    );
  });
});

describe('a submit', () => {
  const statement = 'INSERT INTO t SELECT 1;';
  const own = ['s3://task/sp'];

  it.each([
    ['anywhere when nobody has set any', {}, [], 's3://else/x'],
    ["under the task's", { savePointPrefixes: own }, [], 's3://task/sp/1'],
    ["under the deployment's", {}, ['s3://all/sp'], 's3://all/sp/1'],
    ["under the deployment's, beside the task's", { savePointPrefixes: own }, ['s3://all/sp'], 's3://all/sp/1'],
  ])('may start from a path %s', async (_what, task, savepointPrefixes, savePointPath) => {
    const w = world({ tasks: [aTask({ statement, ...task })] });
    Object.assign(w.settings, { savepointPrefixes });
    expect((await w.submit({ savePointPath })).head.savePointPath).toBe(savePointPath);
  });

  it.each([
    ["beside the task's", { savePointPrefixes: own }, [], 's3://task/sp2/1'],
    ["beside the deployment's", {}, ['s3://all/sp'], 's3://all/sp/../secret'],
    ['beside both', { savePointPrefixes: own }, ['s3://all/sp'], 's3://else/1'],
  ])('may not from one %s, and there is no run', async (_what, task, savepointPrefixes, savePointPath) => {
    const w = world({ tasks: [aTask({ statement, ...task })] });
    Object.assign(w.settings, { savepointPrefixes });
    const error = await appErrorOf(w.submit({ savePointPath }));
    expect([error.code, w.store.heads.size]).toEqual(['request.invalid', 0]);
  });

  it("the task's own path is its author's", async () => {
    const task = { statement, savePointStrategy: 3, savePointPath: 's3://own/1', savePointPrefixes: own };
    const w = world({ tasks: [aTask(task)] });
    expect((await w.submit()).head.savePointPath).toBe('s3://own/1');
  });
});
