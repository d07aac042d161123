import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyPath } from '../../cli/apply.ts';
import { definitionWriter } from '../../lib/adapters/dynamo/definition-writer.ts';
import { dynamoItems } from '../../lib/adapters/dynamo/items.ts';
import type { DefinitionWriter } from '../../lib/domain/ports.ts';
import { applyExamples } from '../../local/examples.ts';
import { startTestDynamodb, type TestDynamodb } from '../live/dynamodb.ts';

let dynamodb: TestDynamodb;
let table: DefinitionWriter;
beforeEach(async () => {
  dynamodb = await startTestDynamodb();
  table = definitionWriter(dynamoItems(dynamodb.client), dynamodb.definitionsTable);
});
afterEach(() => dynamodb.stop());

function folderWith(manifest: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'dinghy-examples-'));
  writeFileSync(join(folder, 'm.yaml'), manifest);
  return folder;
}

const silent = { out: () => undefined, err: () => undefined };
const MINE = "tasks: [{ id: 1, name: mine, type: local, statement: 'SHOW TABLES;' }]";

describe('examples at the start', () => {
  it('are applied to a table without tasks, and not a second time', async () => {
    expect(await applyExamples(table)).toMatch(/^Examples: \d+ created, 0 updated, 0 unchanged\.$/);
    const before = await table.list();
    expect(await applyExamples(table)).toBe('Examples: unchanged, 8 tasks defined');
    expect(await table.list()).toEqual(before);
  });

  it("never touch somebody's own task, nor add to it", async () => {
    await applyPath(folderWith(MINE), table, silent);
    const before = await table.list();
    expect(await applyExamples(table)).toBe('Examples: unchanged, 1 task defined');
    expect(await table.list()).toEqual(before);
  });

  it('that do not fit are named, and the start goes on', async () => {
    const said = await applyExamples(table, folderWith('tasks: [{ name: nothing-in-it }]'));
    expect(said).toMatch(/^Examples: not applied\. [^\n]*\n.*m\.yaml:1:\d+: error/);
    expect(await table.list()).toEqual([]);
  });

  it('that are not there are named, and the start goes on', async () => {
    expect(await applyExamples(table, '/nowhere')).toMatch(/^Examples: not applied .*\/nowhere/);
  });

  it('wait for no table that is out of reach', async () => {
    const absent = definitionWriter(dynamoItems(dynamodb.client), 'absent');
    expect(await applyExamples(absent)).toMatch(/^Examples: not applied \(.*absent/);
  });
});
