/** TASK of the command line: the id of a task, or its name. */
import * as v from 'valibot';
import { MAX_ID } from '../../lib/domain/limits.ts';
import { didYouMean } from '../../lib/domain/suggest.ts';
import type { Api } from '../api/api.ts';
import { callApi } from '../api/call-api.ts';
import { READ } from '../api/calls.ts';
import { readData } from '../api/read-data.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-code.ts';
import { readNumber } from '../read-number.ts';
import { UsageError } from '../usage-error.ts';

const PAGE = v.object({
  tasks: v.array(v.object({ id: v.number(), name: v.string() })),
  next: v.nullable(v.number()),
});

type Named = v.InferOutput<typeof PAGE>['tasks'][number];

/** A number is an id; the call that follows fails if there is no such task. */
export async function findTask(api: Api, word: string): Promise<number> {
  if (/^\d+$/.test(word)) return readNumber('TASK', word);
  if (word.trim() === '') throw new UsageError('TASK is empty. Give the id or the name of a task.');
  const tasks = await allTasks(api);
  const [found, ...others] = tasks.filter(({ name }) => name === word);
  if (found === undefined) throw unknown(api, word, tasks);
  if (others.length === 0) return found.id;
  const ids = [found, ...others].map(({ id }) => id).join(', ');
  throw new CommandError(EXIT.failed, `several tasks are named "${word}": ${ids}. Give the id of one.`);
}

async function allTasks(api: Api): Promise<Named[]> {
  const tasks: Named[] = [];
  for (let after: number | null = 0; after !== null;) {
    const page: string = after === 0 ? '' : `&after=${after}`;
    const { data } = await callApi(api, { ...READ, path: `/openapi/tasks?limit=1000${page}` });
    const read = readData(api, PAGE, data);
    tasks.push(...read.tasks);
    after = read.next;
  }
  return tasks;
}

function unknown({ place }: Api, word: string, tasks: readonly Named[]): CommandError {
  const hint = didYouMean(word, tasks.map(({ name }) => name)); // prettier-ignore
  const what = `there is no task "${word}" at ${place} that you may use.${hint}`;
  return new CommandError(EXIT.failed, `${what} Give an id from 1 to ${MAX_ID}, or a name.`);
}
