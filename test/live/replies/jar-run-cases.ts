/** Jars that Flink can't run, and mains that fail: before main(), within it, and once it has started its job. */

export interface JarRunCase {
  readonly kind: JarFailureKind;
  readonly name: string;
  readonly entryClass: string | null;
  /** What main() gets after its own name in the ledger. */
  readonly args: readonly string[];
  /** Of the request, over what is always there. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, string>>;
  /** Runs on what was uploaded under this name. */
  readonly jar: 'mains' | 'noJar' | 'lost' | 'noEntry';
}

type JarFailureKind = 'option' | 'jar' | 'main' | 'graph' | 'submission' | 'after';

export interface RecordedJarRun {
  readonly kind: JarFailureKind;
  readonly name: string;
  readonly status: number;
  readonly body: string;
  /** Whether the JobManager has ever shown a job under the id of this run. */
  readonly started: boolean;
  /** Whether main(), or other code of the program, has run: it says so in the JobManager's log. */
  readonly mainRan: boolean;
}

const BAD_VALUES: Readonly<Record<string, readonly string[]>> = {
  'parallelism.default': ['abc', '-3', '0', '1.5'],
  'pipeline.max-parallelism': ['many', '-7', '40000'],
  'state.backend.type': ['nonsense', 'com.example.Missing'],
  'state.backend': ['nonsense'],
  'state.checkpoint-storage': ['nonsense'],
  'execution.checkpointing.storage': ['nonsense'],
  'execution.checkpointing.dir': ['nosuch://x', 'not a uri: %%'],
  'execution.checkpointing.interval': ['soon', '-1 s', '1 ms'],
  'execution.checkpointing.mode': ['NOSUCH'],
  'execution.checkpointing.timeout': ['soon'],
  'execution.checkpointing.min-pause': ['soon'],
  'execution.checkpointing.max-concurrent-checkpoints': ['many'],
  'execution.checkpointing.tolerable-failed-checkpoints': ['many'],
  'execution.checkpointing.unaligned': ['perhaps'],
  'execution.checkpointing.unaligned.enabled': ['perhaps'],
  'execution.checkpointing.externalized-checkpoint-retention': ['NOSUCH'],
  'execution.savepoint.path': ['not a uri: %%', 'nosuch://x', '/nowhere'],
  'execution.state-recovery.path': ['not a uri: %%', 'nosuch://x', '/nowhere'],
  'execution.savepoint.ignore-unclaimed-state': ['perhaps'],
  'execution.state-recovery.ignore-unclaimed-state': ['perhaps'],
  'execution.savepoint-restore-mode': ['NOSUCH'],
  'execution.state-recovery.claim-mode': ['NOSUCH'],
  'execution.runtime-mode': ['NOSUCH'],
  'execution.buffer-timeout': ['soon'],
  'execution.attached': ['perhaps'],
  'execution.shutdown-on-attached-exit': ['perhaps'],
  'execution.target': ['nosuch', 'remote', 'local'],
  'execution.batch-shuffle-mode': ['NOSUCH'],
  'execution.job-listeners': ['com.example.Missing'],
  'restart-strategy.type': ['nosuch', 'com.example.Missing'],
  'restart-strategy': ['nosuch'],
  'restart-strategy.fixed-delay.attempts': ['many'],
  'restart-strategy.fixed-delay.delay': ['soon'],
  'restart-strategy.failure-rate.max-failures-per-interval': ['many'],
  'restart-strategy.exponential-delay.initial-backoff': ['soon'],
  'pipeline.object-reuse': ['perhaps'],
  'pipeline.auto-watermark-interval': ['soon'],
  'pipeline.closure-cleaner-level': ['NOSUCH'],
  'pipeline.generic-types': ['perhaps', 'false'],
  'pipeline.global-job-parameters': ['no map'],
  'pipeline.jars': ['nosuch://jar', 'not a url'],
  'pipeline.classpaths': ['no url', 'nosuch://x'],
  'pipeline.cached-files': ['nonsense'],
  'pipeline.serialization-config': ['nonsense'],
  'pipeline.operator-chaining': ['perhaps'],
  'pipeline.operator-chaining.enabled': ['perhaps'],
  'pipeline.jobvertex-parallelism-overrides': ['no map'],
  'pipeline.watermark-alignment.allow-unaligned-source-splits': ['perhaps'],
  'pipeline.task-name-length': ['many'],
  'pipeline.vertex-name-include-index-prefix': ['perhaps'],
  'state.checkpoints.dir': ['nosuch://x'],
  'state.savepoints.dir': ['nosuch://x'],
  'state.changelog.enabled': ['maybe'],
  'state.backend.changelog.enabled': ['maybe'],
  'state.backend.incremental': ['maybe'],
  'classloader.resolve-order': ['nosuch'],
  'classloader.check-leaked-classloader': ['perhaps'],
  'classloader.parent-first-patterns.default': [''],
  'classloader.fail-on-metaspace-oom-error': ['perhaps'],
  'rest.port': ['abc', '-1'],
  'rest.address': ['no-such-host.invalid'],
  'table.exec.state.ttl': ['abc'],
  'jobmanager.scheduler': ['nosuch'],
  'cluster.fine-grained-resource-management.enabled': ['perhaps'],
  'client.timeout': ['soon'],
  'taskmanager.memory.managed.consumer-weights': ['no map', 'OPERATOR:-1'],
  'web.submit.enable': ['perhaps'],
  'security.kerberos.login.keytab': ['/nowhere'],
};

