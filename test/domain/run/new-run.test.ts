/** The first state of a number: a run, or nothing that will ever be one. */
import { expect, it } from 'vitest';
import { voidHead } from '../../../lib/domain/run/new-run.ts';
import { isSameHead } from '../../../lib/domain/run/run.ts';

it('a void number says nothing of a run, and has nothing left to do', () => {
  expect(voidHead(7, 3, 'w1', 1_000)).toMatchObject({
    ...{ id: 7, taskId: 3, v: 1, kind: 'none', status: 'VOID', submitStatus: 'CANCEL' },
    ...{ name: '', hosts: '', address: '', fp: '', createdBy: '', jobId: null, jmId: null, clusterId: null },
    ...{ sends: 0, open: [], finishedAt: 1_000, active: null },
    events: [{ seq: 1, at: 1_000, status: 'VOID', cause: 'claimed, but never submitted', by: 'w1' }],
  });
});

it('two void numbers of one writer are the same, of two they are not', () => {
  expect(isSameHead(voidHead(7, 3, 'w1', 1_000), voidHead(7, 3, 'w1', 2_000))).toBe(true);
  expect(isSameHead(voidHead(7, 3, 'w1', 1_000), voidHead(7, 3, 'w2', 1_000))).toBe(false);
});
