import type { FlinkJob } from '../../domain/run/status.ts';

/** How many tasks of a vertex are in which state. */
interface VertexTasks {
  readonly tasks?: Readonly<Record<string, number>> | undefined;
}

/** A task that may run is SCHEDULED until it has its slot. A task of a batch job stays CREATED until its input is there. */
const NOT_STARTED = ['CREATED', 'SCHEDULED'];

/** Undefined if Flink counts no tasks. */
export function waitingTasks(vertices: readonly VertexTasks[]): Pick<FlinkJob, 'waitsForSlots'> {
  const counts = vertices.flatMap(({ tasks = {} }) => Object.entries(tasks));
  const states = counts.filter(([, count]) => count > 0).map(([state]) => state);
  if (states.length === 0) return {};
  const noneHasStarted = states.every((state) => NOT_STARTED.includes(state));
  return { waitsForSlots: noneHasStarted && states.includes('SCHEDULED') };
}