const base: Omit<JarRunCase, 'kind' | 'name'> = {
  entryClass: 'dinghy.mains.Mains$Fine',
  args: [],
  request: {},
  options: {},
  jar: 'mains',
};
const one = (kind: JarFailureKind, name: string, more: Partial<JarRunCase>): JarRunCase => ({
  ...base,
  kind,
  name,
  ...more,
});
const main = (kind: JarFailureKind, name: string, args: readonly string[] = []): JarRunCase =>
  one(kind, [name, ...args].join(' '), { entryClass: `dinghy.mains.Mains$${name}`, args });

const THROWN = [
  ...['illegal', 'config', 'error', 'memory', 'noclass', 'frameless', 'framelessRuntime', 'deep', 'program'],
  ...['completion', 'likeTrace', 'likeTraceError', 'submission', 'elsewhere', 'suppressed'],
];

const JOB_ID = '$internal.pipeline.job-id';

export const JAR_RUN_CASES: readonly JarRunCase[] = [
  ...Object.entries(BAD_VALUES).flatMap(([key, values]) =>
    values.flatMap((value) =>
      ['Fine', 'FineTable'].map((entry) =>
        one('option', `${entry} ${key} ${value}`, {
          entryClass: `dinghy.mains.Mains$${entry}`,
          options: { [key]: value },
        }),
      ),
    ),
  ),
  one('option', 'parallelism of the request', { request: { parallelism: -3 } }),
  one('option', 'parallelism of the request, zero', { request: { parallelism: 0 } }),
  one('option', 'job id of the request', { request: { jobId: 'abc' } }),
  one('option', 'job id of the options', { options: { [JOB_ID]: 'abc' } }),
  one('option', 'claim mode of the request', { request: { claimMode: 'NOSUCH', savepointPath: '/nowhere' } }),
  one('jar', 'a class that is not there', { entryClass: 'com.example.Missing' }),
  one('jar', 'no class named', { entryClass: null, jar: 'noEntry' }),
  one('jar', 'no jar', { jar: 'noJar' }),
  one('jar', 'lost', { jar: 'lost' }),
  ...['NoMain', 'HiddenMain', 'InstanceMain', 'ExtendsMissing'].map((name) => main('jar', name)),
  ...['InitFails', 'InitStarts', 'StartsNothing', 'BadSql'].map((name) => main('main', name)),
  ...THROWN.map((thrown) => main('main', 'ThrowsBefore', [thrown])),
  ...THROWN.map((thrown) => main('main', 'ThrowsInEnvironment', [thrown])),
  ...['NoOperators', 'SameUid', 'NotWritable'].map((name) => main('graph', name)),
  ...['/nowhere/savepoint', 'file:///nowhere', 'nosuch://x', 'not a uri: %%', ' '].map((path) =>
    one('submission', `savepoint ${path}`, { request: { savepointPath: path } }),
  ),
  main('after', 'StartsTwo'),
  ...THROWN.map((thrown) => main('after', 'ThrowsAfter', [thrown])),
];
