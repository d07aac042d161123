/** Lists runs, newest first, as they are recorded and as the last sweep has seen them. */
import type { Clock, RunList } from '../domain/ports.ts';
import { isSeenBySweeps, withSweep } from '../domain/run/last-seen.ts';
import type { RunHead } from '../domain/run/run.ts';
import type { RunPage, RunsWanted } from '../domain/run/run-page.ts';
import type { ReadScope } from './read-scope.ts';
import { sweptAt, type SweptAtDeps } from './record/swept-at.ts';
import { withinBudget } from './waiting/budget.ts';
import { sideBySide } from './waiting/side-by-side.ts';

interface ListRunsDeps extends SweptAtDeps {
  readonly runList: RunList;
  readonly clock: Clock;
}

/** `since` by the time it is now, both in UTC milliseconds. */
type RunsQuery = Omit<RunsWanted, 'since' | 'maySee'> & { readonly since: ((now: number) => number) | null };

/** The answer has all of the question too: a page is shown by its number. */
export function listRuns({ runList, clock, ...deps }: ListRunsDeps) {
  return <Query extends RunsQuery>(query: Query, { budgetMs, maySee }: ReadScope): Promise<Query & RunPage> =>
    withinBudget(clock, budgetMs, async ({ signal }) => {
      const since = query.since === null ? null : query.since(clock.now());
      const page = await runList.within(signal).runs({ ...query, since, maySee });
      const runs = await withSweeps({ ...deps, store: deps.store.within(signal) }, page.runs);
      return { ...query, ...page, runs };
    });
}

/** One read for each cluster among them. */
async function withSweeps(deps: SweptAtDeps, runs: readonly RunHead[]): Promise<readonly RunHead[]> {
  const clusters = [...new Set(runs.filter(isSeenBySweeps).map(({ hosts }) => hosts))];
  const times = await sideBySide(...clusters.map((hosts) => sweptAt(deps, hosts)));
  const byCluster = new Map(clusters.map((hosts, at) => [hosts, times[at] ?? null]));
  return runs.map((head) => withSweep(head, byCluster.get(head.hosts) ?? null));
}
