import type { TestProject } from 'vitest/node';
import { provideFlink } from './flink.ts';

/** The real Flink behind the project "flink-1.20". */
export const setup = (project: TestProject): Promise<() => Promise<void>> => provideFlink(project, '1.20.3');
