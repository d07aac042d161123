/**
 * The rooms of the mutation runs: which files are changed on purpose, and which tests must notice. Every file of
 * lib/usecases, lib/domain, lib/adapters/dynamo, lib/adapters/flink and cli/plan is in exactly one room (rooms.test.ts).
 */

/** Set for the run, read by vitest.config.ts beside this file. */
export const ROOM_VARIABLE = 'DINGHY_MUTANTS_ROOM';

export interface Room {
  /** Globs of the files that are mutated; a `!` in front takes files out again. */
  readonly files: readonly string[];
  /** Globs of the tests that are run against each mutant. */
  readonly tests: readonly string[];
  /**
   * True: the code decides about runs, claims, sends, records or secrets. Each of its mutants is killed, or a comment
   * beside it says why it can't be.
   */
  readonly decides: boolean;
}

const DOMAIN = 'test/domain/*.test.ts';
/** All but the laws: what only random texts can show is not asked of every mutant. */
const SQL = ['helpers', 'scripts', 'statement-set', 'tasks-doc', 'unknown-to-flink', 'vectors'].map(
  (name) => `test/domain/sql/${name}.test.ts`,
);
const STORIES = 'test/usecases/**/*.test.ts';
/** They need no sweep, no second process and no lost reply: a mutant that acts while a file is loaded costs a run of all. */
const ITEMS = [
  'test/adapters/definition-*.test.ts',
  'test/adapters/item-*.test.ts',
  'test/adapters/dynamo/job-items.test.ts',
];
const dynamo = (...names: readonly string[]): string[] => names.map((name) => `lib/adapters/dynamo/${name}.ts`);
const SCHEMAS = dynamo('head-schema', 'item-schemas', 'job-keys', 'read-item');
/** What people write: no run is kept in it. */
const DEFINITIONS = dynamo('definition-keys', 'definition-schema');
/** For people to look at: nothing is decided on it. */
const RUN_LIST = dynamo('run-list');
const flink = (...names: readonly string[]): string[] => names.map((name) => `lib/adapters/flink/${name}.ts`);
const flinkTests = (...names: readonly string[]): string[] =>
  names.map((name) => `test/adapters/flink-${name}.test.ts`);
/** Not against the law that no text takes long to read: it takes a minute (flink-texts.test.ts). */
const FLINK_TEXTS = flink(
  ...['before-deploy', 'before-main', 'errors', 'foreign-reply', 'jar-run-error', 'refused-plan', 'trace-text'],
  ...['where-it-failed', 'cause-words', 'dinghy-words', 'read-causes', 'told-causes'],
);
const FLINK_HTTP = flink('http', 'kept-connections', 'send-file');
/** Stories that take most of the time of all, each with the code that it is about. */
const OF_SWEEPS = [
  ...['asked-flink', 'party', 'reconcile*', 'resend', 'sweep*', 'timed', 'unreadable', 'who-answers', 'width-limit'],
];
const OF_SUBMITS = [
  ...[
    'another-job-id',
    'application',
    'budget',
    'bugs',
    'cancel*',
    'claim*',
    'drive-run',
    'early*',
    'failure-cause',
    'in-time',
    'job-instance',
    'knows-no-job',
  ],
  ...['load-task', 'log-lines', 'lost-intent', 'permit-send', 'read-operation', 'record'],
  ...[
    'refused-plan',
    'restored-table',
    'run-*',
    'savepoints',
    'secrets',
    'session',
    'start-*',
    'store-hiccups',
    'submi*',
    'waiting',
    'whom-a-cancel-means',
  ],
];
const stories = (...names: readonly string[]): string[] => names.map((name) => `test/usecases/${name}.test.ts`);
const domain = (...names: readonly string[]): string[] => names.map((name) => `lib/domain/${name}.ts`);
const usecases = (...names: readonly string[]): string[] => names.map((name) => `lib/usecases/${name}.ts`);

