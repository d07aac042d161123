/** A run for people. */
import { oneLine } from '../one-line.ts';
import { taskText } from '../task-text.ts';
import type { Run } from './runs-of-api.ts';

export function runText({ id, taskId, name, status, jid, error, createTime, finishTime, duration }: Run): string[] {
  const times = [`started ${createTime ?? '-'}`, ...(finishTime === null ? [] : [`ended ${finishTime}`])].join(', ');
  return [
    `run ${id} of ${taskText(taskId)} "${oneLine(name)}": ${status}, ${times}, ${durationText(duration)}, job ${jid ?? '-'}`,
    ...(error === null ? [] : [`error: ${oneLine(error)}`]),
  ];
}

/** 3725 -> "1 h 2 min" */
export function durationText(seconds: number): string {
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3_600)];
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min ${Math.floor(seconds % 60)} s` : `${Math.floor(seconds)} s`;
}
