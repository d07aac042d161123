/** An oracle that finds nothing is worth something only when it finds what is there. */
import { describe, expect, it } from 'vitest';
import { newRun } from '../../../lib/domain/run/new-run.ts';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { LedgerJob } from './ledger.ts';
import { judge } from './oracle.ts';
import { Verdicts } from './verdicts.ts';

const ID = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);

function head(changes: Partial<RunHead>): RunHead {
  const made = newRun(
    {
      id: 1,
      kind: 'job',
      taskId: 1,
      taskVersion: 1,
      fp: 'fp',
      name: 'streaming',
      step: 2,
      clusterId: null,
      hosts: 'jm:8081',
      address: 'jm:8081',
      jmId: 'first',
      highAvailability: false,
      jobId: ID,
      once: false,
      savePointPath: null,
      writer: 'w',
      createdBy: 'c',
      nonce: 'n',
    },
    0,
  );
  return { ...made, ...changes };
}

function job(changes: Partial<LedgerJob> = {}): LedgerJob {
  return { id: ID, name: 'streaming', state: 'RUNNING', startAt: 10, endAt: Infinity, process: 0, ...changes };
}

function found(
  heads: readonly RunHead[],
  jobs: readonly LedgerJob[],
  starts: readonly [string, number[]][] = [],
  jmId = 'first',
  mains: readonly number[] = [],
) {
  const verdicts = new Verdicts();
  const ledger = { jobs, process: 0, jobsOf: (id: string | null) => jobs.filter((one) => one.id === id) };
  const byId = new Map(heads.map((one) => [one.id, one]));
  judge({ heads: byId, ledger, takenOn: new Map(starts), mains: new Map([[ID, mains]]), jmId, verdicts }, [
    { runId: 1, key: null, caller: 'c', duplicate: false },
  ]);
  return verdicts.all.map(({ kind }) => kind);
}

const running = head({ status: 'RUNNING', submitStatus: 'SUCCESS' });
const ended = (state: string): LedgerJob => job({ state, endAt: 20 });

describe('the oracle of the real chaos', () => {
  it('has nothing to say when record and Flink agree', () => {
    expect(found([running], [job()], [[ID, [0]]])).toEqual([]);
    expect(found([head({ status: 'FINISHED', submitStatus: 'SUCCESS' })], [ended('FINISHED')])).toEqual([]);
  });

  it('finds a job that was taken on twice, a second live job of the same name, and one that belongs to no run', () => {
    expect(found([running], [job()], [[ID, [0, 0]]])).toEqual(['duplicate']);
    const second = head({ id: 2, jobId: OTHER, status: 'RUNNING', submitStatus: 'SUCCESS' });
    expect(found([running, second], [job(), job({ id: OTHER })])).toEqual(['duplicate']);
    expect(found([running], [job(), job({ id: OTHER, name: 'another' })])).toEqual(['duplicate']);
  });

  it('finds a main() that ran more often than it was sent, or more than once', () => {
    const again = (changes: Partial<RunHead>, mains: number[]) =>
      found([{ ...running, ...changes }], [job()], [[ID, [0]]], 'first', mains);
    expect(again({ sends: 2 }, [0, 0])).toEqual([]);
    expect(again({ sends: 2 }, [0, 0, 0])).toEqual(['duplicate']);
    expect(again({ once: true, sends: 2 }, [0, 0])).toEqual(['duplicate']);
  });

  it('finds runs that are lost', () => {
    expect(found([head({})], [])).toEqual(['lost']);
    expect(found([running], [])).toEqual(['lost']);
    expect(found([], [])).toEqual(['lost']);
    const took = { status: 'FAILED', submitStatus: 'FAILED', error: 'Flink accepted none of 1 submission' } as const;
    expect(found([head(took)], [])).toEqual(['lost']);
  });

  it.each([
    ['FAILED', 'FINISHED'],
    ['FINISHED', 'FAILED'],
    ['CANCELED', 'FINISHED'],
    ['UNKNOWN', 'FINISHED'],
  ] as const)('finds that %s is not what Flink says: %s', (status, state) => {
    const cancelAskedAt = status === 'CANCELED' ? 5 : null;
    expect(found([head({ status, error: 'x', cancelAskedAt })], [ended(state)])).toEqual(['wrong final']);
  });

  it('finds a run that is over while its job lives, and lets UNKNOWN pass when the JobManager has forgotten', () => {
    expect(found([head({ status: 'FINISHED' })], [job({ state: 'FINISHED' })])).toEqual(['wrong final']);
    expect(found([head({ status: 'UNKNOWN', error: 'x' })], [], [], 'second')).toEqual([]);
  });
});
