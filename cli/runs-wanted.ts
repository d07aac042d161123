/** Options of `dinghy runs` -> the filter. */
import { PAST_FORMS, pastMoment } from '../lib/domain/past-moment.ts';
import { ANY_RUNS, type RunsWanted } from '../lib/domain/run/run-page.ts';
import { SHOWN_STATUSES } from '../lib/domain/run/status.ts';
import { didYouMean } from '../lib/domain/suggest.ts';
import type { Call } from './command.ts';
import { connect } from './connect.ts';
import { readStored } from './plan/stored.ts';
import { readNumber } from './read-number.ts';
import { UsageError } from './usage-error.ts';

const DEFAULT_LIMIT = 20;
const MAX_ROWS = 1_000;

/** `now`: UTC milliseconds. */
export async function readWanted(call: Omit<Call, 'io'>, now: number): Promise<RunsWanted> {
  const { task, live, status, since, limit, after } = call;
  const wanted = {
    ...ANY_RUNS,
    live: live === true,
    statuses: status === undefined ? null : readStatuses(status),
    since: since === undefined ? null : readSince(since, now),
    limit: limit === undefined ? DEFAULT_LIMIT : readNumber('--limit', limit, MAX_ROWS),
    after: after === undefined ? null : readNumber('--after', after),
  };
  return { ...wanted, taskId: task === undefined ? null : await readTask(task, call) };
}

function readStatuses(text: string): string[] {
  const statuses = text.split(',').map((status) => status.trim().toUpperCase());
  const wrong = statuses.find((status) => !SHOWN_STATUSES.some((known) => known === status));
  if (wrong === undefined) return statuses;
  const hint = didYouMean(wrong, SHOWN_STATUSES);
  throw new UsageError(`--status "${wrong}" is not a status of a run.${hint} Use ${SHOWN_STATUSES.join(', ')}.`);
}

function readSince(text: string, now: number): number {
  const moment = pastMoment(text);
  if (moment === null) throw new UsageError(`--since "${text}" is not a time. ${PAST_FORMS}.`);
  return moment(now);
}

async function readTask(word: string, { env, ...where }: Omit<Call, 'io'>): Promise<number> {
  if (/^\d*$/.test(word)) return readNumber('--task', word);
  const tasks = (await readStored(connect(where, env))).filter(({ kind }) => kind === 'TASK');
  const [found, ...others] = tasks.flatMap(({ id, name }) => (name === word && id !== null ? [id] : []));
  if (found === undefined) {
    const hint = didYouMean(word, tasks.map(({ name }) => name)); // prettier-ignore
    throw new UsageError(`there is no task "${word}".${hint} See dinghy list tasks.`);
  }
  if (others.length === 0) return found;
  throw new UsageError(`several tasks are named "${word}": ${[found, ...others].join(', ')}. Give the id of one.`);
}
