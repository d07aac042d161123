/** Replies to POST /jars/:id/run as Flink 1.20.3 and 2.3.0 gave them (frames cut), and what each proves (protocol.md 5, 11). */
import { describe, expect, it } from 'vitest';
import { jarRunError } from '../../../lib/adapters/flink/jar-run-error.ts';

const FRAMES = `\tat org.apache.flink.runtime.webmonitor.handlers.JarRunHandler.lambda$handleRequest$1(JarRunHandler.java:114)
\tat java.base/java.lang.Thread.run(Thread.java:840)`;
const trace = (causes: readonly string[]): string =>
  causes
    .map((cause, i) => `${i === 0 ? '' : 'Caused by: '}${cause}\n${FRAMES}${i === 0 ? '' : '\n\t... 2 more'}`)
    .join('\n');

/** HTTP 400, from main() on. */
const handled = (...causes: string[]): string => JSON.stringify({ errors: [trace(causes)] });
/** HTTP 500, before main(). */
const unhandled = (...causes: string[]): string => {
  const text = trace([`java.util.concurrent.CompletionException: ${causes[0] ?? ''}`, ...causes]);
  return JSON.stringify({
    errors: ['Internal server error.', `<Exception on server side:\n${text}\n\nEnd of exception on server side>`],
  });
};

const REST = 'org.apache.flink.runtime.rest.handler.RestHandlerException';
const PROGRAM = 'org.apache.flink.client.program.ProgramInvocationException';
const EXECUTING = [
  `${REST}: Could not execute application.`,
  'java.util.concurrent.CompletionException: org.apache.flink.util.FlinkRuntimeException: Could not execute application.',
  'org.apache.flink.util.FlinkRuntimeException: Could not execute application.',
];
const submitting = (name: string, ...causes: string[]): string =>
  handled(
    ...EXECUTING,
    `${PROGRAM}: The main method caused an error: Failed to execute job '${name}'.`,
    `org.apache.flink.util.FlinkException: Failed to execute job '${name}'.`,
    ...causes,
  );
const inMain = (message: string, ...causes: string[]): string =>
  handled(...EXECUTING, `${PROGRAM}: The main method caused an error: ${message}`, ...causes);
const UPLOAD = '/tmp/flink-web-upload/31060ff2-ea7d-4653-9a57-f73b959d6928_abc_jobs.jar';

