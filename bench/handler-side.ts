/** Our own way: the real handler, called with the event that API Gateway sends. Each submit has a task of its own. */
import type { Context } from 'aws-lambda';
import type { HttpHandler } from '../lib/http/route.ts';
import { anEvent, type Envelope } from '../test/builders/event.ts';
import { aTask } from '../test/fakes/memory-definitions.ts';
import { MEASURED_TASKS, type MeasuredTask, rateOf, taskStatement } from './measured-sql.ts';
import type { Side } from './side.ts';
import type { BenchTables } from './tables.ts';

const REMAINING_MS = 29_000;
const context = { getRemainingTimeInMillis: () => REMAINING_MS, awsRequestId: 'bench' } as Context;

export function handlerSide(task: MeasuredTask, handler: HttpHandler, tables: BenchTables): Side {
  const idOf = (n: number): number => 1 + n * MEASURED_TASKS.length + MEASURED_TASKS.indexOf(task);
  return {
    prepare: (n) => tables.putTask(aTask({ id: idOf(n), name: `handler-${n}`, statement: taskStatement(task) })),
    submit: async (n) => {
      const event = anEvent({ query: `id=${idOf(n)}&variables.rate=${rateOf(n)}` });
      const started = performance.now();
      const result = await handler(event, context);
      const ms = performance.now() - started;
      return { ms, jobId: jobIdOf(JSON.parse(result.body ?? '') as Envelope) };
    },
  };
}

function jobIdOf({ success, msg, data }: Envelope): string {
  const { status, duplicate, jobId } = data ?? {};
  if (!success || status !== 'SUCCESS' || duplicate === true || typeof jobId !== 'string') {
    throw new Error(`The handler did not start a job: ${msg} ${JSON.stringify(data)}`);
  }
  return jobId;
}
