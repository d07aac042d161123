/** What makes two requests for work that is not stored the same, and what is shown of the number that their runs are kept under. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  identityText,
  LEAST_TASK_ID,
  shownTaskId,
  type TaskFields,
  unstoredTask,
  unstoredTaskId,
  withoutTaskNumber,
} from '../../../lib/domain/definition/described-task.ts';

const identityOf = (caller: string, fields: TaskFields): string =>
  createHash('sha256').update(identityText(caller, fields)).digest('hex');

const texts = fc.dictionary(fc.string(), fc.string(), { maxKeys: 4 });
const fields: fc.Arbitrary<TaskFields> = fc.record(
  {
    ...{ name: fc.string(), statement: fc.string(), type: fc.constantFrom('local', 'standalone') },
    ...{ clusterId: fc.integer({ min: 1 }), parallelism: fc.integer({ min: 1, max: 8 }), fragment: fc.boolean() },
    configJson: fc.record({ customConfig: texts, udfRefer: texts }),
  },
  { requiredKeys: [] },
);

const turned = (value: object): object =>
  Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]: [string, unknown]) => [
        key,
        typeof inner === 'object' && inner !== null ? turned(inner) : inner,
      ]),
  );

describe('two requests for work that is not stored', () => {
  it('are the same whatever the order of their fields, and wherever they start from', () => {
    fc.assert(
      fc.property(fc.string(), fields, fc.integer({ min: 0, max: 3 }), (caller, one, savePointStrategy) => {
        const other = { ...turned(one), savePointStrategy } as TaskFields;
        expect(identityOf(caller, other)).toBe(identityOf(caller, one));
      }),
    );
  });

  it('differ with each field, and with the caller', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fields, fields, (caller, otherCaller, one, other) => {
        const isSame = caller === otherCaller && JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
        expect(identityOf(caller, one) === identityOf(otherCaller, other)).toBe(isSame);
        expect(identityOf(`${caller}!`, one)).not.toBe(identityOf(caller, one));
        expect(identityOf(caller, { ...one, statement: `${one.statement ?? ''} ` })).not.toBe(identityOf(caller, one));
      }),
    );
  });
});

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, inner]) => [key, sorted(inner)]);
}

describe('the number of such work', () => {
  it('is negative, is kept without loss, and is never shown', () => {
    fc.assert(
      fc.property(fc.string(), fields, (caller, one) => {
        const id = unstoredTaskId({ identity: identityOf(caller, one) });
        expect(Number.isSafeInteger(id) && id < 0 && id >= LEAST_TASK_ID).toBe(true);
        expect(shownTaskId(id)).toBe(null);
        expect(withoutTaskNumber(`Run 7 of task ${id} failed: x`)).toBe('Run 7 failed: x');
        expect(withoutTaskNumber(`Task ${id} could not be claimed.`)).toBe(
          'The task of this request could not be claimed.',
        );
      }),
    );
    expect(unstoredTaskId({ identity: 'f'.repeat(64) })).toBe(LEAST_TASK_ID);
    expect(unstoredTaskId({ identity: '0'.repeat(64) })).toBe(-1);
  });

  it.each([
    ['Run 7 of task 12 failed', 'Run 7 of task 12 failed'],
    ['The subtask -1234567 of it', 'The subtask -1234567 of it'],
    ['customConfig of task 0: no', 'customConfig of the task of this request: no'],
    ['Task 0 (statement): no', 'The task of this request (statement): no'],
    ['task -3 of 5', 'task -3 of 5'],
  ])('%s becomes %s', (message, shown) => {
    expect(withoutTaskNumber(message)).toBe(shown);
  });

  it.each([
    [1, 1],
    [2147483647, 2147483647],
    [0, null],
    [-1, null],
  ])('%i is shown as %s', (id, shown) => {
    expect(shownTaskId(id)).toBe(shown);
  });
});

describe('a task that a request describes', () => {
  it('has the fields of the request, and says nothing where it gives none', () => {
    expect(unstoredTask({}, null)).toMatchObject({ id: 0, name: 'statement', type: 'local', statement: '' });
    const fields = { name: 'draft', statement: 'SELECT 1', parallelism: 2 };
    expect(unstoredTask(fields, null, 7)).toMatchObject({ id: 7, ...fields });
  });

  it.each([
    [{ clusterId: 4 }, { type: 'kubernetes-session' }, 'kubernetes-session'],
    [{ clusterId: 4, type: 'local' }, { type: 'yarn-session' }, 'yarn-session'],
    [{ clusterId: 4 }, null, 'standalone'],
    [{ clusterId: null }, null, 'local'],
    [{ type: 'kubernetes-application' }, null, 'kubernetes-application'],
    [{ clusterId: 4, type: 'yarn-per-job' }, { type: 'standalone' }, 'yarn-per-job'],
  ])('of %j, on the cluster %j, is of type %s', (fields, cluster, type) => {
    expect(unstoredTask(fields, cluster).type).toBe(type);
  });
});
