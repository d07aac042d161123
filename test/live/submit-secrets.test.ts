/**
 * Secrets on a real Flink and a real DynamoDB API: that Flink got the value is seen in the files that its job writes; that
 * nobody else did, in everything that is stored, answered and logged.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { type Call, callHandler, type Envelope } from '../builders/event.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type Bed, startBed } from '../handlers/bed.ts';

const { restUrl, gatewayUrl } = inject('flink');
const VALUE = "folder-o'hara-77";
let bed: Bed;
let folder: string;
let secretsFile: string;
/** Everything this process has written to its standard output. */
let said = '';
const answers: Envelope[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dinghy-secret-flink-'));
  secretsFile = join(folder, 'secrets.json');
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  bed = await startBed({
    SQL_GATEWAY_URL: gatewayUrl,
    FLINK_REST: new URL(restUrl).host,
    LOG_LEVEL: 'debug',
    SECRET_STORE: 'file',
    SECRETS_FILE: secretsFile,
  });
  await bed.putVariable({ name: 'dir', value: { secret: 'shop/dir' }, note: null });
  await bed.putVariable({ name: 'tag', value: { secret: 'shop/tag' }, note: null });
});

afterAll(async () => {
  vi.restoreAllMocks();
  await bed.stop();
  rmSync(folder, { recursive: true, force: true });
});

function keep(secrets: Record<string, string>): void {
  writeFileSync(secretsFile, JSON.stringify(secrets));
}

async function submit(call: Call): Promise<Envelope> {
  const answer = await callHandler(bed.submit, call);
  answers.push(answer);
  return answer;
}

async function untilFinished(id: unknown): Promise<void> {
  for (let look = 0; look < 600; look++) {
    const reply = (await (await fetch(`${restUrl}/jobs/${String(id)}`)).json()) as { state: string };
    if (reply.state === 'FINISHED') return;
    if (reply.state === 'FAILED') throw new Error(`job ${String(id)} failed`);
    await sleep(100);
  }
  throw new Error(`job ${String(id)} does not end`);
}

/** Quote signs as people and SQL write them. */
const FORMS = [VALUE, VALUE.replace("'", "''"), VALUE.replace("'", '%27')];

async function expectNoTrace(): Promise<void> {
  const kept = JSON.stringify(await bed.jobItems());
  for (const form of FORMS) {
    expect(kept).not.toContain(form);
    expect(JSON.stringify(answers)).not.toContain(form);
    expect(said).not.toContain(form);
  }
}

const filesystem = (path: string): string =>
  `CREATE TABLE out_files (id BIGINT) WITH ('connector' = 'filesystem', 'path' = '${path}', 'format' = 'csv');`;

