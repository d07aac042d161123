/**
 * A deployment from beginning to end, with the commands of docs/operate/deploy.md: the real template, zips and roles on an
 * emulator of AWS, and a real Flink. The tests are the steps of one story and need those before them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ROOT } from '../../local/paths.ts';
import { type Emulator, REGION, startEmulator } from './emulator.ts';
import { ProjectCopy } from './project-copy.ts';

const MINUTE = 60_000;
const STAGE = 'prod';
const ON_STAGE = `--stage ${STAGE} --region ${REGION}`;
const TABLES = `--table dinghy-definitions-${STAGE}`;
/** The reconciler and schedules of a minute first run after a minute. */
const A_SCHEDULE_MS = 5 * MINUTE;
const STORY_MS = 15 * MINUTE;

interface Envelope {
  readonly code: number;
  readonly msg: string;
  readonly success: boolean;
  readonly data: Readonly<Record<string, unknown>> | null;
}

let aws: Emulator;
let project: ProjectCopy;
let api = '';
let key = '';

beforeAll(async () => {
  aws = await startEmulator();
  project = new ProjectCopy(aws);
}, 10 * MINUTE);
afterAll(async () => {
  await aws.stop();
  project.remove();
});

async function run(command: string): Promise<string> {
  const { code, said } = await project.run(command);
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${said}`);
  return said;
}

/** The deployment is refused, and the function is as it was. */
async function refused(command: string): Promise<string> {
  const before = await functionNow();
  const { code, said } = await project.run(command);
  expect(code).not.toBe(0);
  expect(await functionNow()).toEqual(before);
  return said;
}

/** Null: there is none. */
async function functionNow(): Promise<unknown> {
  const path = `/2015-03-31/functions/dinghy-${STAGE}-submit/configuration`;
  return await aws.rest('lambda', 'GET', path, {}).catch(() => null);
}

async function ask(path: string, init: RequestInit = {}): Promise<Envelope> {
  const reply = await fetch(api + path, {
    headers: { 'dinky-token': key, 'content-type': 'application/json' },
    ...init,
  });
  expect(reply.status).toBe(200);
  return (await reply.json()) as Envelope;
}

/** The same, of a call that must succeed: what it says, when it doesn't, is in the failure. */
async function asked(path: string, init: RequestInit = {}): Promise<Readonly<Record<string, unknown>>> {
  const { code, msg, data } = await ask(path, init);
  expect({ path, code, msg }).toEqual({ path, code: 0, msg: expect.any(String) as string });
  return data ?? {};
}

async function submit(id: number): Promise<Readonly<Record<string, unknown>>> {
  const { data, msg } = await ask(`/openapi/submitTask?id=${id}`);
  expect({ msg, data }).toMatchObject({ data: { success: true, status: 'SUCCESS' } });
  return data ?? {};
}

const statusOf = async (run: unknown): Promise<unknown> =>
  (await ask(`/openapi/getJobInstance?id=${String(run)}`)).data?.['status'];

async function findApi(): Promise<void> {
  const outputs = await run(`npx serverless info --verbose ${ON_STAGE}`);
  api = await aws.openApi(/HttpApiId: (\S+)/.exec(outputs)?.[1] ?? '');
}

describe('a deployment', () => {
  it('is made by one command, with the settings of its stage', { timeout: STORY_MS }, async () => {
    const { gatewayUrl, restUrl } = inject('flink');
    project.write(`stages/${STAGE}.yml`, `sqlGatewayUrl: ${gatewayUrl}\nflinkRest: ${new URL(restUrl).host}\n`);
    await run(`npm run deploy -- ${ON_STAGE}`);
    await findApi();
    expect((await fetch(`${api}/health`)).status).toBe(200);
  });

  it('lets in who has a key', async () => {
    expect(await ask('/openapi/submitTask?id=1')).toMatchObject({
      code: 1,
      msg: expect.stringMatching(/key/i) as string,
    });
    key = (await run(`npx dinghy keys create nightly ${TABLES} --region ${REGION} 2>/dev/null`)).trim();
    await run(`npx dinghy apply examples ${TABLES} --region ${REGION}`);
    await asked('/openapi/tasks');
  });

  it('starts a job on Flink, shows it and cancels it', { timeout: STORY_MS }, async () => {
    const { id, jobId } = await submit(1);
    await expect.poll(() => statusOf(id)).toBe('RUNNING');
    const { state } = (await (await fetch(`${inject('flink').restUrl}/jobs/${String(jobId)}`)).json()) as {
      state: string;
    };
    expect(state).toBe('RUNNING');
    expect(await ask('/openapi/submitTask?id=1')).toMatchObject({ data: { id, duplicate: true } });
    await asked('/openapi/cancel?id=1');
    await expect.poll(() => statusOf(id)).toBe('CANCELED');
  });

  it('explains a statement and tells what is wrong with a task', { timeout: STORY_MS }, async () => {
    await asked('/openapi/explainSql', { method: 'POST', body: JSON.stringify({ id: 1 }) });
    expect(await ask('/openapi/submitTask?id=99')).toMatchObject({ code: 1 });
  });

  it('records what happens while nobody looks: the reconciler runs by itself', { timeout: STORY_MS }, async () => {
    const { id, jobId } = await submit(5);
    await expect.poll(() => statusOf(id)).toBe('RUNNING');
    await fetch(`${inject('flink').restUrl}/jobs/${String(jobId)}`, { method: 'PATCH' });
    // Read from the table, since a poll would ask Flink.
    const head = async (): Promise<unknown> => {
      const Key = { pk: { S: `RUN#${String(id)}` }, sk: { S: 'HEAD' } };
      const answer = await aws.call('dynamodb', 'DynamoDB_20120810.GetItem', {
        TableName: `dinghy-jobs-${STAGE}`,
        Key,
      });
      return (answer['Item'] as { status: { S: string } }).status.S;
    };
    await expect.poll(head, { timeout: A_SCHEDULE_MS, interval: 1_000 }).toBe('CANCELED');
  });
});

