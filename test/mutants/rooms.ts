/**
 * The rooms of the mutation runs: which files are changed on purpose, and which tests must notice. Every file of
 * lib/usecases, lib/domain, lib/adapters/dynamo, lib/adapters/flink and cli/plan is in exactly one room (rooms.test.ts).
 */

export interface Room {
  /** Globs of the files that are mutated; a `!` in front takes files out again. */
  readonly files: readonly string[];
  /** Globs of the tests that are run against each mutant, those first that are most likely to notice. */
  readonly tests: readonly string[];
  /**
   * True: the code decides about runs, claims, sends, records or secrets. Each of its mutants is killed, or a comment
   * beside it says why it can't be.
   */
  readonly decides: boolean;
}

const domainTests = (...rooms: readonly string[]): string[] => rooms.map((room) => `test/domain/${room}/*.test.ts`);
const DOMAIN = [
  'test/domain/*.test.ts',
  ...domainTests('definition', 'explain', 'options', 'plan', 'run', 'secrets', 'variables'),
];
/** All but the laws: what only random texts can show is not asked of every mutant. */
const SQL = ['helpers', 'scripts', 'statement-set', 'unknown-to-flink', 'vectors'].map(
  (name) => `test/domain/sql/${name}.test.ts`,
);
const STORIES = 'test/usecases/**/*.test.ts';
const dynamoTests = (...names: readonly string[]): string[] =>
  names.map((name) => `test/adapters/dynamo/${name}.test.ts`);
/** They need no sweep, no second process and no lost reply: a mutant that acts while a file is loaded costs a run of all. */
const ITEMS = dynamoTests('definition-*', 'item-*', 'job-items');
const dynamo = (...names: readonly string[]): string[] => names.map((name) => `lib/adapters/dynamo/${name}.ts`);
const SCHEMAS = dynamo('head-schema', 'item-schemas', 'job-keys', 'read-item');
/** What people write: no run is kept in it. */
const DEFINITIONS = dynamo('definition-keys', 'definition-schema');
/** For people to look at: nothing is decided on it. */
const LISTS = dynamo('run-list', 'task-list');
const flink = (...names: readonly string[]): string[] => names.map((name) => `lib/adapters/flink/${name}.ts`);
const flinkTests = (...names: readonly string[]): string[] =>
  names.map((name) => `test/adapters/flink/${name}.test.ts`);
const FLINK_TEXTS = flink(
  ...['before-deploy', 'before-main', 'errors', 'foreign-reply', 'jar-run-error', 'refused-plan', 'trace-text'],
  'where-it-failed',
);
/** What people are told of what Flink says: nothing is decided on it. */
const FLINK_WORDS = flink('cause-words', 'dinghy-words', 'read-causes', 'shown-causes');
const FLINK_HTTP = flink('http', 'kept-connections', 'send-file');
const domain = (...rooms: readonly string[]): string[] => rooms.map((room) => `lib/domain/${room}/**/*.ts`);
const usecases = (...rooms: readonly string[]): string[] => rooms.map((room) => `lib/usecases/${room}/**/*.ts`);
const stepsOf = (...names: readonly string[]): string[] => names.map((name) => `lib/usecases/${name}.ts`);
/** What a run is sent with and from: it is frozen, and nothing is decided on it afterwards. */
const SENT_WITH = ['execution-config', 'jar-content', 'jar-run', 'run-place', 'savepoint'].map(
  (name) => `lib/domain/run/${name}.ts`,
);

