/** From drafts and what is stored to what would change, and what is written of it: over values, without a table. */
import { describe, expect, it } from 'vitest';
import type { Draft, Reference } from '../../cli/manifest/draft.ts';
import { carryOut } from '../../cli/plan/carry-out.ts';
import { identify } from '../../cli/plan/identify.ts';
import { makePlan } from '../../cli/plan/make-plan.ts';
import { resolveReferences } from '../../cli/plan/resolve.ts';
import { readStored, type Stored } from '../../cli/plan/stored.ts';
import type { AnyDefinition, Kind, StoredItem } from '../../lib/domain/definition/kinds.ts';
import { AppError } from '../../lib/domain/errors.ts';
import type { DefinitionWriter, Expected, PutOutcome } from '../../lib/domain/ports.ts';
import { aCluster, aTask } from '../fakes/memory-definitions.ts';

const place = { file: 'm.yaml', line: 1, column: 1 };

const draft = (kind: Kind, definition: AnyDefinition, changes: Partial<Draft> = {}): Draft => ({
  ...{ kind, name: definition.name, id: null, place, namePlace: place, references: [], definition },
  ...{ fields: new Map(), statementPlace: () => place, ...changes },
});

const stored = (kind: Kind, definition: AnyDefinition & { id?: number; version?: number }): Stored => ({
  ...{ kind, id: definition.id ?? null, name: definition.name, version: definition.version ?? 0 },
  ...{ definition, problem: null },
});

const refersTo = (field: Reference['field'], kind: Reference['kind'], to: number | string): Partial<Draft> => ({
  references: [{ field, kind, to, place }],
});

const variable = (name: string, value: string): AnyDefinition => ({ name, value, note: null });

describe('makePlan', () => {
  it('asks nobody to change what is there already', () => {
    const task = aTask({ id: 4, name: 'a', version: 7 });
    const plan = makePlan([draft('TASK', { ...task, version: 0, id: 0 })], [stored('TASK', task)]);
    expect(plan).toEqual({
      changes: [{ kindOfChange: 'unchanged', kind: 'TASK', definition: task, stored: stored('TASK', task) }],
      others: [],
      problems: [],
    });
  });

  it('names each field that changes, and counts the version on', () => {
    const task = aTask({ id: 4, name: 'a', version: 7, maxRowNum: 9 });
    const { changes } = makePlan([draft('TASK', { ...task, note: 'new', maxRowNum: 2 })], [stored('TASK', task)]);
    const [change] = changes;
    expect(change).toMatchObject({ kindOfChange: 'update', definition: { id: 4, version: 8, note: 'new' } });
    expect(new Set(change?.kindOfChange === 'update' ? change.fields : [])).toEqual(
      new Set([
        { field: 'note', from: null, to: 'new' },
        { field: 'maxRowNum', from: 9, to: 2 },
      ]),
    );
  });

  it('writes what is referred to before what refers to it: variables, databases, clusters, prologues, other tasks', () => {
    const database = { name: 'd', flinkConfig: "'a' = 'b'", note: null };
    const drafts = [
      draft('TASK', aTask({ name: 'work' })),
      draft('TASK', aTask({ name: 'prologue', dialect: 'FlinkSqlEnv' })),
      draft('CLUSTER', aCluster({ name: 'c' })),
      draft('DATABASES', database),
      draft('VARIABLES', variable('v', 'x')),
    ];
    expect(makePlan(drafts, []).changes.map(({ definition }) => definition.name)).toEqual([
      'v',
      'd',
      'c',
      'prologue',
      'work',
    ]);
  });

  it('leaves out a draft that is wrong, but what refers to its name is right', () => {
    const drafts = [
      draft('CLUSTER', aCluster({ name: 'c' }), { definition: null }),
      draft('TASK', aTask({ name: 'a' }), refersTo('clusterId', 'CLUSTER', 'c')),
    ];
    const { changes, problems } = makePlan(drafts, []);
    expect(problems).toEqual([]);
    expect(changes.map(({ definition }) => definition)).toEqual([
      expect.objectContaining({ name: 'a', id: -2, clusterId: -1, version: 1 }),
    ]);
  });
});

