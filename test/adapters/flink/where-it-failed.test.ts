/**
 * An operation failed before it asked anybody to start a job: told by where it failed, in short traces of each kind. Whether
 * real ones are read right, replies.test.ts says.
 */
import { describe, expect, it } from 'vitest';
import { bottomOf, failedBeforeSubmission, readLine, stacksOf } from '../../../lib/adapters/flink/where-it-failed.ts';

const TABLE = 'org.apache.flink.table.';
const GATEWAY = `${TABLE}gateway.service.`;
const OPERATION = `${GATEWAY}operation.OperationManager$Operation.`;
const EXECUTOR = `${GATEWAY}operation.OperationExecutor.`;
const ENVIRONMENT = `${TABLE}api.internal.TableEnvironmentImpl.`;
const STREAMING = 'org.apache.flink.streaming.api.';
const EXECUTORS = 'org.apache.flink.client.deployment.executors.';

const at = (frame: string): string => `\tat ${frame}(X.java:1)`;
const more = (count: number): string => `\t... ${count} more`;
const START = '<Exception on server side:';
const END = 'End of exception on server side>';
const FETCHING = `${TABLE}gateway.api.utils.SqlGatewayException: Failed to fetchResults.`;
const WRAPPER = `Caused by: ${GATEWAY}utils.SqlExecutionException: Failed to execute the operation 4d5a2c1e-0b1c-4b1f-9a64-0a3c8dc2a1f5.`;
const RUN = `${OPERATION}lambda$run$0`;
const HEADER = `Caused by: ${TABLE}api.TableException: no`;
/** Two frames of the operation and seven below them: what it failed with leaves out seven as well. */
const OWN = [at(`${OPERATION}processThrowable`), at(RUN), more(7)];

const whole = (...lines: readonly string[]): string =>
  [START, FETCHING, at('io.netty.X.y'), ...lines, END, ''].join('\n');
const failing = (...lines: readonly string[]): string => whole(WRAPPER, ...OWN, HEADER, ...lines);
/** Frames from the one that threw to the start, as Flink tells them. */
const stack = (...frames: readonly string[]): string[] => [...[...frames, RUN].map(at), more(7)];
const thrownIn = (...frames: readonly string[]): string => failing(...stack(...frames));

const PLANNING = `${TABLE}planner.delegation.PlannerBase.translate`;
const INTERNAL = `${ENVIRONMENT}executeInternal`;
const STATEMENT = `${EXECUTOR}executeStatement`;
const SUBMITTING = [
  `${TABLE}planner.delegation.DefaultExecutor.executeAsync`,
  `${STREAMING}environment.StreamExecutionEnvironment.executeAsync`,
];
const JOB_GRAPH = `${EXECUTORS}PipelineExecutorUtils.getJobGraph`;
const CLUSTER_EXECUTORS = [
  `${EXECUTORS}AbstractSessionClusterExecutor.execute`,
  `${EXECUTORS}AbstractJobClusterExecutor.execute`,
];

