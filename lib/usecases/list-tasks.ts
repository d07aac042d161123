/** Stored tasks to look at, by number. */
import type { TaskPage, TasksWanted } from '../domain/definition/task-page.ts';
import type { Clock, TaskList } from '../domain/ports.ts';
import type { ReadScope } from './read-scope.ts';
import { withinBudget } from './waiting/budget.ts';

interface ListTasksDeps {
  readonly taskList: TaskList;
  readonly clock: Clock;
}

export function listTasks({ taskList, clock }: ListTasksDeps) {
  return (wanted: TasksWanted, { budgetMs, maySee }: ReadScope): Promise<TaskPage> =>
    withinBudget(clock, budgetMs, async ({ signal }) => {
      const page = await taskList.within(signal).tasks(wanted);
      return { ...page, tasks: page.tasks.filter(({ id }) => maySee(id)) };
    });
}
