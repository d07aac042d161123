/** Which messages of Flink's say nothing to the author of a task, and what the others name. */
import { describe, expect, it } from 'vitest';
import {
  namesIn,
  saysNothing,
  standsAlone,
  withoutOptions,
  withoutParts,
  withoutPrefixes,
} from '../../../lib/adapters/flink/cause-words.ts';

describe('what Flink says around every failure of some kind', () => {
  it.each([
    ...['SQL validation failed', 'SQL validation failed.', 'SQL parse failed.'],
    ...['Failed to fetchResults.', 'Failed to configure session.', 'Failed to deploy script to cluster.'],
    'Failed to execute the operation 0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f.',
    'Failed to execute sql',
    ...['Failed to submit JobGraph.', 'Failed to submit ExecutionPlan.', 'Failed to submit job.'],
    ...['Failed to fetch next result', 'Failed to fetch job execution result', 'Failed to wait job finish'],
    'Fail to wait execution finish.',
    ...['Could not start the JobMaster.', 'Could not execute application.'],
    'Could not complete the operation. Number of retries has been exhausted.',
    ...['Error while waiting for job to be initialized', 'Error while retrieving result.'],
    ...['Error in serialization.', 'An error has occurred.', 'unexpected exception type'],
    ...['Could not serialize stream nodes', 'Could not serialize stream node Sink-1_a'],
    'One or more fetchers have encountered exception',
    'SplitFetcher thread 12 received unexpected exception while polling the records',
    ...['Could not forward element to next operator', 'Failed to start the operator coordinator'],
    ...['Exception while creating StreamOperatorStateContext.', 'Failed when trying to restore heap backend'],
    ...["Couldn't deploy Yarn Application Cluster", 'Could not create Kubernetes cluster "dinghy-1-ab".'],
    ...["Couldn't retrieve standalone cluster", 'Could not create the RestClusterClient.'],
    'Error in extracting a signature to output mapping.',
    'Object org.example.Own@1a2b3c is not serializable',
  ])('is left out, and what has more words is not: %s', (message) => {
    expect(saysNothing(message)).toBe(true);
    expect(saysNothing(`Own text: ${message}`)).toBe(false);
    expect(saysNothing(`${message} Own text`)).toBe(false);
  });

  it.each([
    "Failed to execute job 'orders per hour'.",
    'Job execution failed.',
    'Job failed (JobID: 0123456789abcdef0123456789abcdef)',
    'Recovery is suppressed by NoRestartBackoffTimeStrategy',
    'Could not serialize object for key serializedUDF.',
  ])('is left out whatever follows, and not where it stands further inside: %s', (message) => {
    expect(saysNothing(message)).toBe(true);
    expect(saysNothing(`${message}, whatever it is`)).toBe(true);
    expect(saysNothing(`Own text: ${message}`)).toBe(false);
  });

  it.each([
    'SQL validation failed. From line 1',
    'Failed to execute the operation.',
    'Failed to fetch the schema',
    'Could not start the server',
    'Object of the author is not serializable',
    '',
  ])('does not take with it what says something: %j', (message) => expect(saysNothing(message)).toBe(false));
});

describe('before what is wrong', () => {
  it.each([
    ['SQL validation failed. Column x is missing', 'Column x is missing'],
    ['SQL parse failed. Encountered "x"', 'Encountered "x"'],
    ['The main method caused an error: no topic', 'no topic'],
    ['java.lang.RuntimeException: no topic', 'no topic'],
    ['SQL validation failed. java.util.concurrent.CompletionException: a.b.Own$Inner: no topic', 'no topic'],
    ['Could not parse value for enum class a.b.C. Expected one of: [[A, B]]', 'Expected one of: [[A, B]]'],
    ['no topic]', 'no topic'],
    ['[no topic]', '[no topic]'],
    ['no topic: java.lang.RuntimeException: x', 'no topic: java.lang.RuntimeException: x'],
    ['topic: x', 'topic: x'],
    ['a.Own: x', 'a.Own: x'],
    ['a.b.own: x', 'a.b.own: x'],
    ['SQL validation failed.', 'SQL validation failed.'],
  ])('Flink puts classes and its own words: "%s" says "%s"', (message, said) =>
    expect(withoutPrefixes(message)).toBe(said),
  );

  it.each(['null', 'java.lang.NullPointerException', 'a.b.c.OwnError', 'java.lang.RuntimeException: null'])(
    'nothing is said by %s',
    (message) => expect(withoutPrefixes(message)).toBe(''),
  );

  it.each(['nullable', 'a.b.Own', 'OwnException', 'x java.lang.NullPointerException'])('%s says something', (message) =>
    expect(withoutPrefixes(message)).toBe(message),
  );
});