describe('nothing was submitted', () => {
  it.each([
    `${EXECUTOR}getTableEnvironment`,
    `${TABLE}planner.delegation.ParserImpl.parse`,
    `${TABLE}planner.delegation.hive.HiveParser.parse`,
    PLANNING,
    `${TABLE}planner.delegation.StreamPlanner.translateToPlan`,
    `${TABLE}planner.delegation.BatchPlanner.translateToPlan`,
    `${TABLE}planner.delegation.DefaultExecutor.createPipeline`,
    `${ENVIRONMENT}translate`,
    `${ENVIRONMENT}loadPlan`,
    `${ENVIRONMENT}createCatalog`,
    `${ENVIRONMENT}getModifyOperation`,
    `${ENVIRONMENT}extractSinkIdentifierNames`,
    `${ENVIRONMENT}generatePipelineFromQueryOperation`,
    `${TABLE}operations.ddl.CreateTableOperation.execute`,
    `${TABLE}catalog.CatalogManager.createTable`,
    `${TABLE}catalog.FunctionCatalog.registerFunction`,
    `${TABLE}resource.ResourceManager.registerJarResources`,
  ])('where %s has failed, or what it called', (frame) => {
    expect(thrownIn(frame)).not.toBe(thrownIn());
    expect(failedBeforeSubmission(thrownIn(frame, INTERNAL, STATEMENT))).toBe(true);
    expect(failedBeforeSubmission(thrownIn('com.example.A.b', frame, INTERNAL))).toBe(true);
  });

  it.each([
    OPERATION,
    `${GATEWAY}operation.OperationManager.`,
    `${GATEWAY}SqlGatewayServiceImpl.`,
    STATEMENT,
    `${EXECUTOR}executeOperation`,
    `${EXECUTOR}configureSession`,
    `${EXECUTOR}callModifyOperations`,
    `${EXECUTOR}callEndStatementSetOperation`,
    `${EXECUTOR}callExecuteOperation`,
    `${EXECUTOR}callOperation`,
    INTERNAL,
    `${TABLE}api.TableEnvironment.executePlan`,
  ])('whichever way it came: by %s', (frame) => {
    expect(failedBeforeSubmission(thrownIn(PLANNING, frame))).toBe(true);
    expect(failedBeforeSubmission(thrownIn('com.example.A.b', frame))).toBe(false);
  });

  it.each([
    `${STREAMING}environment.StreamExecutionEnvironment.getPipelineExecutor`,
    JOB_GRAPH,
    `${EXECUTORS}PipelineExecutorUtils.getStreamGraph`,
    `${STREAMING}graph.StreamGraph.serializeUserDefinedInstances`,
  ])('where the job is put together, also on the way to a cluster: %s', (frame) => {
    for (const executor of CLUSTER_EXECUTORS)
      expect(failedBeforeSubmission(thrownIn(frame, executor, ...SUBMITTING, INTERNAL))).toBe(true);
  });

  it.each([STATEMENT, `${EXECUTOR}executeOperation`, INTERNAL, `${INTERNAL}WithHints`])(
    'where %s refuses by itself',
    (frame) => {
      for (const exception of [
        `${TABLE}api.TableException`,
        `${TABLE}api.ValidationException`,
        `${GATEWAY}utils.SqlExecutionException`,
        'java.lang.UnsupportedOperationException',
      ])
        expect(failedBeforeSubmission(whole(WRAPPER, ...OWN, `Caused by: ${exception}: no`, ...stack(frame)))).toBe(
          true,
        );
    },
  );

  it('with a session that is configured, with empty lines behind, and with more frames of the gateway', () => {
    const text = thrownIn(PLANNING);
    expect(failedBeforeSubmission(text.replace('Failed to fetchResults.', 'Failed to configure session.'))).toBe(true);
    expect(failedBeforeSubmission(`${text}\n\n`)).toBe(true);
    expect(failedBeforeSubmission(text.replace(START, `${START}\nCaused by: ${FETCHING}`))).toBe(true);
    const fetching = [more(2), `Caused by: ${FETCHING}`, at('a.B.c'), more(3)];
    expect(failedBeforeSubmission(whole(...fetching, WRAPPER, ...OWN, HEADER, ...stack(PLANNING)))).toBe(true);
    const own = [at(`${OPERATION}processThrowable`), at(RUN), at('java.util.concurrent.X.run'), more(6)];
    expect(failedBeforeSubmission(whole(WRAPPER, ...own, HEADER, ...stack(PLANNING)))).toBe(true);
  });

  it('where it is another thread that has a frame of a submission', () => {
    const other = ['Caused by: a.B: c', at(SUBMITTING[0] ?? ''), more(6)];
    expect(failedBeforeSubmission(failing(...stack(PLANNING), ...other))).toBe(true);
  });
});

describe('what was caught on the way', () => {
  const cause = (count: number, ...frames: readonly string[]): string[] => [
    'Caused by: a.B: c',
    ...frames.map(at),
    more(count),
  ];
  /** Of the three frames of its own, the cause shares the two lower ones and the seven below them. */
  const wrapping = (...causes: readonly string[]): string => failing(...stack(INTERNAL, STATEMENT), ...causes);

  it('tells where it failed', () => {
    expect(failedBeforeSubmission(wrapping(...cause(9, PLANNING, INTERNAL)))).toBe(true);
    expect(failedBeforeSubmission(wrapping(...cause(9, 'com.example.A.b', INTERNAL)))).toBe(false);
    expect(failedBeforeSubmission(wrapping(...cause(9, PLANNING, ...SUBMITTING, INTERNAL)))).toBe(false);
    expect(failedBeforeSubmission(wrapping(...cause(9, JOB_GRAPH, ...SUBMITTING, INTERNAL)))).toBe(true);
  });

  it('may have caught something itself', () => {
    const inner = cause(10, PLANNING, `${ENVIRONMENT}executeQueryOperation`);
    const outer = cause(9, `${ENVIRONMENT}executeQueryOperation`, INTERNAL);
    expect(failedBeforeSubmission(wrapping(...outer, ...inner))).toBe(true);
    expect(
      failedBeforeSubmission(wrapping(...outer, ...cause(10, 'a.B.c', `${ENVIRONMENT}executeQueryOperation`))),
    ).toBe(false);
  });

  it.each<[string, readonly string[]]>([
    ['more frames below it', cause(10, PLANNING, INTERNAL)],
    ['fewer', cause(8, PLANNING, INTERNAL)],
    ['another start', cause(9, PLANNING, STATEMENT)],
    ['no frames', ['Caused by: a.B', more(9)]],
  ])('is text of a message if it has %s', (_what, lines) => {
    expect(failedBeforeSubmission(wrapping(...lines))).toBe(false);
  });

  it('must have failed before, whichever of two it is', () => {
    const before = cause(9, PLANNING, INTERNAL);
    const later = cause(9, 'com.example.A.b', INTERNAL);
    expect(failedBeforeSubmission(wrapping(...before, ...before))).toBe(true);
    expect(failedBeforeSubmission(wrapping(...before, ...later))).toBe(false);
    expect(failedBeforeSubmission(wrapping(...later, ...before))).toBe(false);
  });

  it('is not believed of anybody but the table environment', () => {
    const caught = cause(8, PLANNING, STATEMENT);
    expect(failedBeforeSubmission(failing(...stack(STATEMENT), ...caught))).toBe(false);
  });
});

