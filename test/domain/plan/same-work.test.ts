/** Two runs of which Flink is sent the same. */
import { describe, expect, it } from 'vitest';
import type { RunBody } from '../../../lib/domain/plan/run-body.ts';
import { isSameWork } from '../../../lib/domain/plan/same-work.ts';

const SQL = 'SET a = b; INSERT INTO snk SELECT 1';

function body(plan: Partial<RunBody['plan']> = {}, changes: Partial<RunBody> = {}): RunBody {
  return {
    statement: SQL,
    plan: {
      steps: [{ via: 'configure', segments: [[0, 9]], start: 0 }],
      job: { kind: 'job', segments: [[11, SQL.length]], start: 11 },
      properties: { p: '1', q: '2' },
      ...{ savePointPath: null, once: false, readOnly: false, maxRowNum: 100, useChangeLog: false },
      ...{ sources: [], secrets: {}, sensitive: [], warnings: [], origins: {} },
      ...plan,
    },
    jobConfig: {} as RunBody['jobConfig'],
    gatewayUrl: 'http://gw:8083',
    ...changes,
  };
}

describe('the work of two runs', () => {
  it.each<[string, RunBody]>([
    ['all else is the same', body()],
    ['one starts from somewhere else', body({ savePointPath: 'file:/sp/1' })],
    ['their options were read in another order', body({ properties: { q: '2', p: '1' } })],
    [
      'the parts of a statement are stored in another way',
      body({ job: { kind: 'job', segments: [SQL.slice(11)], start: 11 } }),
    ],
    ['the rows of a preview are counted in another way', body({ maxRowNum: 5, useChangeLog: true })],
  ])('is the same when %s', (_what, other) => {
    expect(isSameWork(body(), other)).toBe(true);
  });

  it.each<[string, RunBody]>([
    ['another text', body({}, { statement: SQL.replace('1', '2') })],
    ['one statement more before the job', body({ steps: [] })],
    ['no job', body({ job: null })],
    ['another option', body({ properties: { p: '1', q: '3' } })],
    ['one option less', body({ properties: { p: '1' } })],
    ['another gateway', body({}, { gatewayUrl: 'http://other:8083' })],
  ])('is not the same with %s', (_what, other) => {
    expect(isSameWork(body(), other)).toBe(false);
    expect(isSameWork(other, body())).toBe(false);
  });
});