const PLACED: Readonly<Record<string, Room>> = {
  'domain-secrets': {
    files: [...domain('secrets'), 'lib/domain/results/mask-cells.ts', 'lib/domain/definition/secret-name.ts'],
    tests: [
      ...['test/domain/secrets/secret-spans.test.ts', ...domainTests('secrets'), 'test/usecases/secrets.test.ts'],
      ...['test/domain/run/run-rules.test.ts', ...domainTests('definition', 'explain', 'plan', 'variables'), ...SQL],
      'test/domain/*.test.ts',
    ],
    decides: true,
  },
  'cli-plan': { files: ['cli/plan/**/*.ts'], tests: ['test/cli/**/*.test.ts'], decides: false },
  'domain-access': {
    files: domain('access'),
    tests: [...domainTests('access'), 'test/domain/run/head-size.test.ts', 'test/usecases/admit-*.test.ts'],
    decides: true,
  },
  'domain-lineage': {
    files: domain('lineage'),
    tests: [...domainTests('lineage'), 'test/usecases/task-lineage.test.ts'],
    decides: false,
  },
  'domain-variables': {
    files: domain('variables'),
    tests: [...domainTests('variables', 'plan'), ...DOMAIN, ...SQL],
    decides: false,
  },
  'domain-sql': { files: domain('sql'), tests: [...SQL, ...DOMAIN], decides: false },
  'domain-plan': {
    files: [...domain('explain', 'plan'), ...SENT_WITH],
    tests: [
      ...[...domainTests('plan', 'explain'), ...DOMAIN, ...SQL],
      ...['explain-task', 'savepoints', 'export-sql', 'plan-job'].map((name) => `test/usecases/${name}.test.ts`),
    ],
    decides: false,
  },
  'domain-schedule': {
    files: [...domain('schedule'), 'lib/domain/metrics.ts'],
    tests: [...domainTests('schedule'), 'test/domain/metrics.test.ts', 'test/cli/schedules.test.ts'],
    decides: true,
  },
  'domain-definitions': {
    files: [...domain('definition', 'options'), '!lib/domain/definition/secret-name.ts'],
    tests: [
      ...domainTests('definition', 'options'),
      ...DOMAIN,
      'test/cli/**/*.test.ts',
      'test/usecases/application.test.ts',
    ],
    decides: false,
  },
  'domain-run': {
    files: [
      'lib/domain/*.ts',
      ...domain('results', 'run'),
      ...[...SENT_WITH, 'lib/domain/metrics.ts', 'lib/domain/results/mask-cells.ts'].map((name) => `!${name}`),
    ],
    tests: DOMAIN,
    decides: true,
  },
  'run-list': {
    files: LISTS,
    tests: [...dynamoTests('lists', 'requests'), 'test/cli/runs*.test.ts', 'test/cli/resolve-twins.test.ts'],
    decides: false,
  },
  dynamo: {
    files: ['lib/adapters/dynamo/**/*.ts', ...[...SCHEMAS, ...DEFINITIONS, ...LISTS].map((name) => `!${name}`)],
    tests: dynamoTests('*'),
    decides: true,
  },
  'dynamo-definitions': {
    files: DEFINITIONS,
    tests: [...dynamoTests('definition-*'), 'test/cli/**/*.test.ts'],
    decides: false,
  },
  'dynamo-schemas': { files: SCHEMAS, tests: ITEMS, decides: true },
  flink: {
    files: ['lib/adapters/flink/**/*.ts', ...[...FLINK_TEXTS, ...FLINK_WORDS, ...FLINK_HTTP].map((name) => `!${name}`)],
    tests: flinkTests('checkpoints', 'wire', 'requests', 'savepoints', 'tasks', 'leader', 'jars', 'deploy'),
    decides: true,
  },
  'flink-texts': {
    files: FLINK_TEXTS,
    tests: flinkTests(
      'before-*',
      'errors',
      'foreign-reply',
      'jar-run*',
      'refused-plan',
      'trace-text',
      'where-it-failed',
      'deploy*',
      'replies',
    ),
    decides: true,
  },
  'flink-words': {
    files: FLINK_WORDS,
    tests: flinkTests('*-causes', 'cause-words', 'told-words'),
    decides: false,
  },
  'flink-http': {
    files: FLINK_HTTP,
    tests: flinkTests('http', 'idle', 'jars', 'kept-connections', 'send-file', 'sockets', 'transport', 'waits'),
    decides: true,
  },
  'usecases-submit': {
    files: [
      ...usecases('submit', 'waiting'),
      ...stepsOf('load-task', 'start-slot', 'submit-task', 'submit-unstored'),
      ...['timed', 'width-limit'].map((name) => `!lib/usecases/waiting/${name}.ts`),
    ],
    tests: [STORIES],
    decides: true,
  },
  'usecases-send': { files: usecases('connect', 'send'), tests: [STORIES], decides: true },
  'usecases-record': {
    files: [
      ...[...usecases('record'), ...stepsOf('cancel-task', 'job-instance', 'remember-refusal', 'say-lost')],
      '!lib/usecases/record/swept-at.ts',
    ],
    tests: [STORIES],
    decides: true,
  },
  'usecases-reconcile': {
    files: [...usecases('reconcile'), ...stepsOf('reconcile', 'waiting/timed', 'waiting/width-limit')],
    tests: [STORIES],
    decides: true,
  },
  'usecases-access': {
    files: [...usecases('access'), ...stepsOf('admit-adhoc', 'admit-caller', 'admit-principal')],
    tests: ['test/usecases/access/*.test.ts', 'test/usecases/admit-*.test.ts'],
    decides: true,
  },
  'usecases-restart': {
    files: [...usecases('restart', 'stop'), ...stepsOf('restart-task')],
    tests: [STORIES],
    decides: true,
  },
  'usecases-explain': { files: [...usecases('explain'), ...stepsOf('explain-task')], tests: [STORIES], decides: false },
  'usecases-read': {
    files: stepsOf(
      ...['inspect-task', 'export-sql', 'job-data', 'list-runs', 'list-tasks', 'plan-job', 'read-scope'],
      ...['record/swept-at', 'task-lineage'],
    ),
    tests: [
      'test/domain/lineage/recorded.test.ts',
      ...['lists', 'last-seen', 'export-sql', 'plan-job', 'task-lineage', 'explain-task'].map(
        (name) => `test/usecases/${name}.test.ts`,
      ),
    ],
    decides: false,
  },
};