describe('it is not known whether something was submitted', () => {
  it.each([
    'org.apache.flink.client.program.rest.RestClusterClient.submitJob',
    'org.apache.flink.client.ClientUtils.waitUntilJobInitializationFinished',
    'org.apache.flink.client.deployment.StandaloneClusterDescriptor.retrieve',
    'org.apache.flink.runtime.rest.RestClient.sendRequest',
    'org.apache.flink.runtime.dispatcher.Dispatcher.submitJob',
    'org.apache.flink.runtime.jobmaster.JobMaster.start',
    'org.apache.flink.runtime.minicluster.MiniCluster.submitJob',
  ])('where %s stands anywhere', (frame) => {
    expect(failedBeforeSubmission(thrownIn(frame, PLANNING))).toBe(false);
    expect(failedBeforeSubmission(failing(...stack(PLANNING), 'Caused by: a.B: c', at(frame), more(1)))).toBe(false);
  });

  it.each(SUBMITTING)('where planning goes on in %s', (frame) => {
    expect(failedBeforeSubmission(thrownIn(PLANNING, frame))).toBe(false);
    expect(failedBeforeSubmission(failing(...stack(PLANNING), 'Caused by: a.B: c', at(frame), more(7)))).toBe(false);
    expect(failedBeforeSubmission(failing(...stack(PLANNING), 'Caused by: a.B: c', at(frame), more(20)))).toBe(false);
  });

  it('where the way of every statement has failed by itself, but not as it refuses one', () => {
    const header = (exception: string): string => whole(WRAPPER, ...OWN, `Caused by: ${exception}`, ...stack(INTERNAL));
    expect(failedBeforeSubmission(header('java.lang.IllegalStateException: no'))).toBe(false);
    expect(failedBeforeSubmission(header(`${TABLE}api.TableExceptionOfMine: no`))).toBe(false);
    expect(failedBeforeSubmission(header(`a.B: ${TABLE}api.TableException: no`))).toBe(false);
    expect(failedBeforeSubmission(thrownIn(`${EXECUTOR}callModifyOperations`))).toBe(false);
    expect(failedBeforeSubmission(thrownIn(`${ENVIRONMENT}executeAsync`))).toBe(false);
  });

  it('where one of two that it could be is another', () => {
    expect(failedBeforeSubmission(failing(...stack(PLANNING), 'x', ...stack('com.example.A.b')))).toBe(false);
    expect(failedBeforeSubmission(failing(...stack('com.example.A.b'), 'x', ...stack(PLANNING)))).toBe(false);
  });

  it.each<[string, string]>([
    ['a trace that has no start', thrownIn(PLANNING).slice(START.length + 1)],
    ['a trace that begins otherwise', `x\n${thrownIn(PLANNING)}`],
    ['a trace that has no end', thrownIn(PLANNING).replace(END, '')],
    ['a trace that goes on behind its end', `${thrownIn(PLANNING)}x`],
    ['no operation', whole(HEADER, ...stack(PLANNING))],
    ['an operation that somebody quotes', whole(`Caused by: a.B: ${WRAPPER}`, ...OWN, HEADER, ...stack(PLANNING))],
    [
      'an operation below the text of somebody else',
      whole('Caused by: a.B: c', WRAPPER, ...OWN, HEADER, ...stack(PLANNING)),
    ],
    ['a gateway that did something else', thrownIn(PLANNING).replace('Failed to fetchResults.', 'Failed to open.')],
    ['words of the gateway in the mouth of another', thrownIn(PLANNING).replace(FETCHING, `a.B: ${FETCHING}`)],
    ['an operation that has not failed', whole(WRAPPER, at(RUN), more(7), HEADER, ...stack(PLANNING))],
    [
      'a gateway that says of no operation that it has run it',
      [
        ...[START, FETCHING, FETCHING, FETCHING, `Caused by: ${FETCHING}`, at(`${OPERATION}processThrowable`)],
        ...[at(RUN), at('java.util.concurrent.X.run'), more(6), ...stack(PLANNING), END],
      ].join('\n'),
    ],
    [
      'an operation of a class whose name only ends so',
      whole(WRAPPER, at(`a.${OPERATION}processThrowable`), at(RUN), more(7), HEADER, at(PLANNING), at(RUN), more(8)),
    ],
    ['an operation and nothing else', whole(WRAPPER, HEADER)],
    ['an operation without frames', whole(WRAPPER, HEADER, ...stack(PLANNING))],
    ['an operation without a cause', whole(WRAPPER, ...OWN, 'x', ...stack(PLANNING))],
    ['an operation with nothing behind it', [START, FETCHING, WRAPPER, ...OWN].join('\n')],
    ['a cause with more frames below it', failing(at(PLANNING), at(RUN), more(8))],
    ['a cause with fewer', failing(at(PLANNING), at(RUN), more(6))],
    ['a cause with another start', failing(at(PLANNING), at(STATEMENT), more(7))],
    ['a cause whose start only ends so', failing(at(PLANNING), at(`a.${RUN}`), more(7))],
    ['a cause without frames', failing(more(7))],
    ['nothing', ''],
  ])('of %s', (_what, text) => {
    expect(failedBeforeSubmission(text)).toBe(false);
  });
});