describe('identify', () => {
  const [one, two] = [stored('TASK', aTask({ id: 1, name: 'a' })), stored('TASK', aTask({ id: 2, name: 'b' }))];
  const ids = (drafts: Draft[], there: Stored[] = [one, two]) => identify(drafts, there).map(({ id }) => id);

  it('finds a definition by its own number, else by its name, else counts down from 0', () => {
    const drafts = [
      draft('TASK', aTask({ name: 'b' })),
      draft('TASK', aTask({ name: 'new' })),
      draft('TASK', aTask({ name: 'renamed' }), { id: 1 }),
      draft('CLUSTER', aCluster({ name: 'b' })),
      draft('TASK', aTask({ name: 'numbered' }), { id: 9 }),
    ];
    expect(ids(drafts)).toEqual([2, -1, 1, -2, 9]);
    expect(identify(drafts, [one, two]).map((it) => it.stored)).toEqual([two, null, one, null, null]);
  });

  it('knows variables by their name alone', () => {
    const there = stored('VARIABLES', variable('v', 'x'));
    const [known, unknown] = identify(
      [draft('VARIABLES', variable('v', 'y')), draft('VARIABLES', variable('w', 'y'))],
      [there],
    );
    expect([known, unknown]).toMatchObject([
      { id: 0, stored: there },
      { id: 0, stored: null },
    ]);
  });
});

describe('resolveReferences', () => {
  const env = (changes = {}) => aTask({ id: 5, name: 'prologue', dialect: 'FlinkSqlEnv', ...changes });
  const resolve = (drafts: Draft[], there: Stored[] | null) => resolveReferences(identify(drafts, there ?? []), there);
  const task = (to: number | string, field: Reference['field'] = 'clusterId', changes = {}): Draft => {
    const kind = { clusterId: 'CLUSTER', clusterConfigurationId: 'CLUSTER_CONFIGURATION', envId: 'TASK' } as const;
    return draft('TASK', aTask({ name: 'a', ...changes }), refersTo(field, kind[field], to));
  };

  it('fills in the number of what is named, by name and by number, in the table and in the manifest', () => {
    const there = [stored('CLUSTER', aCluster({ id: 3, name: 'c' }))];
    for (const to of ['c', 3])
      expect(resolve([task(to)], there).targets[0]?.definition).toMatchObject({ clusterId: 3 });
    const drafted = draft('CLUSTER', aCluster({ name: 'd' }));
    expect(resolve([task('d'), drafted], there)).toMatchObject({
      targets: [{ definition: { clusterId: -2 } }, { definition: { id: -2 } }],
      problems: [],
    });
  });

  it('counts a stored name as gone when the manifest renames it', () => {
    const there = [
      stored('CLUSTER', aCluster({ id: 3, name: 'old' })),
      stored('CLUSTER', aCluster({ id: 4, name: 'kept' })),
    ];
    const renamed = draft('CLUSTER', aCluster({ name: 'new' }), { id: 3 });
    const problemsOf = (to: number | string) => resolve([task(to), renamed], there).problems.map(({ text }) => text);
    expect(problemsOf('old')).toEqual([expect.stringMatching(/^there is no cluster "old"/)]);
    for (const to of ['new', 3, 'kept', 4]) expect(problemsOf(to)).toEqual([]);
  });

  it('takes no definition of another kind for it', () => {
    const [problem] = resolve(
      [task('c')],
      [stored('CLUSTER_CONFIGURATION', { ...aCluster({ id: 3, name: 'c' }) })],
    ).problems;
    expect(problem).toMatchObject({ severity: 'error', place });
  });

  it.each([
    ['clusterId', 'tcas', 'there is no cluster "tcas", neither in the manifest nor in the table. Did you mean "tca"? Define it under "clusters:".'],
    ['clusterConfigurationId', 'x', 'there is no cluster configuration "x", neither in the manifest nor in the table. Define it under "clusterConfigurations:".'],
    ['envId', 'prologe', 'there is no task "prologe", neither in the manifest nor in the table. Did you mean "prologue"? Define it under "tasks:".'],
    ['clusterId', 77, 'there is no cluster 77, neither in the manifest nor in the table. Define it under "clusters:".'],
  ] as const)('%s %s: %j', (field, to, text) => {
    const there = [
      stored('CLUSTER', aCluster({ id: 3, name: 'tca' })),
      stored('CLUSTER', aCluster({ id: 9, name: '' })),
      stored('TASK', env()),
      stored('TASK', aTask({ id: 6, name: 'tcas' })),
    ];
    expect(resolve([task(to, field)], there).problems).toEqual([{ severity: 'error', place, text }]);
  }); // prettier-ignore

  it('only warns where the table was not asked', () => {
    const { problems } = resolve([task('c')], null);
    const text = 'cluster "c" is not in this manifest; apply will look for it in the table.';
    expect(problems).toEqual([{ severity: 'warning', place, text }]);
    expect(resolve([task(7), draft('CLUSTER', aCluster({ name: 'c' }))], null).problems).toMatchObject([
      { text: 'cluster 7 is not in this manifest; apply will look for it in the table.' },
    ]);
  });

  it('takes a FlinkSqlEnv task for a prologue, and one whose dialect is not known, but no other', () => {
    const problemsOf = (there: Stored, changes = {}) =>
      resolve([task('prologue', 'envId', changes)], [there]).problems.map(({ text }) => text);
    expect(problemsOf(stored('TASK', env()))).toEqual([]);
    expect(problemsOf({ ...stored('TASK', env()), definition: null })).toEqual([]);
    expect(problemsOf(stored('TASK', env({ dialect: 'FlinkJar' })))).toEqual([
      'task "prologue" has dialect FlinkJar; "env" must name a task of dialect FlinkSqlEnv.',
    ]);
    expect(problemsOf(stored('TASK', env()), { dialect: 'FlinkSqlEnv' })).toEqual([
      'a FlinkSqlEnv task cannot have an environment task.',
    ]);
    const broken = { ...task('prologue', 'envId'), definition: null };
    expect(resolve([broken], [stored('TASK', env())]).problems).toEqual([]);
  });

  it('asks of a cluster no dialect', () => {
    const there = [stored('CLUSTER', { ...aCluster({ id: 3, name: 'c' }), dialect: 'FlinkSql' })];
    expect(resolve([task('c', 'clusterId', { dialect: 'FlinkSqlEnv' })], there).problems).toEqual([]);
  });
});

