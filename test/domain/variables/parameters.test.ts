/** What a task's `parameters` let a request choose. */
import { describe, expect, it } from 'vitest';
import type { TaskParameter } from '../../../lib/domain/definition/definitions.ts';
import { matches, patternProblem } from '../../../lib/domain/definition/parameter-pattern.ts';
import { AppError } from '../../../lib/domain/errors.ts';
import { prepareRun } from '../../../lib/domain/plan/prepare-run.ts';
import { chosenValues, parameterProblem, shownParameter } from '../../../lib/domain/variables/parameters.ts';
import { cpuMs } from '../../builders/cpu-ms.ts';
import { aTask } from '../../fakes/memory-definitions.ts';

const parameter = (changes: Partial<TaskParameter> = {}): TaskParameter => ({
  ...{ name: 'x', type: 'string', required: false, default: null, pattern: null, values: null },
  ...changes,
});

const chosen = (parameters: TaskParameter[], given: Record<string, string>) =>
  chosenValues(aTask({ id: 5, parameters }), given);

function refusal(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was expected to be refused');
}

const prepare = (statement: string, parameters: TaskParameter[] | null, variables: Record<string, string>) =>
  prepareRun({
    task: aTask({ statement, parameters, fragment: true }),
    target: { hosts: 'jm:8081', gatewayUrl: 'http://gw:8083', clusterId: 4, clusterConfig: {} },
    ...{ clusterConfiguration: null, envTask: null, databases: [], flinkConfig: {} },
    variables: [{ name: 'pw', value: { secret: 'prod/pw' }, note: null }],
    request: { variables, savePointPath: null },
  });
const textOf = (...given: Parameters<typeof prepare>): string => prepare(...given).bodyFor('jm:8081').statement;

describe('types', () => {
  it.each([
    ['string', ["a'; DROP", '', '${pw}'], []],
    ['number', ['1', '-1.50', '1e5', '.5'], ['', 'a', '1 2', '1,2', "'1'", '0x1', '1;', ' 1']],
    [
      'date',
      ['2026-01-31', '2024-02-29', '0001-01-01'],
      [
        ...['2026-02-30', '2026-1-31', '20260131', '2026-01-31 00:00:00', "'2026-01-31'", '12026-01-31'],
        ...['2026-01-311', '2026-13-01', '2026-00-10', '2026-01-00', '2026-01-31\n', 'x'],
      ],
    ],
    [
      'timestamp',
      ['2026-01-31 12:00:00', '2026-01-31 23:59:59.123456789'],
      [
        ...['2026-01-31', '2026-01-31 24:00:00', '2026-02-30 00:00:00', '2026-01-31T12:00:00', '12:00:00'],
        ...['2026-01-31 12:60:00', '2026-01-31 12:00:60', '2026-01-31 12:00:000', '2026-01-31 12:00:00.'],
        ...['2026-01-31 12:00:00.1234567890', '2026-01-31 112:00:00', '2026-01-31 12:00:00 x', 'x 2026-01-31 12:00:00'],
      ],
    ],
    ['identifier', ['a', 'a.b', '`a b`.c'], ['', '1', 'a b', 'a, b', 'SELECT', "'a'", 'a;']],
    ['boolean', ['true', 'FALSE'], ['', '1', 'yes', 'NULL', 'xtrue', 'truex', 'true\n', 'true false']],
    ['sql', ['a > 5 OR b', '', "'"], ['${pw}', '${']],
  ] as const)('%s', (type, good, bad) => {
    for (const value of good) expect([value, parameterProblem(parameter({ type }), value)]).toEqual([value, null]);
    for (const value of bad) expect([value, parameterProblem(parameter({ type }), value)]).not.toEqual([value, null]);
  });
});

describe('what is wanted instead', () => {
  it.each([
    ['number', 'Give a number.'],
    ['date', 'Give a date, as 2026-01-31.'],
    ['timestamp', 'Give a timestamp, as 2026-01-31 12:00:00.'],
    ['identifier', 'Give a name, or a path of names.'],
    ['boolean', 'Give true or false.'],
    ['sql', 'Give SQL without ${…}: a value of a request is not expanded.'],
  ] as const)('of a %s is said: %s', (type, said) => {
    expect(parameterProblem(parameter({ type }), '1 ${')).toBe(said);
  });

  it('is the pattern, and how long a value may be at most; or that the pattern can not be used', () => {
    const problem = (pattern: string, length: number): string | null =>
      parameterProblem(parameter({ pattern }), 'a'.repeat(length));
    expect(problem('a*', 200)).toBeNull();
    expect(problem('b*', 200)).toBe('Give a text that matches b* as a whole.');
    expect(problem('a*', 201)).toBe('Give a text of at most 200 characters that matches a* as a whole.');
    expect(problem('(a+)+', 1)).toMatch(/^Its pattern "\(a\+\)\+" .+: correct the definition of the task\.$/);
  });
});

describe('a parameter as it is shown', () => {
  it('has no values where its name is that of a secret', () => {
    const values = { default: 'hunter22', values: ['hunter22', 'hunter23'] };
    expect(shownParameter(parameter({ name: 'api_token', ...values }))).toEqual(
      parameter({ name: 'api_token', default: '******', values: ['******', '******'] }),
    );
    expect(shownParameter(parameter({ name: 'api_token' }))).toEqual(parameter({ name: 'api_token' }));
    expect(shownParameter(parameter(values))).toEqual(parameter(values));
  });
});