describe('an update', () => {
  it('that would reset a setting, or has one that is unknown or bad, is refused', { timeout: STORY_MS }, async () => {
    const gateway = inject('flink').gatewayUrl;
    project.write(`stages/${STAGE}.yml`, `sqlGatewayUrl: ${gateway}\n`);
    expect(await refused(`npm run deploy -- ${ON_STAGE}`)).toContain(
      'missing now: flinkRest. Write them into stages/prod.yml',
    );
    project.write(`stages/${STAGE}.yml`, `sqlGatewayUrl: ${gateway}\nflinkrest: jm:8081\n`);
    expect(await refused(`npm run deploy -- ${ON_STAGE}`)).toContain(
      'stages/prod.yml: there is no setting "flinkrest". Did you mean "flinkRest"?',
    );
    await asked('/openapi/tasks');
  });

  // The page names the rule by the path $.resources[0], which the emulator does not read: its name for the same ARN is used.
  it('brings schedules, which start tasks', { timeout: STORY_MS }, async () => {
    const { gatewayUrl, restUrl } = inject('flink');
    project.write(`stages/${STAGE}.yml`, `sqlGatewayUrl: ${gatewayUrl}\nflinkRest: ${new URL(restUrl).host}\n`);
    project.edit('serverless.yml', (text) =>
      text.replace(
        /( {2}scheduled:\n {4}handler: .*\n)/,
        `$1    events:
      - schedule:
          rate: rate(1 minute)
          inputTransformer:
            inputPathsMap: { time: $.time }
            inputTemplate: '{"scheduleArn": <aws.events.rule-arn>, "scheduledTime": <time>, "taskId": 4}'
`,
      ),
    );
    // The policy of the bucket refuses requests without TLS, which the emulator lacks, to all but the owner of the account.
    project.edit('serverless.yml', (text) =>
      text.replace(/( +)blockPublicAccess: true\n/, '$&$1skipPolicySetup: true\n'),
    );
    await run(`npm run deploy -- ${ON_STAGE}`);
    const outputs = await run(`npx serverless info --verbose ${ON_STAGE}`);
    await aws.rest('scheduler', 'POST', '/schedules/each-minute', {
      ScheduleExpression: 'rate(1 minute)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: /ScheduledSubmitArn: (\S+)/.exec(outputs)?.[1],
        RoleArn: 'arn:aws:iam::000000000000:role/scheduler',
        // The emulator puts nothing in the place of <aws.scheduler.…>: each time is the same slot here.
        Input: JSON.stringify({ scheduleArn: 'each-minute', scheduledTime: '2026-01-31T02:00:00Z', taskId: 2 }),
      },
    });
    for (const task of [4, 2]) {
      const latest = async () => (await ask(`/openapi/getJobInstanceByTaskId?id=${task}`)).data;
      await expect.poll(latest, { timeout: A_SCHEDULE_MS, interval: 1_000 }).toMatchObject({ taskId: task });
    }
    await aws.rest('scheduler', 'DELETE', '/schedules/each-minute', {});
    await asked('/openapi/cancel?id=2');
  });
});