interface Written {
  readonly puts: { readonly kind: Kind; readonly definition: AnyDefinition; readonly expected: Expected }[];
  readonly calls: string[];
}

function aWriter(outcome: (name: string) => PutOutcome = () => 'written'): DefinitionWriter & Written {
  const written: Written = { puts: [], calls: [] };
  let next = 100;
  return {
    ...written,
    tableName: 't',
    list: () => Promise.resolve([]),
    put: (kind, definition, expected) => {
      written.puts.push({ kind, definition, expected });
      written.calls.push(`put ${definition.name}`);
      return Promise.resolve(outcome(definition.name));
    },
    nextId: (kind) => {
      written.calls.push(`next ${kind}`);
      return Promise.resolve((next += 1));
    },
    raiseCounter: (kind, to) => {
      written.calls.push(`raise ${kind} ${to}`);
      return Promise.resolve();
    },
  };
}

describe('carryOut', () => {
  it('raises the counters over the numbers of new definitions first, once for each kind', async () => {
    const drafts = [
      draft('TASK', aTask({ name: 'a' }), { id: 7 }),
      draft('TASK', aTask({ name: 'b' }), { id: 9 }),
      draft('TASK', aTask({ name: 'c' }), { id: 8 }),
      draft('TASK', aTask({ name: 'd' })),
      draft('CLUSTER', aCluster({ name: 'e' }), { id: 2 }),
      draft('TASK', aTask({ name: 'there' }), { id: 50 }),
      draft('VARIABLES', variable('v', 'x')),
    ];
    const writer = aWriter();
    await carryOut(
      makePlan(drafts, [stored('TASK', aTask({ id: 50, name: 'there', note: 'old' }))]),
      writer,
      () => undefined,
    );
    expect(writer.calls).toEqual([
      ...['raise CLUSTER 2', 'raise TASK 9', 'put v', 'put e', 'put a', 'put b', 'put c', 'next TASK', 'put d'],
      'put there',
    ]);
  });

  it('raises no counter for a kind that has no new number', async () => {
    const writer = aWriter();
    const drafts = [draft('TASK', aTask({ name: 'd' })), draft('VARIABLES', variable('v', 'x'))];
    await carryOut(makePlan(drafts, []), writer, () => undefined);
    expect(writer.calls).toEqual(['put v', 'next TASK', 'put d']);
  });

  it('puts the final numbers where provisional ones stood, in tasks and in nothing else', async () => {
    const configuration = { ...aCluster({ name: 'k' }), configJson: {}, jobManager: null } as unknown as AnyDefinition;
    const references: Reference[] = [
      { field: 'clusterId', kind: 'CLUSTER', to: 'c', place },
      { field: 'clusterConfigurationId', kind: 'CLUSTER_CONFIGURATION', to: 'k', place },
      { field: 'envId', kind: 'TASK', to: 'prologue', place },
    ];
    const drafts = [
      draft('CLUSTER', { ...aCluster({ name: 'c' }), clusterId: -1 }),
      draft('CLUSTER_CONFIGURATION', configuration),
      draft('TASK', aTask({ name: 'prologue', dialect: 'FlinkSqlEnv' })),
      draft('TASK', aTask({ name: 'a' }), { references }),
    ];
    const writer = aWriter();
    const done = await carryOut(makePlan(drafts, []), writer, () => undefined);
    expect(writer.puts.map(({ definition }) => definition)).toMatchObject([
      { name: 'c', id: 101, clusterId: -1 },
      { name: 'k', id: 102 },
      { name: 'prologue', id: 103 },
      { name: 'a', id: 104, clusterId: 101, clusterConfigurationId: 102, envId: 103 },
    ]);
    expect(done.map(({ definition }) => definition)).toEqual(writer.puts.map(({ definition }) => definition));
  });

  it('expects of the table what the plan was made on', async () => {
    const drafts = [
      draft('VARIABLES', variable('new', 'x')),
      draft('VARIABLES', variable('changed', 'x')),
      draft('TASK', aTask({ name: 'changed task' }), { id: 1 }),
      draft('TASK', aTask({ name: 'unusable task' }), { id: 2 }),
      draft('TASK', aTask({ name: 'first version' }), { id: 3 }),
      draft('VARIABLES', variable('same', 'x')),
    ];
    const there = [
      stored('VARIABLES', variable('changed', 'y')),
      stored('VARIABLES', variable('same', 'x')),
      stored('TASK', aTask({ id: 1, name: 'old', version: 6 })),
      { ...stored('TASK', aTask({ id: 2, name: 'broken' })), version: 0, definition: null },
      stored('TASK', aTask({ id: 3, name: 'old first', version: 1 })),
    ];
    const writer = aWriter();
    const reported: unknown[] = [];
    const done = await carryOut(makePlan(drafts, there), writer, (one) => reported.push(one));
    expect(writer.puts.map(({ definition, expected }) => [definition.name, expected])).toEqual([
      ['new', 'nothing'],
      ['changed', 'anything'],
      ['changed task', { version: 6 }],
      ['unusable task', 'anything'],
      ['first version', { version: 1 }],
    ]);
    expect(done.map(({ definition, outcome }) => [definition.name, outcome])).toEqual([
      ['new', 'created'],
      ['changed', 'updated'],
      ['same', 'unchanged'],
      ['changed task', 'updated'],
      ['unusable task', 'updated'],
      ['first version', 'updated'],
    ]);
    expect(reported).toEqual(done);
  });

  it('stops at a conflict: what follows may refer to it', async () => {
    const drafts = ['a', 'b', 'c'].map((name) => draft('VARIABLES', variable(name, 'x')));
    const writer = aWriter((name) => (name === 'b' ? 'conflict' : 'written'));
    const done = await carryOut(makePlan(drafts, []), writer, () => undefined);
    expect(done.map(({ definition, outcome }) => [definition.name, outcome])).toEqual([
      ['a', 'created'],
      ['b', 'conflict'],
    ]);
  });
});