describe('a request', () => {
  it('may give no variable that is not declared, used or not', () => {
    const { code, message } = refusal(() => chosen([parameter(), parameter({ name: 'y' })], { x: '1', z: 'secret' }));
    expect(code).toBe('variable.refused');
    expect(message).toContain('Task 5 takes no variable "z". Its parameters are x, y.');
    expect(message).not.toContain('secret');
    expect(refusal(() => chosen([], { x: '1' })).message).toContain('It takes none.');
  });

  it('must give what is required, and gets defaults for the rest', () => {
    expect(refusal(() => chosen([parameter({ required: true })], {})).code).toBe('variable.missing');
    expect(chosen([parameter({ default: 'd' }), parameter({ name: 'y' })], {})).toEqual({ data: { x: 'd' }, sql: {} });
    expect(chosen([parameter({ default: 'd' })], { x: '' }).data).toEqual({ x: '' });
    expect(chosen([parameter({ name: 'toString' })], {})).toEqual({ data: {}, sql: {} });
  });

  it('is refused by name and value where the value does not fit, and a sensitive one is not shown', () => {
    const values = ['DE', 'NO'];
    expect(refusal(() => chosen([parameter({ values })], { x: 'FR' })).message).toBe(
      'The parameter "x" of task 5 is "FR". Give one of DE, NO.',
    );
    expect(refusal(() => chosen([parameter({ pattern: '[a-z]+' })], { x: 'ab\n' })).code).toBe('variable.refused');
    const secret = parameter({ name: 'api_token', type: 'number' });
    expect(refusal(() => chosen([secret], { api_token: 'hunter2' })).message).not.toContain('hunter2');
    const oneOf = parameter({ name: 'api_token', values: ['hunter2'] });
    expect(refusal(() => chosen([oneOf], { api_token: 'x' })).message).toBe(
      'The parameter "api_token" of task 5 is ******. Give one of the values in its definition.',
    );
  });

  it('brings SQL by `sql` alone, and no secrets', () => {
    const sql = parameter({ name: 'filter', type: 'sql' });
    const statement = "INSERT INTO t SELECT a, '${pw}' FROM s WHERE ${filter} AND day = '${x}'";
    const run = textOf(statement, [sql, parameter()], { filter: "a > 5 OR b = ';'", x: "'" });
    expect(run).toBe("INSERT INTO t SELECT a, '${pw}' FROM s WHERE a > 5 OR b = ';' AND day = ''''");
    expect(refusal(() => textOf(statement, [sql, parameter()], { filter: "'${pw}' = a", x: '' })).code).toBe(
      'variable.refused',
    );
    expect(refusal(() => textOf(statement, null, { filter: 'a > 5', x: '' })).code).toBe('variable.refused');
  });

  it('that gives a default is the same as one that leaves it out; another value is other work', () => {
    const fp = (given: Record<string, string>) =>
      prepare(
        "INSERT INTO t SELECT '${x}', ${f}",
        [parameter({ default: 'd' }), parameter({ name: 'f', type: 'sql', default: '1' })],
        given,
      ).fingerprintText;
    expect(fp({})).toBe(fp({ x: 'd' }));
    expect(fp({})).not.toBe(fp({ x: 'e' }));
    expect(fp({})).not.toBe(fp({ f: '2' }));
  });
});

describe('patterns', () => {
  it.each([
    '[a-z]+',
    '\\d{4}-\\d{2}',
    'a|b',
    '(?:a|b)c',
    '(ab){3}'.replace('{3}', '?'),
    '[)(*+]*',
    '\\(+',
    '.*',
    'x{2,5}',
  ])('%s can be used', (pattern) => expect(patternProblem(pattern)).toBeNull());

  it.each([
    '(a+)+',
    '(a|a)*',
    '(?:a*){3}',
    '(a)\\1',
    '(?=a)a',
    '(?<!a)a',
    '(?<n>a)\\k<n>',
    'a*a*a*a*',
    '[',
    '(',
    'a**',
    'a?a?a?a?a?a?a?a?a?',
  ])('%s is refused', (pattern) => expect(patternProblem(pattern)).not.toBeNull());

  it('match the whole value', () => {
    expect(['ab', 'ab\n', ' ab', 'abc'].map((value) => matches('ab|abx', value))).toEqual([true, false, false, false]);
    expect(matches('.*', 'x'.repeat(201))).toBe(false);
  });

  it('take no long time, whatever the value', () => {
    const values = ['a'.repeat(200), `${'a'.repeat(199)}!`, 'a'.repeat(250_000)];
    const tried = ['a*a*a*b', '.*.*.*x', '[^b]+[^c]+[^d]+$e', 'a?a?a?a?a?a?a?a?b'];
    expect(tried.map(patternProblem)).toEqual([null, null, null, null]);
    const plain = cpuMs(() => void values.map((value) => /^(?:x)$/u.test(value)));
    expect(cpuMs(() => void tried.map((pattern) => values.map((value) => matches(pattern, value))))).toBeLessThan(
      Math.max(plain, 1) * 2_000,
    );
  });
});
