/** What the plans of both versions of Flink say, as they were recorded, against what the SQL of each query says. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import { isAtLeast } from '../../../lib/domain/options/by-version.ts';
import type { GatewaySession, SqlGateway } from '../../../lib/domain/ports.ts';
import { taskLineage } from '../../../lib/usecases/task-lineage.ts';
import { keptLog } from '../../fakes/fake-ids.ts';
import { memoryDefinitions } from '../../fakes/memory-definitions.ts';
import { virtualClock } from '../../fakes/virtual-clock.ts';
import type { AnsweredStatement } from '../../live/watched-gateway.ts';
import { LINEAGE_QUERIES, scriptOf } from './queries.ts';
import { shownEdges } from './shown-edges.ts';

const VERSIONS = ['2.3.0', '1.20.3'];

const recordedOf = (version: string) =>
  JSON.parse(readFileSync(new URL(`../../vectors/lineage/${version}.json`, import.meta.url), 'utf8')) as Record<
    string,
    AnsweredStatement[]
  >;

/** Answers as it did when it was recorded, and insists on being asked the same. */
function replayed(version: string, answers: readonly AnsweredStatement[]): SqlGateway {
  const left = [...answers];
  const session: GatewaySession = {
    configure: () => Promise.resolve(),
    start: (sql) => {
      expect(sql).toBe(left[0]?.sql);
      return Promise.resolve('operation');
    },
    fetch: (_, token) => {
      if (token > 0) return Promise.resolve({ kind: 'end', jobId: null, columns: [], rows: [] });
      const rows = left.shift()?.rows ?? null;
      if (rows === null) throw new AppError('flink.rejected', 'as recorded');
      const cells = rows.map((fields) => ({ op: '+I', fields }) as const);
      return Promise.resolve({ kind: 'page', jobId: null, columns: [], rows: cells });
    },
    deploy: () => Promise.reject(new Error('nothing is deployed')),
    close: () => Promise.resolve(),
  };
  return { version: () => Promise.resolve(version), open: () => Promise.resolve(session) };
}

describe.each(VERSIONS)('the plans of Flink %s', (version) => {
  const recorded = recordedOf(version);

  it('are there for every query', () => {
    const wanted = LINEAGE_QUERIES.filter(({ since }) => since === undefined || isAtLeast(version, since));
    expect(Object.keys(recorded).sort()).toEqual(wanted.map(({ name }) => name).sort());
  });

  it.each(LINEAGE_QUERIES.filter(({ name }) => name in recorded))('$name', async ({ name, sql, edges, untold }) => {
    const clock = virtualClock();
    const settings = { sqlGatewayUrl: 'http://gateway:8083', flinkRest: 'jm:8081', flinkConfig: {} };
    const gateway = replayed(version, recorded[name] ?? []);
    const deps = { definitions: memoryDefinitions({}), gateway, clock, log: keptLog(), settings };
    const task = { id: null, fields: { statement: scriptOf(sql, 'JAR') } };
    const found = await clock.run(taskLineage(deps)({ task, variables: {} }, { budgetMs: 25_000 }));
    expect(shownEdges(found)).toEqual([...edges].sort());
    expect(found.untold.join(' ')).toMatch(untold ?? /^$/);
  });
});