describe('readStored', () => {
  const listed = (...items: { kind: Kind; item: StoredItem }[]): DefinitionWriter => ({
    ...aWriter(),
    list: () => Promise.resolve(items),
  });
  const item = (fields: object): { kind: Kind; item: StoredItem } => ({
    kind: 'TASK',
    item: { pk: 'TASK#1', sk: 'TASK', ...fields },
  });

  it('gives them by number, and by name where they have none', async () => {
    const names = ['b', 'a', 'c', 'a'].map((name) => ({
      kind: 'VARIABLES' as const,
      item: { pk: 'VARIABLES', sk: name, name, value: 'x', note: null },
    }));
    const tasks = [12, 3, 7].map((id) => item({ ...aTask({ id, name: `z${id}` }) }));
    const all = await readStored(listed(...tasks, ...names));
    expect(all.map(({ id, name }) => id ?? name)).toEqual(['a', 'a', 'b', 'c', 3, 7, 12]);
    expect(all.every(({ problem }) => problem === null)).toBe(true);
  });

  it('tells of one that does not fit, under what can be read of it', async () => {
    const [one] = await readStored(listed(item({ id: '1', name: 5, version: 'x' })));
    expect(one).toMatchObject({ kind: 'TASK', id: null, name: 'TASK', version: 0, definition: null });
    expect(one?.problem).toMatch(/^Task 1 cannot be used: its stored field "id" must be a whole number/);
  });

  it('does not take an error that is not ours for one that does not fit', async () => {
    const wrong = new Proxy(
      { pk: 'TASK#1', sk: 'TASK' },
      {
        get: (target, name) => {
          if (name === 'statement') throw new TypeError('a bug');
          return Reflect.get(target, name) as unknown;
        },
      },
    );
    const failed = readStored(listed({ kind: 'TASK', item: wrong }));
    await expect(failed).rejects.toBeInstanceOf(TypeError);
    await expect(failed).rejects.not.toBeInstanceOf(AppError);
  });
});
