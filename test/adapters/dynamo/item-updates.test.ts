/** What a change of an item asks of DynamoDB (protocol.md section 2): each attribute by a placeholder, a head on condition of its version. */
import { describe, expect, it } from 'vitest';
import {
  claimName,
  fromHeadItem,
  toHeadItem,
  toHeadUpdate,
  toTaskClaims,
} from '../../../lib/adapters/dynamo/job-items.ts';
import { toUpdate } from '../../../lib/adapters/dynamo/update-expression.ts';
import { NO_CLAIMS } from '../../../lib/domain/run/claims.ts';
import { headAt } from '../../builders/a-head.ts';
import { thrownAppError } from '../../builders/app-error-of.ts';

describe('an update', () => {
  it('sets, removes, adds and takes out, each attribute by a placeholder', () => {
    const update = toUpdate({
      ...{
        set: { owner: 'a', n: 1 },
        remove: ['old', 'older'],
        add: { seq: 2, marks: 3 },
        delete: { gone: 4, left: 5 },
      },
      ...{ condition: '#claim = :seen', values: { seen: 7 }, names: { claim: 'c#fp' } },
    });
    expect(update).toEqual({
      UpdateExpression:
        'SET #owner = :owner, #n = :n REMOVE #old, #older ADD #seq :seq, #marks :marks DELETE #gone :gone, #left :left',
      ConditionExpression: '#claim = :seen',
      ExpressionAttributeNames: {
        ...{ '#owner': 'owner', '#n': 'n', '#old': 'old', '#older': 'older', '#seq': 'seq', '#marks': 'marks' },
        ...{ '#gone': 'gone', '#left': 'left', '#claim': 'c#fp' },
      },
      ExpressionAttributeValues: {
        ...{ ':owner': 'a', ':n': 1, ':seq': 2, ':marks': 3, ':gone': 4, ':left': 5, ':seen': 7 },
      },
    });
  });

  it('has no clause for what it does not do', () => {
    expect(toUpdate({ add: { n: 1 } })).toEqual({
      UpdateExpression: 'ADD #n :n',
      ConditionExpression: undefined,
      ExpressionAttributeNames: { '#n': 'n' },
      ExpressionAttributeValues: { ':n': 1 },
    });
    expect(toUpdate({ remove: ['a'] }).UpdateExpression).toBe('REMOVE #a');
    expect(toUpdate({ delete: { a: 1 } }).UpdateExpression).toBe('DELETE #a :a');
  });
});

describe('a change of a head', () => {
  it('is the next version, on condition of the one that was read, with what is null removed', () => {
    const head = headAt(5, { v: 7, missedAt: 9 });
    const { next, update } = toHeadUpdate(head, { status: 'RUNNING', missedAt: null }, null, 'n2');
    expect(next).toEqual({ ...head, status: 'RUNNING', missedAt: null, v: 8, nonce: 'n2' });
    expect(update).toMatchObject({
      ConditionExpression: '#v = :read',
      ExpressionAttributeValues: { ':read': 7, ':v': 8, ':nonce': 'n2', ':status': 'RUNNING' },
    });
    expect(update.UpdateExpression).toMatch(/^SET .* REMOVE #missedAt$/);
    expect(update.ExpressionAttributeValues).not.toHaveProperty(':missedAt');
    expect(update.UpdateExpression).not.toMatch(/REMOVE.*#status/);
  });

  it('belongs to the run of its key: one that says another number is not read', () => {
    const item = toHeadItem(headAt(5, { id: 21 }));
    expect(fromHeadItem(undefined)).toBeNull();
    const { code, message } = thrownAppError(() => fromHeadItem({ ...item, id: 22 }));
    expect([code, message]).toEqual([
      'store.invalid',
      expect.stringContaining(
        'The item RUN#21, HEAD of the Jobs table can\'t be read: its attribute "id" must be 21, as in its key, not 22.',
      ),
    ]);
    expect(thrownAppError(() => fromHeadItem({ ...item, sk: 'X' })).message).toContain(
      'it is in an index of runs, but its key is not "RUN#<number>", "HEAD"',
    );
  });
});

describe('the claims of a task', () => {
  it('are the attributes that are named by them; a task that is not there has none', () => {
    expect(claimName('fp')).toBe('c#fp');
    const item = { pk: 'TASK#7', sk: 'TASK', claimSeq: 3, latestRunId: 21, [claimName('a')]: 20, [claimName('b')]: 21 };
    expect(toTaskClaims(item)).toEqual({ claims: { a: 20, b: 21 }, claimSeq: 3, latestRunId: 21 });
    expect(toTaskClaims(undefined)).toEqual(NO_CLAIMS);
  });
});
