import type { TestProject } from 'vitest/node';
import { provideFlink } from './flink.ts';

/** The real Flink behind the project "flink-2.3". */
export const setup = (project: TestProject): Promise<() => Promise<void>> => provideFlink(project, '2.3.0');
