/** The schedules of a task, each by itself and all together; as sentences. */
import type { TaskParameter, TaskSchedule } from '../../lib/domain/definition/definitions.ts';
import { readSlotText } from '../../lib/domain/schedule/slot-text.ts';
import { timesProblems } from '../../lib/domain/schedule/timing.ts';
import { MASK } from '../mask-definition.ts';

type Declared = readonly TaskParameter[] | null | undefined;

export function checkSchedules(schedules: readonly TaskSchedule[], declared: Declared): string[] {
  const names = schedules.map(({ name }) => name);
  return schedules.flatMap((schedule, index) => [
    ...(names.indexOf(schedule.name) < index ? [`the schedule "${schedule.name}" is there twice.`] : []),
    ...[...timesProblems(schedule), ...notBuilt(schedule), ...variablesProblems(schedule, declared)].map(
      (problem) => `schedule "${schedule.name}": ${problem}.`,
    ),
  ]);
}

/** They need more than a slot's own key: a later start, or the end of a run that somebody else began. */
function notBuilt({ overlap, catchUp }: TaskSchedule): string[] {
  return [
    ...(overlap === 'skip' ? [] : [`overlap: ${overlap} is not built yet; only skip is`]),
    ...(catchUp === 'skip' ? [] : [`catchUp: ${catchUp} is not built yet; only skip is`]),
  ];
}

/** Their values are not shown: one may be a password. */
function variablesProblems({ variables }: TaskSchedule, declared: Declared): string[] {
  return Object.entries(variables).flatMap(([name, value]) => {
    if (value.includes(MASK))
      return [`${MASK} is what show prints in place of a secret: give "${name}" its real value`];
    const read = readSlotText(value);
    const unread = 'problem' in read ? [`the variable "${name}" has a \${…} that can't be read: ${read.problem}`] : [];
    return [...unread, ...strange(name, declared)];
  });
}

/** Once a task declares its parameters, a run may have no other variables. */
function strange(name: string, declared: Declared): string[] {
  const names = declared?.map((parameter) => parameter.name);
  if (names === undefined || names.includes(name)) return [];
  return [`the task declares no parameter "${name}"; its parameters are ${names.join(', ')}`];
}
