/** What a task may do that starts a cluster for its job: one job, and nothing that somebody would have to read. */
import { describe, expect, it } from 'vitest';
import type { PlanJob } from '../../../lib/domain/plan/plan.ts';
import { forOwnCluster, type PlannedStart } from '../../../lib/domain/plan/plan-own-cluster.ts';
import { thrownAppError } from '../../builders/app-error-of.ts';

const insert: PlanJob = { kind: 'job', segments: ['INSERT INTO t SELECT 1'], start: 10 };
const step = { segments: ['CREATE TABLE t (a INT)'], start: 0, via: 'statement' } as const;
const planned = (changes: Partial<PlannedStart> = {}): PlannedStart => ({
  ...{ steps: [step], job: insert, kind: 'job', once: false, sessionOnly: true, readOnly: true },
  ...changes,
});
const silent = { kind: 'CREATE TABLE', givesRows: false, where: 'line 1' };
const shows = { kind: 'SHOW TABLES', givesRows: true, where: 'environment task 2, line 3' };

function refusal(type: string, changes: Partial<PlannedStart>, statements = [silent]): string {
  const { code, message } = thrownAppError(() => forOwnCluster(planned(changes), type, statements));
  expect(code).toBe('sql.refused');
  return message;
}

describe('a cluster that runs a script', () => {
  it('gets all statements in one text, and is asked for once', () => {
    const { steps, job, ...rest } = forOwnCluster(planned(), 'kubernetes-application', [silent]);
    expect(steps).toEqual([]);
    expect(job?.kind).toBe('script');
    expect(job?.segments.join('')).toBe('CREATE TABLE t (a INT);\nINSERT INTO t SELECT 1;\n');
    expect(rest).toEqual({ kind: 'job', once: true, sessionOnly: false, readOnly: false });
  });

  it.each(['kubernetes-application', 'yarn-application'])('of type %s shows nobody its rows', (type) => {
    const message = refusal(type, {}, [silent, shows]);
    expect(message).toContain(type);
    expect(message).toContain('SHOW TABLES (environment task 2, line 3) returns rows. Remove it');
  });
});

describe('a cluster that runs one job of a session', () => {
  it('leaves the statements before it to the session, rows too, and is asked for once', () => {
    expect(forOwnCluster(planned(), 'yarn-per-job', [shows])).toEqual(planned({ once: true }));
  });
});

it.each(['kubernetes-application', 'yarn-application', 'yarn-per-job'])('a cluster of type %s is for a job', (type) => {
  expect(refusal(type, { job: null })).toContain('this one starts no job. Add an INSERT');
  expect(refusal(type, { job: { ...insert, kind: 'preview' } })).toContain("can't have a preview");
  const jar = { uri: 's3://b/a.jar', entryClass: null, args: [], parallelism: null, allowNonRestoredState: false };
  expect(refusal(type, { job: { ...insert, ...jar, kind: 'jar' } })).toContain("can't run EXECUTE JAR");
});