describe('jarRunError', () => {
  it.each([
    [
      'a duplicate, 2.3',
      submitting(
        'good one',
        'org.apache.flink.runtime.client.DuplicateApplicationSubmissionException: Application has already been submitted.',
      ),
      'flink.duplicate',
      'Application has already been submitted.',
    ],
    [
      'a duplicate, 1.20',
      submitting(
        'good one',
        'org.apache.flink.runtime.client.DuplicateJobSubmissionException: Job has already been submitted.',
      ),
      'flink.duplicate',
      'Job has already been submitted.',
    ],
    [
      'a jar that is gone',
      unhandled(`${REST}: Jar file ${UPLOAD} does not exist`),
      'flink.jarGone',
      'The JobManager has lost the jar.',
    ],
    [
      'a main() that misses a jar of its own: it has run',
      inMain('Jar file /lib/a.jar does not exist', 'java.io.FileNotFoundException: Jar file /lib/a.jar does not exist'),
      'flink.mainFailed',
      'main() failed: FileNotFoundException: Jar file /lib/a.jar does not exist',
    ],
    [
      'a main() without a job',
      handled(`${REST}: No jobs included in application.`),
      'flink.rejected',
      'main() ended without starting a job: it must call execute() once.',
    ],
    [
      'a main() that throws those words, and may have started a job before',
      inMain('No jobs included in application.', 'a.B: No jobs included in application.'),
      'flink.mainFailed',
      'main() failed: B: No jobs included in application.',
    ],
    [
      'a main() that throws what Flink says of a program',
      inMain('the entry point class was not found', `${PROGRAM}: the entry point class was not found`),
      'flink.mainFailed',
      'main() failed: the entry point class was not found',
    ],
    [
      'a class that is not there',
      unhandled(
        `${PROGRAM}: The program's entry point class 'nope.Nope' was not found in the jar file.`,
        'java.lang.ClassNotFoundException: nope.Nope',
      ),
      'flink.rejected',
      "The program's entry point class 'nope.Nope' was not found in the jar file.",
    ],
    [
      'a class without main()',
      unhandled(`${PROGRAM}: The given program class does not have a main(String[]) method.`),
      'flink.rejected',
      'The given program class does not have a main(String[]) method.',
    ],
    [
      'no class named anywhere',
      unhandled(`${PROGRAM}: Neither a 'Main-Class', nor a 'program-class' entry was found in the jar file.`),
      'flink.rejected',
      "Neither a 'Main-Class', nor a 'program-class' entry was found in the jar file.",
    ],
    [
      'a file that is no jar',
      unhandled(
        `${PROGRAM}: Error while opening jar file '${UPLOAD}'`,
        `java.io.IOException: Error while opening jar file '${UPLOAD}'`,
        'java.util.zip.ZipException: zip END header not found',
      ),
      'flink.rejected',
      "the jar can't be opened: zip END header not found",
    ],
    [
      'a main() that throws',
      inMain('--name needs a value', 'java.lang.IllegalArgumentException: --name needs a value'),
      'flink.mainFailed',
      'main() failed: IllegalArgumentException: --name needs a value',
    ],
    [
      'a main() that throws, with a cause that tells more; its own connections are no submission',
      inMain(
        'the settings could not be read',
        'java.lang.IllegalStateException: the settings could not be read',
        'java.net.ConnectException: Connection refused',
      ),
      'flink.mainFailed',
      'main() failed: IllegalStateException: the settings could not be read, because of ConnectException: Connection refused',
    ],
    [
      'an exception without a message',
      inMain('null', 'java.lang.NullPointerException'),
      'flink.mainFailed',
      'main() failed: NullPointerException',
    ],
    [
      'a class that is missing while main() runs: an Error is not wrapped',
      handled(
        `${REST}: Could not execute application.`,
        'java.util.concurrent.CompletionException: java.lang.NoClassDefFoundError: com/example/Missing',
        'java.lang.NoClassDefFoundError: com/example/Missing',
        'java.lang.ClassNotFoundException: com.example.Missing',
      ),
      'flink.mainFailed',
      'main() failed: ClassNotFoundException: com.example.Missing',
    ],
    [
      'a submission that failed: nobody knows',
      submitting(
        'x',
        'java.lang.RuntimeException: org.apache.flink.runtime.client.JobInitializationException: Could not start the JobMaster.',
        "java.io.FileNotFoundException: Cannot find checkpoint or savepoint file/directory 'file:/nowhere'.",
      ),
      'flink.failed',
      "Cannot find checkpoint or savepoint file/directory 'file:/nowhere'.",
    ],
    [
      'a submission by the Table API that failed',
      inMain('Failed to execute sql', 'org.apache.flink.table.api.TableException: Failed to execute sql'),
      'flink.failed',
      'Failed to execute sql',
    ],
    [
      'an error of another kind: nobody knows',
      unhandled('java.lang.OutOfMemoryError: Metaspace'),
      'flink.failed',
      'OutOfMemoryError: Metaspace',
    ],
  ])('%s', (_what, body, code, message) => {
    const error = jarRunError(body);
    expect({ code: error.code, message: error.message }).toEqual({ code, message });
  });

  it('never shows a stack trace, however many lines a message has', () => {
    const { message } = jarRunError(inMain('a\n\tat b.c(d.java:1)', 'com.example.Bad: first line\nsecond line'));
    expect(message).toBe('main() failed: Bad: first line second line');
  });
});

describe('what main() may say itself', () => {
  const START = '<Exception on server side:';
  const body = (text: string): string => JSON.stringify({ errors: [text] });

  it.each(['', START, `${START}\n`, `${START} \n`])(
    "is told apart from Flink's own first line: no job, behind %j",
    (start) => {
      expect(jarRunError(body(`${start}${REST}: No jobs included in application.\n${FRAMES}`)).code).toBe(
        'flink.rejected',
      );
      const later = jarRunError(body(`${start}x ${REST}: No jobs included in application.\n${FRAMES}`));
      expect(later.message).not.toContain('it must call execute() once');
    },
  );

  it('of a jar file is no lost jar, unless it does not exist', () => {
    expect(jarRunError(unhandled(`${REST}: Jar file ${UPLOAD} does not exist`)).code).toBe('flink.jarGone');
    expect(jarRunError(unhandled(`${REST}: Jar file ${UPLOAD} is too large`)).code).not.toBe('flink.jarGone');
  });

  it('is nothing where the thread of the request failed', () => {
    const request =
      '\tat org.apache.flink.runtime.webmonitor.handlers.JarRunHandler.handleRequest(JarRunHandler.java:99)';
    const lines = [
      START,
      'java.lang.IllegalArgumentException: no such option',
      request,
      'End of exception on server side>',
    ];
    expect(jarRunError(body(lines.join('\n'))).code).toBe('flink.rejected');
    expect(jarRunError(body(lines.slice(0, -1).join('\n'))).code).toBe('flink.failed');
  });

  it('may be nothing', () => {
    expect(jarRunError(handled(...EXECUTING.slice(0, 1))).message).toBe('main() failed: Flink gave no reason');
  });

  it('is told without the exceptions that Flink wraps it in', () => {
    const { message } = jarRunError(
      handled(`${REST}: Could not run it.`, ...EXECUTING, 'java.io.IOException: disk full'),
    );
    expect(message).toMatch(/^main\(\) failed: /);
    expect(message).toContain('disk full');
    expect(message).not.toContain('Could not run it');
  });
});
