/** A line of the log, and the metrics that it carries. */
import { expect, it } from 'vitest';
import { jsonLog, type LogOptions } from '../../../lib/adapters/log/json-log.ts';

const OPTIONS: LogOptions = { level: 'info', service: 'dinghy-test', metrics: true };

function logged(options: Partial<LogOptions>, write: (log: ReturnType<typeof jsonLog>) => void) {
  const lines: string[] = [];
  write(jsonLog({ ...OPTIONS, ...options }, (line) => lines.push(line)));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

it('says the deployment, and counts nothing where nothing is counted', () => {
  const [line] = logged({}, (log) => log.warn('JobManager did not answer', { runId: 7 }));
  expect(line).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    message: 'JobManager did not answer',
    runId: 7,
    service: 'dinghy-test',
  });
});

it('carries metrics as the embedded metric format of CloudWatch has them', () => {
  const before = Date.now();
  const [line] = logged({}, (log) => log.info('submitted', { runId: 7, duplicate: true }));
  expect(line).toMatchObject({
    message: 'submitted',
    runId: 7,
    service: 'dinghy-test',
    Submits: 1,
    DuplicatesAvoided: 1,
  });
  const aws = line!['_aws'] as { Timestamp: number; CloudWatchMetrics: unknown };
  expect(aws.Timestamp).toBeGreaterThanOrEqual(before);
  expect(aws.CloudWatchMetrics).toEqual([
    {
      Namespace: 'Dinghy',
      Dimensions: [['service']],
      Metrics: [
        { Name: 'Submits', Unit: 'Count' },
        { Name: 'DuplicatesAvoided', Unit: 'Count' },
      ],
    },
  ]);
});

it('counts refusals by their code as well, and nothing else by it', () => {
  const [line] = logged({}, (log) =>
    log.info('answered', { verb: 'submit', success: false, durationMs: 3, code: 'task.notFound' }),
  );
  const { CloudWatchMetrics: found } = line!['_aws'] as { CloudWatchMetrics: Record<string, unknown>[] };
  expect(
    found.map(({ Dimensions, Metrics }) => [Dimensions, (Metrics as { Name: string }[]).map(({ Name }) => Name)]),
  ).toEqual([
    [[['service']], ['Submits', 'SubmitsRefused', 'SubmitDuration']],
    [[['service', 'code']], ['SubmitsRefused']],
  ]);
});

it('has no second directive where no metric is counted by the code', () => {
  const [line] = logged({}, (log) => log.info('submitted', { duplicate: false, code: 'x' }));
  expect((line!['_aws'] as { CloudWatchMetrics: unknown[] }).CloudWatchMetrics).toHaveLength(1);
});

it('writes a line that counts at every level: a quiet log must not silence an alarm', () => {
  const lines = logged({ level: 'error' }, (log) => {
    log.info('submitted', { duplicate: false });
    log.info('sweeping');
  });
  expect(lines.map(({ message }) => message)).toEqual(['submitted']);
});

it.each([
  ['metrics are off', { metrics: false }],
  ['the deployment has no name', { service: null }],
])('carries none where %s, and keeps to its level', (_, options) => {
  const [line, ...more] = logged({ ...options, level: 'info' }, (log) => log.info('submitted', { duplicate: false }));
  expect([line!['_aws'], line!['Submits'], more]).toEqual([undefined, undefined, []]);
  expect(logged({ ...options, level: 'warn' }, (log) => log.info('submitted', { duplicate: false }))).toEqual([]);
});

it('hides an API key, wherever it stands', () => {
  const lines: string[] = [];
  const key = `dk_${'a'.repeat(49)}`;
  jsonLog(OPTIONS, (line) => lines.push(line)).info('submitted', { duplicate: false, note: `with ${key}` });
  expect(lines[0]).not.toContain(key);
});