describe('a task with a secret on a real Flink', () => {
  it('writes where the secret says, and nobody else gets to know', async () => {
    keep({ 'shop/dir': VALUE });
    const statement = `${filesystem(`file://${folder}/\${dir}`)}
SHOW CREATE TABLE out_files;
SET 'my.note' = '\${dir}';
SET;
INSERT INTO out_files SELECT * FROM (VALUES (CAST(7 AS BIGINT))) AS t(id);`;
    await bed.putTask(aTask({ id: 1, statement, fragment: true, batchModel: true }));
    const { msg, data } = await submit({ query: 'id=1' });
    expect(msg).toBe('Execute Successfully');
    await untilFinished(data?.['jobId']);
    expect(readdirSync(folder)).toContain(VALUE);
    expect(readdirSync(join(folder, VALUE)).length).toBeGreaterThan(0);

    expect(data?.['statement']).toContain(`file://${folder}/\${dir}`);
    const shown = JSON.stringify(data?.['results']);
    // Flink showed it: in the DDL that it keeps, and as a setting.
    expect(shown).toContain(`${folder}/\${dir}`);
    expect(shown).toContain('{"key":"my.note","value":"${dir}"}');
    await expectNoTrace();
  });

  it('the value of the moment counts', async () => {
    keep({ 'shop/dir': 'second-place' });
    await bed.putTask(aTask({ ...taskOne(), id: 2 }));
    const { data } = await submit({ query: 'id=2' });
    await untilFinished(data?.['jobId']);
    expect(readdirSync(folder)).toContain('second-place');
  });

  it('an error of Flink that quotes it comes back with its name, and the line of the author', async () => {
    keep({ 'shop/dir': VALUE, 'shop/tag': 'first\nsecond\nthird-line' });
    const statement = `CREATE TABLE a (id BIGINT COMMENT '\${tag}') WITH ('connector' = 'blackhole');
CREATE TABLE b (id BIGINT) WITH ('connector' = '\${dir}');

INSERT INTO a SELECT id FROM b;`;
    await bed.putTask(aTask({ id: 3, statement, fragment: true }));
    const { code, msg } = await submit({ query: 'id=3' });
    expect(code).toBe(1);
    expect(msg).toContain('${dir}');
    await expectNoTrace();

    const wrong = `SELECT '\${tag}',\n  nope FROM (VALUES (1)) AS t(id)`;
    await bed.putTask(aTask({ id: 4, statement: wrong, fragment: true }));
    const refused = await submit({ query: 'id=4' });
    expect(refused.msg).toMatch(/line 2: Column 'nope' not found|line 2.*'nope'/);
    expect(JSON.stringify([refused, await bed.jobItems()])).not.toContain('third-line');
  });

  it('a preview and an EXPLAIN that show it show its name', async () => {
    keep({ 'shop/dir': VALUE });
    const statement = "EXPLAIN SELECT '${dir}' AS a; SELECT '${dir}' AS a, CHAR_LENGTH('${dir}') AS n;";
    await bed.putTask(aTask({ id: 5, statement, fragment: true, batchModel: true }));
    const { data } = await submit({ query: 'id=5' });
    // Flink had the value itself, all of it.
    expect((data?.['result'] as { rowData: object[] }).rowData).toEqual([{ a: '${dir}', n: String(VALUE.length) }]);
    expect(JSON.stringify(data?.['results'])).toContain('${dir}');
    await expectNoTrace();
  });

  it('is refused without a run when the secret is not there', async () => {
    keep({});
    await bed.putTask(aTask({ ...taskOne(), id: 6 }));
    const before = (await bed.jobItems()).filter(({ sk }) => sk === 'HEAD').length;
    const { code, msg, data } = await submit({ query: 'id=6' });
    expect({ code, data }).toEqual({ code: 1, data: null });
    expect(msg).toMatch(/\$\{dir\} has no value: the secret file:shop\/dir does not exist/);
    expect((await bed.jobItems()).filter(({ sk }) => sk === 'HEAD')).toHaveLength(before);
  });

  it('SHOW FRAGMENTS and SHOW FRAGMENT need no value', async () => {
    keep({});
    const statement = "place := 'file:///${dir}';\nSHOW FRAGMENTS;\nSHOW FRAGMENT place;";
    await bed.putTask(aTask({ id: 7, statement, fragment: true }));
    const { msg, data } = await submit({ query: 'id=7' });
    expect(msg).toBe('Execute Successfully');
    expect(data).toMatchObject({ status: 'SUCCESS', jobId: null });
    const results = data?.['results'] as { columns: string[]; rowData: Record<string, string>[] }[];
    expect(results.map(({ rowData }) => rowData)).toEqual([
      [{ variableName: 'dir' }, { variableName: 'place' }, { variableName: 'tag' }],
      [{ variable: "'file:///${dir}'" }],
    ]);
  });
});

function taskOne(): { statement: string; fragment: boolean; batchModel: boolean } {
  const statement = `${filesystem(`file://${folder}/\${dir}`)}
INSERT INTO out_files SELECT * FROM (VALUES (CAST(8 AS BIGINT))) AS t(id);`;
  return { statement, fragment: true, batchModel: true };
}