describe('a line of a trace', () => {
  it.each([
    ['\tat a.B.c(B.java:1)', 'a.B.c'],
    ['\tat a.B$C.lambda$d$0(Unknown Source)', 'a.B$C.lambda$d$0'],
    ['\tat java.base/java.lang.Thread.run(Thread.java:829)', 'java.lang.Thread.run'],
    ['\tat app//a.B.c(B.java:1)', 'a.B.c'],
    ['\tat app/java.base@17.0.1/a.B.<init>(B.java:1)', 'a.B.<init>'],
  ])('%j is a frame', (text, frame) => expect(readLine(text)).toEqual({ kind: 'frame', frame, more: 0 }));

  it.each([
    ['\t... 7 more', 7],
    ['\t... 123456 more', 123_456],
  ])('%j says how many there are below', (text, count) =>
    expect(readLine(text)).toEqual({ kind: 'more', frame: null, more: count }),
  );

  it.each([
    'at a.B.c(B.java:1)',
    ' \tat a.B.c(B.java:1)',
    '\t\tat a.B.c(B.java:1)',
    'x\tat a.B.c(B.java:1)',
    '\tx\tat a.B.c(B.java:1)',
    '\tat a.B.c',
    '\tat a b.c(B.java:1)',
    '\tat (B.java:1)',
    '... 7 more',
    '\t\t... 7 more',
    '\t... 1234567 more',
    '\t...  more',
    '\t... 7 more x',
    'Caused by: a.B: c',
    '',
  ])('%j is any text', (text) => expect(readLine(text)).toEqual({ kind: 'other', frame: null, more: 0 }));

  it('is read up to 2,000 characters', () => {
    const longest = at('a'.repeat(2_000 - at('').length));
    expect(longest).toHaveLength(2_000);
    expect(readLine(longest).kind).toBe('frame');
    expect(readLine(`${longest}x`)).toEqual({ kind: 'other', frame: null, more: 0 });
  });
});

describe('the stacks of a trace', () => {
  const read = (...lines: readonly string[]) => stacksOf(lines.map(readLine));

  it('are the rows of frames that end with how many there are below', () => {
    expect(read(at('a.B.c'), at('d.E.f'), more(3), 'x', at('g.H.i'), more(0))).toEqual([
      { frames: ['a.B.c', 'd.E.f'], more: 3, length: 3 },
      { frames: ['g.H.i'], more: 0, length: 2 },
    ]);
    expect(read(at('a.B.c'), more(3), at('g.H.i'), more(4)).map(({ frames }) => frames)).toEqual([
      ['a.B.c'],
      ['g.H.i'],
    ]);
  });

  it('are none without that, without frames, or with a text between', () => {
    expect(read(at('a.B.c'))).toEqual([]);
    expect(read(more(3))).toEqual([]);
    expect(read(at('a.B.c'), 'x', more(3))).toEqual([]);
    expect(read(at('a.B.c'), 'x', at('d.E.f'), more(3))).toEqual([{ frames: ['d.E.f'], more: 3, length: 2 }]);
  });

  it('have their start at the bottom', () => {
    expect(bottomOf({ frames: ['a', 'b'], more: 0, length: 3 })).toBe('b');
    expect(bottomOf({ frames: [], more: 0, length: 1 })).toBeUndefined();
  });
});