/** What is in no other room: new files, until somebody places them. Taken for code that decides. */
const unplaced = (folder: string, tests: readonly string[]): Room => {
  const placed = Object.values(PLACED).flatMap(({ files }) => files.filter((glob) => glob.startsWith(folder)));
  return { files: [`${folder}/**/*.ts`, ...placed.map((glob) => `!${glob}`)], tests, decides: true };
};

export const ROOMS: Readonly<Record<string, Room>> = {
  ...PLACED,
  'domain-new': unplaced('lib/domain', [...DOMAIN, ...SQL]),
  'usecases-new': unplaced('lib/usecases', [STORIES]),
};

export function hasFile({ files }: Room, path: string): boolean {
  const out = files.some((glob) => glob.startsWith('!') && matches(glob.slice(1), path));
  return !out && files.some((glob) => matches(glob, path));
}

/** Why a run can't be started; null when it can. */
export function refusal(name: string, files: readonly string[], exists: (path: string) => boolean): string | null {
  const room = Object.hasOwn(ROOMS, name) ? ROOMS[name] : undefined;
  if (room === undefined) {
    const what = name === '' ? 'No room is named' : `There is no room "${name}"`;
    return `${what}. Usage: npm run mutants -- ROOM [FILE...]\nRooms: ${Object.keys(ROOMS).join(', ')}`;
  }
  const stranger = files.find((file) => !hasFile(room, file));
  const missing = files.find((file) => !exists(file));
  if (stranger === undefined) return missing === undefined ? null : `There is no file ${missing}.`;
  return `The room ${name} has no file ${stranger}. Its files: ${room.files.join(', ')}`;
}

/** `**` stands for any folders, `*` for any part of one name. */
export function matches(glob: string, path: string): boolean {
  const pattern = glob.replace(/[.+]/g, '\\$&').replace(/\*\*\/|\*/g, (star) => (star === '*' ? '[^/]*' : '(?:.*/)?'));
  return new RegExp(`^${pattern}$`).test(path);
}

/** Each calls everything with every fault, lets days pass, or reads all that Flink has answered. */
const SLOW = /(in-time|who-answers|sweep|width-limit|readable-words|masking-law|runs-unreadable)\.test\.ts$/;
/** The tests of one file of the use cases: more likely to notice than a whole story. */
const OF_ONE_FILE = /\/usecases\/[^/]+\//;

/** The tests of a room: first those that are most likely to notice, since a mutant is done with at the first that does. */
export function testsInOrder(globs: readonly string[], paths: readonly string[]): string[] {
  const turn = (path: string): number => {
    if (SLOW.test(path)) return globs.length;
    return OF_ONE_FILE.test(path) ? -1 : globs.findIndex((glob) => matches(glob, path));
  };
  const tests = paths.filter((path) => globs.some((glob) => matches(glob, path)));
  return tests.toSorted((a, b) => turn(a) - turn(b));
}
