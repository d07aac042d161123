/** Runs to look at, newest first. */
import type { Clock, RunList } from '../domain/ports.ts';
import type { RunPage, RunsWanted } from '../domain/run/run-page.ts';
import type { ReadScope } from './read-scope.ts';
import { withinBudget } from './waiting/budget.ts';

interface ListRunsDeps {
  readonly runList: RunList;
  readonly clock: Clock;
}

/** `since` by the time it is now, both in UTC milliseconds. */
type RunsQuery = Omit<RunsWanted, 'since' | 'maySee'> & { readonly since: ((now: number) => number) | null };

/** The answer has all of the question too: a page is shown by its number. */
export function listRuns({ runList, clock }: ListRunsDeps) {
  return <Query extends RunsQuery>(query: Query, { budgetMs, maySee }: ReadScope): Promise<Query & RunPage> =>
    withinBudget(clock, budgetMs, async ({ signal }) => {
      const since = query.since === null ? null : query.since(clock.now());
      return { ...query, ...(await runList.within(signal).runs({ ...query, since, maySee })) };
    });
}
