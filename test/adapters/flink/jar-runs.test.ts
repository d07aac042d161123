/**
 * What the whole replies of real JobManagers to `POST /jars/:id/run` prove (test/vectors/jar-runs, made by
 * test/live/replies/record-jar-runs.ts). Whether main() ran is what it wrote into the JobManager's log, and whether a job
 * was started is what the JobManager showed.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failedBeforeMain, failedInGraph } from '../../../lib/adapters/flink/before-main.ts';
import { errorText } from '../../../lib/adapters/flink/errors.ts';
import { jarRunError } from '../../../lib/adapters/flink/jar-run-error.ts';
import type { RecordedJarRun } from '../../live/replies/jar-run-cases.ts';

const DIR = join(import.meta.dirname, '../../vectors/jar-runs');
const FILES = readdirSync(DIR).filter((name) => name.endsWith('.jsonl.br'));

function read(file: string): RecordedJarRun[] {
  const text = brotliDecompressSync(readFileSync(join(DIR, file))).toString('utf8');
  const lines = text.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as RecordedJarRun);
}

const nameOf = ({ kind, name }: RecordedJarRun): string => `${kind} ${name}`;
const codeOf = ({ body }: RecordedJarRun): string => jarRunError(body).code;
const provesNoMain = ({ body }: RecordedJarRun): boolean => failedBeforeMain(errorText(body));

describe.each(FILES)('what the JobManager of Flink %s answers', (file) => {
  const runs = read(file);

  it('there are many of before main(), within it, and after its job was started', () => {
    expect(runs.filter(({ mainRan }) => !mainRan).length).toBeGreaterThanOrEqual(10);
    expect(runs.filter(({ mainRan, started }) => mainRan && !started).length).toBeGreaterThanOrEqual(30);
    expect(runs.filter(({ started }) => started).length).toBeGreaterThanOrEqual(10);
  });

  it('none whose main() ran proves that it did not', () => {
    expect(runs.filter((run) => run.mainRan && provesNoMain(run)).map(nameOf)).toEqual([]);
  });

  it('none whose job was started, or whose main() may have started one, is a refusal', () => {
    const refusals = runs.filter((run) => (run.started || run.mainRan) && codeOf(run) === 'flink.rejected');
    // Flink has counted the jobs.
    const endedWithout = ['main StartsNothing', 'jar ExtendsMissing'];
    expect(refusals.map(nameOf).filter((name) => !endedWithout.includes(name))).toEqual([]);
    expect(refusals.filter(({ started }) => started)).toEqual([]);
  });

  it('each that failed before main() is one for good, but for a lost jar and what Dinghy never sends', () => {
    const missed = runs.filter((run) => !run.mainRan && codeOf(run) !== 'flink.rejected');
    expect(missed.map(nameOf)).toEqual([
      'option job id of the request',
      'option claim mode of the request',
      'jar lost',
      // Found by the other thread, so the JobManager is asked.
      'jar HiddenMain',
    ]);
    expect(missed.filter((run) => codeOf(run) === 'flink.mainFailed').map(nameOf)).toEqual(['jar HiddenMain']);
  });

  it('each of a main() that started no job asks the JobManager, unless it may have been handed the job', () => {
    const missed = runs.filter((run) => run.mainRan && !run.started && codeOf(run) === 'flink.failed');
    const known = /^main \w+ submission$|^option Fine(?:Table)? (?:state\.(?:backend\.)?changelog|client\.timeout)/;
    expect(missed.map(nameOf).filter((name) => !known.test(name))).toEqual([]);
  });

  it('each gives a person one line, without frames', () => {
    for (const { body } of runs) {
      const { message } = jarRunError(body);
      expect(message).not.toMatch(/\n|\tat |Exception on server side|Flink gave no reason|^\s*$/);
    }
  });
});

const all = FILES.flatMap(read);
const ran = all.filter(({ mainRan }) => mainRan).map(({ body }) => errorText(body));
const inGraph = all.filter((run) => run.mainRan && !run.started && failedInGraph(errorText(run.body)));
const refused = all.filter(provesNoMain).map(({ body }) => errorText(body));

describe('the law of what failed before main()', () => {
  it('no text in any message of a main() that ran makes it one that did not', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ran), fc.nat(), fc.constantFrom(...refused), (trace, n, put) => {
        const headers = [...trace.matchAll(/^Caused by: .*$/gm)];
        const header = headers[n % Math.max(1, headers.length)];
        fc.pre(header !== undefined);
        const at = header.index + header[0].length;
        expect(failedBeforeMain(`${trace.slice(0, at)}\n${put}\n${trace.slice(at)}`)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it('a trace that was cut proves nothing, wherever', () => {
    fc.assert(
      fc.property(fc.constantFrom(...refused), fc.double({ min: 0, max: 0.999, noNaN: true }), (trace, share) => {
        expect(failedBeforeMain(trace.slice(0, Math.floor(trace.trimEnd().length * share)))).toBe(false);
      }),
    );
  });

  it('nor does one whose first line is that of a program that was started, or that has a frame of one', () => {
    const started = [
      'runtime.webmonitor.handlers.JarRunHandler.lambda$handleRequest$0',
      'client.deployment.application.DetachedApplicationRunner.run',
      'client.ClientUtils.executeProgram',
      'client.program.PackagedProgram.invokeInteractiveModeForExecution',
      'client.program.PackagedProgram.callMainMethod',
    ];
    for (const trace of refused) {
      const [start = '', first = '', ...rest] = trace.split('\n');
      expect(failedBeforeMain([start, first, ...rest].join('\n'))).toBe(true);
      const other = 'x.RestHandlerException: Could not execute application.';
      expect(failedBeforeMain([start, other, ...rest].join('\n'))).toBe(false);
      for (const frame of started)
        expect(failedBeforeMain([start, first, `\tat org.apache.flink.${frame}(A.java:1)`, ...rest].join('\n'))).toBe(
          false,
        );
    }
  });

  it('nor does one without the frames of the handler', () => {
    for (const trace of refused) {
      const lines = trace.split('\n').filter((line) => !line.includes('JarRunHandler.handleRequest'));
      expect(failedBeforeMain(lines.join('\n'))).toBe(false);
    }
  });
});

describe('the law of what failed while the graph was made', () => {
  it('there are some, and none of them is so once it has been handed over', () => {
    expect(inGraph.length).toBeGreaterThan(0);
    for (const { body } of inGraph) {
      const trace = errorText(body);
      const more = [
        '\tat org.apache.flink.runtime.dispatcher.Dispatcher.submitJob(Dispatcher.java:1)',
        '\tat org.apache.flink.runtime.jobmaster.JobMaster.<init>(JobMaster.java:1)',
        "Caused by: org.apache.flink.util.FlinkException: Failed to execute job 'x'.",
        'Caused by: org.apache.flink.runtime.client.JobSubmissionException: Failed to submit job.',
      ];
      for (const line of more) expect(failedInGraph(`${trace}\n${line}`)).toBe(false);
    }
  });

  it('none whose job was started', () => {
    expect(all.filter(({ started, body }) => started && failedInGraph(errorText(body))).map(nameOf)).toEqual([]);
  });
});
