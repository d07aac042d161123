/**
 * What the whole replies of real gateways prove (test/vectors/flink-replies, made by test/live/replies/record-replies.ts).
 * Whether a job was started is what the JobManager said then, not what Dinghy makes of the reply.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorText, gatewayError } from '../../../lib/adapters/flink/errors.ts';
import { refusedPlan } from '../../../lib/adapters/flink/refused-plan.ts';
import { failedBeforeSubmission } from '../../../lib/adapters/flink/where-it-failed.ts';
import type { RecordedReply } from '../../live/replies/failing-case.ts';

const DIR = join(import.meta.dirname, '../../vectors/flink-replies');
const FILES = readdirSync(DIR).filter((name) => name.endsWith('.jsonl.br'));

type JudgedReply = RecordedReply & { code: string; message: string };

/** Each reply is judged once, however many tests look at it: there are thousands, and each takes milliseconds. */
function read(file: string): JudgedReply[] {
  const lines = brotliDecompressSync(readFileSync(join(DIR, file)))
    .toString('utf8')
    .trim()
    .split('\n');
  return lines.map((line) => {
    const reply = JSON.parse(line) as RecordedReply;
    const { code, message } = gatewayError(reply.body);
    return { ...reply, code, message };
  });
}

const REPLIES = FILES.map((file) => [file, read(file)] as const);

const nameOf = ({ kind, name }: RecordedReply): string => `${kind} ${name}`;
const proves = ({ code }: JudgedReply): boolean => code === 'flink.rejected';

/** Each of them needs many examples. */
const KINDS = ['parser', 'validation', 'planner', 'catalog', 'connector', 'option', 'code'];
/** Deeper than the JVM keeps frames, or thrown without any. */
const WITHOUT_PLACE = / (?:deep|frameless)$|_(?:deep|frameless)$/;
/** Found by the client of the cluster, or by the JobManager. Dinghy lets no task set the first of them. */
const ASKED_FOR_LATER = /^option (?:rest\.|security\.|high-availability|akka|pekko|state\.|client\.|together)/;
/** Not about a statement that starts a job. */
const NO_JOB = /^validation invalid 68$/;

describe.each(REPLIES)('the replies of Flink %s', (file, replies) => {
  it.each(KINDS)('there are at least 60 of kind %s that started nothing', (kind) => {
    expect(replies.filter((reply) => reply.kind === kind && !reply.started).length).toBeGreaterThanOrEqual(60);
  });

  it('there are at least 60 from after the submission began, with a job and without', () => {
    const submitted = replies.filter(({ kind }) => kind === 'submission');
    expect(submitted.length).toBeGreaterThanOrEqual(60);
    expect(new Set(submitted.map(({ started }) => started)).size).toBe(2);
  });

  it('none that started a job, or may have, proves that it started nothing', () => {
    const wrong = replies.filter((reply) => (reply.started || reply.kind === 'submission') && proves(reply));
    expect(wrong.map(nameOf)).toEqual([]);
  });

  it('each that failed before is taken for a refusal, where the trace says so', () => {
    const before = replies.filter(({ started, kind }) => !started && kind !== 'submission');
    const missed = before.filter((reply) => !proves(reply)).map(nameOf);
    const known = [WITHOUT_PLACE, ASKED_FOR_LATER, NO_JOB];
    expect(missed.filter((name) => !known.some((pattern) => pattern.test(name)))).toEqual([]);
  });

  it('each gives a person one line, without frames', () => {
    for (const { message } of replies) {
      expect(message).not.toBe('Flink gave no reason');
      expect(message).not.toMatch(/\n|Exception on server side|^\s*$/);
    }
  });
});

/** First read by the JobManager, from Flink 2.0 on. */
const READ_LATE = /^option state\.(?:backend\.)?changelog\.enabled$/;
const refusesPlan = ({ code }: JudgedReply): boolean => code === 'flink.planRefused';

