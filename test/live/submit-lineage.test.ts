/**
 * getLineage on a real Flink: every query has the edges that its SQL says. With RECORD set, what Flink answered is kept in
 * test/vectors/lineage/, from which the unit tests work.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { jobManager } from '../../lib/adapters/flink/job-manager.ts';
import { sqlGateway } from '../../lib/adapters/flink/sql-gateway.ts';
import { systemClock } from '../../lib/adapters/system.ts';
import { isAtLeast } from '../../lib/domain/options/by-version.ts';
import { taskLineage } from '../../lib/usecases/task-lineage.ts';
import { LINEAGE_DDL, LINEAGE_QUERIES, scriptOf } from '../domain/lineage/queries.ts';
import { shownEdges } from '../domain/lineage/shown-edges.ts';
import { keptLog } from '../fakes/fake-ids.ts';
import { memoryDefinitions } from '../fakes/memory-definitions.ts';
import { buildLineageJar } from './lineage-jar.ts';
import { type AnsweredStatement, type WatchedGateway, watchedGateway } from './watched-gateway.ts';

const { restUrl, gatewayUrl, version } = inject('flink');
const { signal } = new AbortController();
const recorded: Record<string, readonly AnsweredStatement[]> = {};

const jobs = async (): Promise<string[]> => {
  const known = await jobManager().overview(new URL(restUrl).host, signal);
  return [...known.keys()].sort();
};

let before: string[];
let jar: string;
let gateway: WatchedGateway;

beforeAll(async () => {
  before = await jobs();
  jar = await buildLineageJar(version);
});
beforeEach(() => {
  gateway = watchedGateway(sqlGateway());
});

afterAll(async () => {
  // Other files have left theirs.
  expect(await jobs()).toEqual(before);
  if (process.env['RECORD'] === undefined) return;
  const folder = join(import.meta.dirname, '..', 'vectors', 'lineage');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${version}.json`), JSON.stringify(recorded, null, 1).replaceAll(jar, 'JAR'));
});

function lineageOf(statement: string) {
  const settings = { sqlGatewayUrl: gatewayUrl, flinkRest: '127.0.0.1:9', flinkConfig: {} };
  const deps = { definitions: memoryDefinitions({}), gateway, clock: systemClock(), log: keptLog(), settings };
  return taskLineage(deps)({ task: { id: null, fields: { statement } }, variables: {} }, { budgetMs: 60_000 });
}

const queries = LINEAGE_QUERIES.filter(({ since }) => since === undefined || isAtLeast(version, since));

describe('the lineage of', () => {
  it.each(queries)('$name', async ({ name, sql, edges, untold }) => {
    const found = await lineageOf(scriptOf(sql, jar));
    recorded[name] = gateway.answered.map(shortened);
    expect(shownEdges(found)).toEqual([...edges].sort());
    if (untold === undefined) expect(found.untold).toEqual([]);
    else expect(found.untold.join(' ')).toMatch(untold);
    await gateway.expectAllClosed();
  });
});

describe('no lineage', () => {
  it('of a script with a mistake, whose line is told', async () => {
    const line = LINEAGE_DDL.split('\n').length + 1;
    await expect(lineageOf(scriptOf('INSERT INTO kv SELECT id, nix FROM plain', jar))).rejects.toThrow(
      new RegExp(`^From line ${line}, column 27.*'nix'`),
    );
    await gateway.expectAllClosed();
  });
});

/** How it would be executed is the longest part of a plan, and lineage does not look at it. */
function shortened({ sql, rows }: AnsweredStatement): AnsweredStatement {
  const cut = (field: string | null): string | null =>
    field?.replace(/\n== Optimized Execution Plan ==[^]*/, '') ?? null;
  return { sql, rows: rows?.map((row) => row.map(cut)) ?? null };
}