describe('a name', () => {
  it.each([
    ['table \'a.b\' and "c d" and `e` and [f]', ['a.b', 'c d', 'e', 'f']],
    ["column '`a`.`b`'", ['a', 'b']],
    ['no such host: db-1', ['db-1']],
    ['no such host: db-1 at all', []],
    ['12:30', []],
    ["''", []],
    [`'${'x'.repeat(200)}'`, ['x'.repeat(200)]],
    [`'${'x'.repeat(201)}'`, []],
    [`${'x'.repeat(990)} 'a' 'b' 'c'`, ['a', 'b']],
    ['nothing', []],
  ])('stands in quotes or brackets, or last behind a colon: %s', (message, names) =>
    expect(namesIn(message)).toEqual(names),
  );

  it.each([
    ['f', 'the function f(x)', true],
    ['f', 'of f', true],
    ['f', 'if', false],
    ['f', 'for', false],
    ['f', 'f_1', false],
    ['f', 'f gh', true],
    ['/a', 'x/a/b', true],
    ['a/', 'a/b', true],
    ['f', 'nothing', false],
  ])('%s stands alone in "%s": %s', (name, text, is) => expect(standsAlone(name, text)).toBe(is));
});

describe('all parts of what was to be made', () => {
  it('are told by its name', () => {
    const made =
      'Could not execute CREATE CATALOG: (catalogName: [shop], properties: [{type=jdbc}], ifNotExists: [false])';
    expect(withoutParts(made)).toBe('Could not execute CREATE CATALOG: (catalogName: [shop])');
    expect(withoutParts('(name: [shop], x)')).toBe('(name: [shop], x)');
    expect(withoutParts('x'.repeat(2_000))).toBe('x'.repeat(1_000));
  });
});

describe('the options of a table', () => {
  const SINK = "Unable to create a sink for writing table 't'. Table options are: ";
  const shown = (options: string, inside: string): string => withoutOptions(SINK + options, inside);
  const OPTIONS = "'connector'='kafka' 'topic'='orders' 'key'='id' 'x'=' '";

  it.each([
    ['the option topic is wrong', "'connector'='kafka', 'topic'='orders', 'key'='id', 'x'=' '"],
    ["the option 'topic' is wrong", "'topic'='orders'"],
    ['the option "key" is wrong', "'key'='id'"],
    ['the value [id] is wrong', "'key'='id'"],
    ['the id is wrong', "'connector'='kafka', 'topic'='orders', 'key'='id', 'x'=' '"],
    ['no orders', "'topic'='orders'"],
    ['connector and orders', "'connector'='kafka', 'topic'='orders'"],
    ["nothing but ' '", "'connector'='kafka', 'topic'='orders', 'key'='id', 'x'=' '"],
  ])('are told where the cause speaks of them, else the first: "%s"', (inside, told) =>
    expect(shown(OPTIONS, inside)).toBe(`Unable to create a sink for writing table 't' (${told})`),
  );

  it('are told as far as there is room', () => {
    const many = ['a', 'b', 'c'].map((key) => `'${key}'='${'v'.repeat(45)}'`).join('\n');
    expect(shown(many, '')).toBe(
      `Unable to create a sink for writing table 't' ('a'='${'v'.repeat(45)}', 'b'='${'v'.repeat(45)}', …)`,
    );
  });

  it('are told up to the last that has room', () => {
    const two = ['a', 'b'].map((key) => `'${key}'='${'v'.repeat(52)}'`);
    expect(shown(two.join('\n'), '')).toBe(`Unable to create a sink for writing table 't' (${two.join(', ')})`);
    const three = ['a', 'b', 'c'].map((key) => `'${key}'='${'v'.repeat(36)}'`);
    expect(shown(three.join('\n'), '')).toContain(', …)');
  });

  it.each(['Catalog', 'Model'])('so are those of a %s', (what) =>
    expect(withoutOptions(`No ${what}. ${what} options are: 'a'='b'`, '')).toBe(`No ${what} ('a'='b')`),
  );

  it('may be none, and a text may have none', () => {
    expect(shown('', '')).toBe("Unable to create a sink for writing table 't'");
    expect(withoutOptions("'a'='b'", '')).toBe("'a'='b'");
  });
});