describe.each(REPLIES)('a job that the JobManager itself refuses, with Flink %s', (file, replies) => {
  it('is told apart where its own settings were read, and nowhere else', () => {
    const late = file.startsWith('1.') ? [] : replies.filter((reply) => READ_LATE.test(nameOf(reply)));
    expect(replies.filter(refusesPlan).map(nameOf)).toEqual(late.map(nameOf));
    expect(late.length).toBe(file.startsWith('1.') ? 0 : 2);
  });

  it('has no job there', () => {
    expect(replies.filter((reply) => refusesPlan(reply) && reply.started)).toEqual([]);
  });

  it('is not told by a part of its trace', () => {
    for (const reply of replies.filter(refusesPlan)) {
      const lines = errorText(reply.body).split('\n');
      const without = (part: string): string => lines.filter((line) => !line.includes(part)).join('\n');
      for (const part of [
        'handleTermination',
        'StreamGraph.',
        'createJobManagerRunner',
        'Failed to submit job.',
        'End of',
      ])
        expect(refusedPlan(without(part))).toBe(false);
      expect(refusedPlan(lines.join('\n'))).toBe(true);
    }
  });
});

const all = REPLIES.flatMap(([, replies]) => replies);
const traceOf = ({ body }: RecordedReply): string => errorText(body);
const unproven = all.filter((reply) => !proves(reply) && (reply.started || reply.kind === 'submission')).map(traceOf);
const proven = all.filter(proves).map(traceOf);

/** Frames of a refusal, as text that anybody can write into a name or a message. */
const REFUSAL_FRAMES = proven
  .slice(0, 40)
  .map((trace) => trace.slice(trace.lastIndexOf('Caused by: org.apache.flink.table.api')));

describe('the law of where it failed', () => {
  it('no text in any message of a failed submission makes it a refusal', () => {
    const text = fc.oneof(fc.constantFrom(...REFUSAL_FRAMES), fc.string());
    fc.assert(
      fc.property(fc.constantFrom(...unproven), fc.nat(), text, (trace, n, put) => {
        const headers = [...trace.matchAll(/^Caused by: .*$/gm)].slice(2);
        const header = headers[n % Math.max(1, headers.length)];
        fc.pre(header !== undefined);
        const at = header.index + header[0].length;
        expect(failedBeforeSubmission(`${trace.slice(0, at)}${put}\n${trace.slice(at)}`)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it('a trace that was cut proves nothing, wherever', () => {
    fc.assert(
      fc.property(fc.constantFrom(...proven), fc.double({ min: 0, max: 0.999, noNaN: true }), (trace, share) => {
        expect(failedBeforeSubmission(trace.slice(0, Math.floor(trace.trimEnd().length * share)))).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it('a trace proves nothing without the frames of the operation, or without those of the gateway', () => {
    for (const trace of proven.filter((_, n) => n % 10 === 0)) {
      const lines = trace.split('\n');
      const without = (part: string): string => lines.filter((line) => !line.includes(part)).join('\n');
      expect(failedBeforeSubmission(without('OperationManager$Operation.lambda$run'))).toBe(false);
      expect(failedBeforeSubmission(without('SqlExecutionException'))).toBe(false);
      expect(failedBeforeSubmission(without('\tat '))).toBe(false);
      expect(failedBeforeSubmission(without('\t... '))).toBe(false);
    }
  });

  it('lines of any other text in the message of a refusal take nothing from it', () => {
    // Words of Flink's own, which quote nobody.
    const fixed = /^Caused by: \S+TableException: (?:Failed to execute|\w+ statement is not supported)/m;
    const quoting = proven.filter((trace) => !fixed.test(trace));
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('\tat com.example.A.b(A.java:1)', 'Caused by: x.Y: z', '\t... 3 more'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...quoting), fc.array(line, { maxLength: 5 }), (trace, put) => {
        const headers = [...trace.matchAll(/^Caused by: .*$/gm)];
        const header = headers[2];
        fc.pre(header !== undefined);
        const at = header.index + header[0].length;
        expect(failedBeforeSubmission(`${trace.slice(0, at)}\n${put.join('\n')}${trace.slice(at)}`)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
