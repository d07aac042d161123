import type { TaskSchedule } from '../../lib/domain/definition/definitions.ts';

export function aSchedule(changes: Partial<TaskSchedule> = {}): TaskSchedule {
  const times = { cron: '0 2 * * ? *', rate: null, at: null, timeZone: 'UTC', start: null, end: null };
  const rest = { variables: {}, enabled: true, catchUp: 'skip', overlap: 'skip' } as const;
  return { name: 'nightly', ...times, ...rest, ...changes };
}