describe('the schedules of a task', () => {
  const manifest = (schedules: string): string => `tasks:
  - id: 50
    name: nightly-numbers
    type: local
    statement: |
      CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1');
      CREATE TABLE nowhere (n BIGINT, d STRING) WITH ('connector' = 'blackhole');
      INSERT INTO nowhere SELECT n, '\${day}' FROM numbers;
${schedules}`;
  const APPLY = `npx dinghy apply nightly.yaml ${TABLES} --region ${REGION}`;
  const there = () => aws.rest('scheduler', 'GET', `/schedules/50.nightly?groupName=dinghy-${STAGE}`, {});
  const deliver = (scheduledTime: string) =>
    aws.rest('lambda', 'POST', `/2015-03-31/functions/dinghy-${STAGE}-scheduled/invocations`, {
      ...{ taskId: 50, schedule: 'nightly' },
      scheduledTime,
    });

  it('are made in the group of the stage by apply, once', { timeout: STORY_MS }, async () => {
    const nightly = `    schedules:
      - name: nightly
        cron: 0 2 * * ? *
        timeZone: Europe/Berlin
        variables: { day: '\${slot.date}' }
`;
    project.write('nightly.yaml', manifest(nightly));
    expect(await run(APPLY)).toContain('created    schedule 50.nightly');
    expect(await there()).toMatchObject({
      ...{ ScheduleExpression: 'cron(0 2 * * ? *)', ScheduleExpressionTimezone: 'Europe/Berlin', State: 'ENABLED' },
      Target: {
        Arn: expect.stringContaining(`dinghy-${STAGE}-scheduled`) as string,
        RoleArn: expect.stringContaining('role/') as string,
        Input: '{"taskId":50,"schedule":"nightly","scheduledTime":"<aws.scheduler.scheduled-time>"}',
        DeadLetterConfig: { Arn: expect.stringContaining('FailedSchedulesQueue') as string },
      },
    });
    expect(await run(APPLY)).toContain('unchanged  schedule 50.nightly');
  });

  // The emulator puts nothing in the place of <aws.scheduler.…>: the slot is delivered as Scheduler would.
  it('start one run for a slot, and none while it is live', { timeout: STORY_MS }, async () => {
    const slot = new Date(Date.now() - MINUTE).toISOString();
    const first = await deliver(slot);
    expect(first).toMatchObject({
      success: true,
      duplicate: false,
      statement: expect.stringContaining(slot.slice(0, 10)) as string,
    });
    expect(await deliver(slot)).toMatchObject({ id: first['id'], duplicate: true });
    expect(await deliver(new Date().toISOString())).toMatchObject({ skipped: true, runId: first['id'] });
    await asked('/openapi/cancel?id=50');
  });

  it('are removed when they are gone', { timeout: STORY_MS }, async () => {
    project.write('nightly.yaml', manifest(''));
    expect(await run(APPLY)).toContain('removed    schedule 50.nightly');
    await expect(there()).rejects.toThrow(/does not exist/);
  });
});

describe('a user with the rights of the page, and no others', () => {
  it('can not read what is in the tables', { timeout: STORY_MS }, async () => {
    project.become(await aws.userWith(readFileSync(join(ROOT, 'docs/operate/deploy-policy.json'), 'utf8')));
    const { code, said } = await project.run(`npx dinghy list ${TABLES} --region ${REGION}`);
    expect(code).toBe(1);
    expect(said).toMatch(/not authorized/);
  });

  it('removes the stage, which leaves the tables, and makes it again over them', { timeout: STORY_MS }, async () => {
    const runs = async (): Promise<unknown[]> => {
      const { runs: shown } = (await asked('/openapi/runs?limit=100')) as { runs: readonly { id: number }[] };
      return shown.map(({ id }) => id);
    };
    const before = await runs();
    expect(before).not.toEqual([]);
    await run(`npx serverless remove ${ON_STAGE}`);
    expect(await refused(`npm run deploy -- ${ON_STAGE}`)).toContain('tables=existing');
    await run(`npm run deploy -- ${ON_STAGE} --param tables=existing`);
    await findApi();
    expect(await runs()).toEqual(expect.arrayContaining(before));
    expect(await submit(1)).toMatchObject({ duplicate: false });
    await asked('/openapi/cancel?id=1');
  });
});
