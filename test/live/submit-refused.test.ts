/**
 * What Flink refuses before it submits anything: the run ends at once with Flink's reason and the author's line, and the
 * mended definition runs. That no job was started is asked of the JobManager.
 */
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { aTask } from '../fakes/memory-definitions.ts';
import { type Live, startLive } from './live.ts';

const { restUrl } = inject('flink');
let live: Live;

beforeAll(async () => {
  live = await startLive();
});

afterEach(async () => {
  await live.endJobs();
});

afterAll(async () => {
  await live.stop();
});

const TABLES = `CREATE TABLE src (id BIGINT, name STRING) WITH ('connector' = 'datagen', 'rows-per-second' = '1');
CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole');
CREATE TABLE grouped (name STRING, n BIGINT) WITH ('connector' = 'filesystem', 'path' = '/tmp/nowhere', 'format' = 'json');
`;
const GROUPED = `${TABLES}INSERT INTO grouped SELECT name, COUNT(*) FROM src GROUP BY name`;
const INSERT = `${TABLES}INSERT INTO snk SELECT id FROM src`;

/** What a person reads: where, and what. */
const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  [
    'INSERT OVERWRITE into what only grows',
    `${TABLES}INSERT OVERWRITE snk SELECT id FROM src`,
    /^line 4 \(see CREATE TABLE snk in line 2\): INSERT OVERWRITE requires that the underlying DynamicTableSink of table '.*snk' implements the SupportsOverwrite interface\.$/,
  ],
  [
    'a time to live that is none',
    `SET 'table.exec.state.ttl' = 'abc';\n${TABLES}INSERT INTO snk SELECT COUNT(*) FROM src`,
    /^line 1: Could not parse value 'abc' for key 'table\.exec\.state\.ttl'\.$/,
  ],
  [
    'a changing result into a file',
    GROUPED,
    /^line 4: Table sink '.*grouped' doesn't support consuming update changes/,
  ],
  [
    'a checkpoint interval that is none',
    `SET 'execution.checkpointing.interval' = 'soon';\n${INSERT}`,
    /^line 1: Could not parse value 'soon' for key 'execution\.checkpointing\.interval'\.$/,
  ],
  [
    'a setting that Flink 2 reads in the JobManager',
    `SET 'state.changelog.enabled' = 'maybe';\n${INSERT}`,
    /^line 1: Could not parse value 'maybe' for key 'state\.changelog\.enabled': Unrecognized option for boolean: maybe\./,
  ],
  [
    'a parallelism that is none',
    `SET 'parallelism.default' = 'many';\n${INSERT}`,
    /^line 1: Could not parse value 'many' for key 'parallelism\.default'\.$/,
  ],
  [
    'a description mode that is none',
    `SET 'pipeline.vertex-description-mode' = 'NICE';\n${INSERT}`,
    /^line 1: Could not parse value 'NICE' for key 'pipeline\.vertex-description-mode': Expected one of: .*TREE/,
  ],
  [
    'an order that no stream has',
    `${INSERT} ORDER BY id`,
    /^line 4: Sort on a non-time-attribute field is not supported\.$/,
  ],
  ['a table that is not there', `${TABLES}INSERT INTO snk SELECT id FROM nosuch`, /Object 'nosuch' not found/],
  [
    'a connector that is not there',
    INSERT.replace("'blackhole'", "'nosuch'"),
    /^line 4 \(see CREATE TABLE snk in line 2\): Unable to create a sink for writing table '[\w.]*snk' .*Could not find any factory for identifier 'nosuch'/,
  ],
  [
    'a file system that Flink does not know',
    `${TABLES}EXECUTE PLAN 'abc://plans/orders.json'`,
    /^line 4: .*'abc:\/\/plans\/orders\.json'.*scheme 'abc'|No such file/,
  ],
  [
    'a function whose class is not there',
    `CREATE TEMPORARY FUNCTION twice AS 'demo.Twice';\n${TABLES}INSERT INTO snk SELECT twice(id) FROM src`,
    /^line \d.*demo\.Twice/,
  ],
  ['one INSERT of two', `${INSERT};\nINSERT OVERWRITE snk SELECT id + 1 FROM src`, /INSERT OVERWRITE requires/],
  [
    'a preview',
    `${TABLES}SELECT id FROM src ORDER BY id`,
    /^line 4: Sort on a non-time-attribute field is not supported\.$/,
  ],
];

describe('what Flink refuses', () => {
  it.each(REFUSED)(
    '%s: the run fails with the reason and the line, and nothing was started',
    async (_what, sql, reason) => {
      const { data, msg, runId, jobId } = await live.submit(sql);
      expect(data).toMatchObject({ status: 'FAILED', success: false });
      expect(data['error']).toMatch(reason);
      expect(msg).toBe(`Run ${runId} of task ${taskOf(data)} failed: ${String(data['error'])}`);
      expect(await live.item(runId, 'HEAD')).toMatchObject({ status: 'FAILED', sends: 1, open: [] });
      if (jobId !== '') expect((await fetch(`${restUrl}/jobs/${jobId}`)).status).toBe(404);
    },
  );

  it('what the JobManager refuses is told at its SET too', async () => {
    const { data } = await live.submit(`\nSET 'restart-strategy.type' = 'nosuch';\n${INSERT}`);
    expect(data).toMatchObject({ status: 'FAILED', success: false });
    expect(data['error']).toMatch(/SET 'restart-strategy\.type' in line 2\)?: .*nosuch/);
  });

  it('why a job fails later is told with its operators, which are called like tables', async () => {
    const few = "CREATE TABLE few (id BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '3');\n";
    const task = `SET 'restart-strategy.type' = 'none';\n${few}${TABLES}INSERT INTO snk SELECT 1 / (id - id) FROM few`;
    const { runId } = await live.submit(task);
    await expect.poll(async () => (await live.poll(runId))['status']).toBe('FAILED');
    expect((await live.poll(runId))['error']).toMatch(/^Source: few\[\d+\].*: \/ by zero$/);
  });

  it('the mended task runs at once', async () => {
    const task = aTask({ id: 900, statement: `${TABLES}INSERT OVERWRITE snk SELECT id FROM src` });
    await live.bed.putTask(task);
    const refused = await live.resubmit(900, {});
    expect(refused.data).toMatchObject({ status: 'FAILED' });
    await live.bed.putTask({ ...task, version: 2, statement: INSERT });
    const mended = await live.resubmit(900, {});
    expect(mended.data).toMatchObject({ status: 'SUCCESS', duplicate: false });
    expect((await live.job(mended.jobId)).state).toMatch(/^(?:CREATED|RUNNING|INITIALIZING)$/);
  });
});

function taskOf(data: Readonly<Record<string, unknown>>): number {
  return (data['jobConfig'] as { taskId: number }).taskId;
}
