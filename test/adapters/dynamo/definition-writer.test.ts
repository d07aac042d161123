import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definitionWriter, toNextId, toPut, toRaise } from '../../../lib/adapters/dynamo/definition-writer.ts';
import type { PutInput } from '../../../lib/adapters/dynamo/items.ts';
import { TASK_DEFAULTS, type TaskDefinition } from '../../../lib/domain/definition/definitions.ts';
import { type DefinitionsTable, startDefinitionsTable } from '../../cli/definitions-table.ts';

const task = (change: Partial<TaskDefinition> = {}): TaskDefinition => ({
  ...TASK_DEFAULTS,
  id: 3,
  version: 1,
  name: 'a',
  type: 'local',
  statement: 'SELECT 1',
  ...change,
});

describe('Requests', () => {
  it('puts a task on condition of the version that was read', () => {
    expect(toPut('t', 'TASK', task({ version: 2 }), { version: 1 })).toEqual({
      TableName: 't',
      Item: { pk: 'TASK#3', sk: 'TASK', schemaVersion: 1, ...task({ version: 2 }) },
      ConditionExpression: '#version = :version',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':version': 1 },
    });
  });

  it('puts what is new only where nothing is', () => {
    const variable = { name: 'v', value: 'x', note: null };
    expect(toPut('t', 'VARIABLES', variable, 'nothing')).toEqual({
      TableName: 't',
      Item: { pk: 'VARIABLES', sk: 'v', schemaVersion: 1, ...variable },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
  });

  it('counts by ADD, and raises on condition', () => {
    expect(toNextId('t', 'TASK')).toMatchObject({ Key: { pk: 'COUNTER', sk: 'TASK' }, ReturnValues: 'UPDATED_NEW' });
    expect(toNextId('t', 'TASK').UpdateExpression).toContain('ADD n :one');
    expect(toRaise('t', 'CLUSTER', 9).ConditionExpression).toBe('attribute_not_exists(n) OR n < :to');
  });

  it('refuses a statement that is too large', () => {
    const large = task({ statement: 'x'.repeat(262_145) });
    expect(() => toPut('t', 'TASK', large, 'nothing')).toThrow(expect.objectContaining({ code: 'sql.tooLarge' }));
  });
});

describe('On a table', () => {
  let db: DefinitionsTable;
  let table: string;
  beforeAll(async () => {
    db = await startDefinitionsTable();
    table = await db.create();
  });
  afterAll(() => db.stop());

  it('is a conflict when the version has moved on, and nothing is written', async () => {
    const writer = definitionWriter(db.items, table);
    expect(await writer.put('TASK', task(), 'nothing')).toBe('written');
    expect(await writer.put('TASK', task({ version: 2 }), { version: 1 })).toBe('written');
    expect(await writer.put('TASK', task({ version: 2, name: 'b' }), { version: 1 })).toBe('conflict');
    expect(await writer.put('TASK', task({ name: 'b' }), 'nothing')).toBe('conflict');
    const { Item } = await db.client.send(new GetCommand({ TableName: table, Key: { pk: 'TASK#3', sk: 'TASK' } }));
    expect(Item).toMatchObject({ version: 2, name: 'a' });
  });

  it('takes a failed condition for written when the item is the one it wrote', async () => {
    // As after a lost answer: the SDK sends again, and the second request meets what the first has written.
    const put = async (input: PutInput): Promise<boolean> => {
      await db.items.put(input);
      return await db.items.put(input);
    };
    const writer = definitionWriter({ ...db.items, put }, table);
    expect(await writer.put('TASK', task({ id: 4 }), 'nothing')).toBe('written');
  });

  it('hands out numbers above those that were raised to', async () => {
    const writer = definitionWriter(db.items, table);
    expect(await writer.nextId('CLUSTER')).toBe(1);
    await writer.raiseCounter('CLUSTER', 10);
    await writer.raiseCounter('CLUSTER', 5);
    expect(await writer.nextId('CLUSTER')).toBe(11);
  });

  it('puts what is known by its name over whatever is there', async () => {
    const writer = definitionWriter(db.items, await db.create());
    const variable = { name: 'v', value: 'x', note: null };
    for (const value of ['x', 'y'])
      expect(await writer.put('VARIABLES', { ...variable, value }, 'anything')).toBe('written');
    expect((await writer.list()).map(({ item }) => item['value'])).toEqual(['y']);
  });

  it('lists all definitions, over the pages of a scan', async () => {
    const writer = definitionWriter(db.items, await db.create());
    const value = 'x'.repeat(300_000); // a page of DynamoDB ends at 1 MB
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await writer.put('VARIABLES', { name, value, note: null }, 'nothing');
    expect((await writer.list()).map(({ item }) => item.sk)).toEqual(names);
  });

  it('lists definitions and no counters', async () => {
    const listed = await definitionWriter(db.items, table).list();
    expect(listed.map(({ kind }) => kind)).toEqual(['TASK', 'TASK']);
  });
});
