import { expect, it } from 'vitest';
import config from '../vitest.config.ts';
import { lanes } from './lanes.ts';

const GIB = 1024 ** 3;
const roomy = { cores: 2, memoryBytes: 24 * GIB, asked: undefined };

function allProjects(): string[] {
  const { projects = [] } = (config as { test?: { projects?: { test: { name: string } }[] } }).test ?? {};
  return projects.map(({ test }) => test.name).sort();
}

it.each([roomy, { ...roomy, asked: '1' }, { ...roomy, memoryBytes: GIB }])(
  'every project is in one stage: %j',
  (machine) => {
    expect(lanes(machine).flat(2).sort()).toEqual(allProjects());
  },
);

it('stages go side by side where cores and memory are enough, and one after the other elsewhere', () => {
  expect(lanes(roomy)).toHaveLength(3);
  expect(lanes({ ...roomy, cores: 1 })).toHaveLength(1);
  expect(lanes({ ...roomy, memoryBytes: 8 * GIB })).toHaveLength(1);
  expect(lanes({ ...roomy, asked: '1' })).toHaveLength(1);
});