const PLACED: Readonly<Record<string, Room>> = {
  'domain-secrets': {
    files: domain(
      ...['hidden-text', 'known-values', 'loose-secrets', 'mask-cells', 'mask-options', 'mask-plan', 'read-texts'],
      ...[
        'known-literals',
        'shown-address',
        'secret-addresses',
        'secret-pairs',
        'secret-spans',
        'secret-values',
        'text-spans',
      ],
      ...['secret-name', 'sensitive-ranges', 'variables-secrets', 'sql/mask*', 'sql/sensitive-*', 'sql/with-options'],
    ),
    tests: [DOMAIN, ...SQL, 'test/usecases/secrets.test.ts'],
    decides: true,
  },
  'cli-plan': { files: ['cli/plan/**/*.ts'], tests: ['test/cli/**/*.test.ts'], decides: false },
  'domain-variables': {
    files: domain(
      ...['variables', 'variables-expand', 'variables-line-map', 'variables-text', 'placed-statement', 'placed-text'],
      ...['segments', 'sent-statement', 'show-fragments', 'sql/placeholder', 'sql/positions', 'sql/nth'],
      ...['parameters', 'parameter-pattern', 'variables-compose', 'variables-pieces', 'variables-place'],
      ...['variables-refused', 'variables-tokens'],
    ),
    tests: [DOMAIN, ...SQL],
    decides: false,
  },
  'domain-sql-read': {
    files: domain('sql/read-token', 'sql/scan*', 'sql/split', 'sql/token'),
    tests: [DOMAIN, ...SQL],
    decides: false,
  },
  'domain-sql-kinds': {
    files: domain(
      ...['sql/ddl-target', 'sql/kind', 'sql/sendable', 'sql/setting', 'sql/statement-kinds', 'sql/statement-set'],
      ...['sql/unknown-to-flink', 'sql/executor-text', 'sql/name-index', 'sql/one-value', 'sql/used-names'],
      'statement-order',
    ),
    tests: [DOMAIN, ...SQL],
    decides: false,
  },
  'domain-plan': {
    files: domain(
      ...['config-layers', 'execution-config', 'explain-*', 'flink-options', 'gateway-config', 'jar-*', 'job-config'],
      ...['lasting-changes', 'log-level', 'plan*', 'prepare-run', 'read-script', 'refuse-statement', 'run-target'],
      ...['split-args', 'savepoint', 'savepoint-choice', 'savepoint-prefixes', 'place-size', 'at-place', 'once'],
      'blamed-statement',
    ),
    tests: [DOMAIN, 'test/usecases/explain-task.test.ts', 'test/usecases/savepoints.test.ts'],
    decides: false,
  },
  'domain-definitions': {
    files: domain('define-*', 'definitions', 'deploy-*', 'deployment', 'run-place'),
    tests: [DOMAIN, 'test/cli/**/*.test.ts', 'test/usecases/application.test.ts'],
    decides: false,
  },
  'domain-run': {
    files: domain(
      ...[
        'answer',
        'answering',
        'caller-marks',
        'cancel*',
        'claim*',
        'column-names',
        'constants',
        'cut-text',
        'errors',
        'head-size',
        'job-status',
        'lost-job',
        'new-run',
        'overview-*',
        'ports',
      ],
      ...['reconcile-*', 'result-rows', 'run', 'run-events', 'settle*', 'time'],
    ),
    tests: [DOMAIN],
    decides: true,
  },
  'run-list': {
    files: RUN_LIST,
    tests: ['test/cli/runs.test.ts', 'test/adapters/dynamo/requests.test.ts'],
    decides: false,
  },
  dynamo: {
    files: ['lib/adapters/dynamo/**/*.ts', ...[...SCHEMAS, ...DEFINITIONS, ...RUN_LIST].map((name) => `!${name}`)],
    tests: ['test/adapters/dynamo*.test.ts', ...ITEMS],
    decides: true,
  },
  'dynamo-definitions': {
    files: DEFINITIONS,
    tests: ['test/adapters/definition-*.test.ts', 'test/cli/**/*.test.ts'],
    decides: false,
  },
  'dynamo-schemas': { files: SCHEMAS, tests: ITEMS, decides: true },
  flink: {
    files: ['lib/adapters/flink/**/*.ts', ...[...FLINK_TEXTS, ...FLINK_HTTP].map((name) => `!${name}`)],
    tests: [
      'test/adapters/fake-*.test.ts',
      ...flinkTests('checkpoints', 'deploy', 'jar*', 'leader', 'requests', 'wire'),
    ],
    decides: true,
  },
  'flink-texts': {
    files: FLINK_TEXTS,
    tests: [
      'test/adapters/flink/deploy-replies.test.ts',
      'test/adapters/flink/jar-run-error.test.ts',
      ...flinkTests('deploy', 'errors', 'jar-runs', 'replies', 'told', 'trace-text'),
    ],
    decides: true,
  },
  'flink-http': {
    files: FLINK_HTTP,
    tests: flinkTests('http', 'idle', 'jars', 'kept-connections', 'send-file', 'sockets', 'transport', 'waits'),
    decides: true,
  },
  'usecases-submit': {
    files: usecases(
      ...['await-*', 'budget', 'claim-run', 'early-steps', 'find-savepoint', 'growing-*', 'load-task', 'permit-send'],
      ...['request-key', 'run-number', 'side-by-side', 'stores-within', 'submission', 'submit-task'],
    ),
    tests: stories(...OF_SUBMITS),
    decides: true,
  },
  'usecases-send': {
    files: usecases(
      ...['deploy-run', 'drive-run', 'hiding-session', 'jar-on-flink', 'keeps-catalogs', 'knows-no-job', 'open-flink'],
      ...['open-session', 'read-operation', 'read-rows', 'read-secrets', 'run-preview', 'run-steps', 'start-jar'],
      ...['start-job', 'with-session'],
    ),
    tests: stories(...OF_SUBMITS),
    decides: true,
  },
  'usecases-record': {
    files: usecases(
      'cancel*',
      'failure-cause',
      'job-instance',
      'keep-savepoints',
      'log-failure',
      'say-*',
      'throw-bugs',
      'live-runs',
      'read-heads',
      'record',
      'remember-refusal',
      'tell-whole',
    ),
    tests: stories(...OF_SUBMITS, 'live-runs', 'say-lost', 'who-answers'),
    decides: true,
  },
  'usecases-reconcile': {
    files: usecases(
      ...['asked-*', 'cluster*', 'earlier-sends', 'party', 'reconcile*', 'resend*', 'sweep-*', 'timed'],
      ...['to-send', 'width-*'],
    ),
    tests: stories(
      ...OF_SWEEPS,
      'another-job-id',
      'application',
      'bugs',
      'cancel-and-keys',
      'failure-cause',
      'log-lines',
      'record',
      'savepoints',
      'secrets',
      'submit-jar',
      'whole-text',
    ),
    decides: true,
  },
  'usecases-explain': { files: usecases('explain-*'), tests: [STORIES], decides: false },
};

/** What is in no other room: new files, until somebody places them. Taken for code that decides. */
const unplaced = (folder: string, tests: readonly string[]): Room => {
  const placed = Object.values(PLACED).flatMap(({ files }) => files.filter((glob) => glob.startsWith(folder)));
  return { files: [`${folder}/**/*.ts`, ...placed.map((glob) => `!${glob}`)], tests, decides: true };
};

export const ROOMS: Readonly<Record<string, Room>> = {
  ...PLACED,
  'domain-new': unplaced('lib/domain', [DOMAIN, ...SQL]),
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
