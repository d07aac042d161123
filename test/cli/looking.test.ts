/** logs and rows: what they ask of the API, what they print, and how they end. */
import { afterEach, describe, expect, it } from 'vitest';
import { toCsv } from '../../cli/act/csv.ts';
import { preview, runDetails } from './api-answers.ts';
import { type ApiDouble, apiDouble, dinghy, type Reply } from './api-double.ts';

const JOB = 'ab'.repeat(16);

let api: ApiDouble | undefined;
afterEach(async () => {
  await api?.stop();
  api = undefined;
});

async function run(args: readonly string[], ...replies: readonly Reply[]) {
  api = await apiDouble((_, nth) => replies[nth]!);
  const ended = await dinghy(args, { DINGHY_URL: api.url });
  return { ...ended, asked: api.asked.map(({ method, path }) => `${method} ${path}`) };
}

describe('dinghy logs', () => {
  it('prints the history of the run, and the error with its lines', async () => {
    const error = 'java.lang.Exception: no\n\tat \u001b[31ma.B.c(B.java:3)';
    const { code, out, err, asked } = await run(['logs', '13'], { data: runDetails({ status: 'FAILED', error }) });
    expect({ code, err, asked }).toEqual({ code: 0, err: [], asked: ['GET /openapi/runs/13'] });
    expect(out).toEqual([
      `run 13 of task 1 "orders": FAILED, job ${JOB}`,
      '',
      'TIME (UTC)           STATUS        WHO      WHAT',
      '2026-01-31 12:00:00  INITIALIZING  key ops  submitted',
      '2026-01-31 12:00:04  RUNNING       -        Flink says RUNNING',
      '',
      'error:',
      '  java.lang.Exception: no',
      '   at  [31ma.B.c(B.java:3)',
    ]);
  });

  it('--json prints the data of the API alone', async () => {
    const { out } = await run(['logs', '13', '--json'], { data: runDetails() });
    expect(JSON.parse(out.join('\n'))).toEqual(runDetails());
  });

  it('of a run that is not there ends with 1', async () => {
    const msg = 'Job Instance Not Exist: there is no run 13.';
    const { code, err } = await run(['logs', '13'], { data: null, code: 'run.notFound', msg });
    expect({ code, err }).toEqual({ code: 1, err: [`dinghy: ${msg}`] });
  });
});

describe('dinghy rows', () => {
  it('prints a table', async () => {
    const { code, out, err, asked } = await run(['rows', '13'], { data: runDetails() }, { data: preview() });
    expect({ code, err }).toEqual({ code: 0, err: [] });
    expect(asked).toEqual(['GET /openapi/runs/13', `GET /openapi/getJobData?jobId=${JOB}`]);
    expect(out).toEqual(['customer   spent', 'Ann, B.    3', 'two lines', '2 rows']);
  });

  it('--csv prints one that programs read', async () => {
    const { out } = await run(['rows', '13', '--csv'], { data: runDetails() }, { data: preview() });
    expect(out).toEqual(['customer,spent', '"Ann, B.",3', '"two\nlines",']);
  });

  it('--json prints the data of the API alone', async () => {
    const { out } = await run(['rows', '13', '--json'], { data: runDetails() }, { data: preview() });
    expect(JSON.parse(out.join('\n'))).toEqual(preview());
  });

  it('says on stderr that there were more', async () => {
    const cut = { data: preview({ truncationFlag: true }) };
    const { out, err } = await run(['rows', '13', '--csv'], { data: runDetails() }, cut);
    expect(out).toHaveLength(3);
    expect(err).toEqual(['There were more rows: only the first ones are shown (maxRowNum).']);
  });

  it('of a run without a job asks for none', async () => {
    const { code, err, asked } = await run(['rows', '13'], { data: runDetails({ jobId: null, status: 'FAILED' }) });
    expect({ code, asked: asked.length }).toEqual({ code: 1, asked: 1 });
    expect(err).toEqual(['dinghy: run 13 has no job, so there are no rows (FAILED).']);
  });

  it.each([[['rows', '13', '--csv', '--json']], [['rows', 'x']], [['logs', 'x']]])('%j: exit code 2', async (args) => {
    expect(await run(args)).toMatchObject({ code: 2, asked: [] });
  });
});

it.each([
  [['a', 'b'], 'a,b'],
  [['a"b', ' c '], '"a""b", c '],
  [['', ''], ','],
  [[''], '""'],
  [['1\r2'], '"1\r2"'],
])('the CSV of %j is %s', (row, line) => {
  expect(toCsv([row])).toEqual([line]);
});
