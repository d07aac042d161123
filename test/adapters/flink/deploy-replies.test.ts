/**
 * What the whole replies of real gateways to scripts prove (test/vectors/deploy-replies, made by
 * test/live/replies/record-deploys.ts). Whether something was made is what the other side saw, not what Dinghy makes of it.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failedBeforeDeploy } from '../../../lib/adapters/flink/before-deploy.ts';
import { deployError, errorText } from '../../../lib/adapters/flink/errors.ts';
import type { RecordedDeploy } from '../../live/replies/deploy-cases.ts';
import { DEPLOY_VERSIONS, deployName, deployReplies } from './deploy-vectors.ts';

const proves = ({ status, body }: RecordedDeploy): boolean => deployError(status, body).code === 'flink.rejected';
/** The first POST is that of the deployment. Refused so, it has made nothing, however often it was repeated. */
const REFUSED = /^made POST \/deployments (?:400|401|403|404|422)$/;
const made = ({ kind, name, posts }: RecordedDeploy): boolean => posts.length > 0 && !REFUSED.test(`${kind} ${name}`);
/** Nothing was made by this request, but it may have come before. */
const isThere = ({ name }: RecordedDeploy): boolean => name === 'twice';

describe.each(DEPLOY_VERSIONS)('the replies of Flink %s to scripts', (version) => {
  const replies = deployReplies(version);

  it('there are many of both kinds, on Kubernetes and on YARN', () => {
    expect(replies.filter((reply) => made(reply)).length).toBeGreaterThanOrEqual(30);
    for (const to of ['kubernetes', 'yarn']) {
      expect(replies.filter((reply) => reply.to === to && !made(reply)).length).toBeGreaterThanOrEqual(60);
    }
  });

  it('none proves that nothing was made when something was, or may have been', () => {
    const wrong = replies.filter((reply) => (made(reply) || isThere(reply)) && proves(reply));
    expect(wrong.map(deployName)).toEqual([]);
  });

  it('each that failed before proves that nothing was made', () => {
    const missed = replies.filter((reply) => !made(reply) && !isThere(reply) && !proves(reply));
    expect(missed.map(deployName)).toEqual([]);
  });

  it('each gives a person one line, without frames', () => {
    for (const { status, body } of replies) {
      const { message } = deployError(status, body);
      expect(message).not.toBe('Flink gave no reason');
      expect(message).not.toMatch(/\n|Exception on server side|^\s*$/);
    }
  });
});

const all = DEPLOY_VERSIONS.flatMap(deployReplies);
const traceOf = ({ body }: RecordedDeploy): string => errorText(body);
const unproven = all.filter((reply) => made(reply) || isThere(reply)).map(traceOf);
const proven = all.filter(({ body }) => failedBeforeDeploy(errorText(body))).map(traceOf);
/** Frames of a refusal, as text that anybody can write into an option. */
const REFUSAL_FRAMES = proven.filter((trace) => trace.includes('Caused by: ')).slice(0, 40);

function putAfterHeader(trace: string, n: number, put: string): string | undefined {
  const headers = [...trace.matchAll(/^Caused by: .*$/gm)];
  const header = headers[n % Math.max(1, headers.length)];
  if (header === undefined) return undefined;
  const at = header.index + header[0].length;
  return `${trace.slice(0, at)}${put}${trace.slice(at)}`;
}

describe('the law of where a deployment failed', () => {
  it('no text in any message of one that may have made something makes it a refusal', () => {
    const frames = fc.constantFrom(...REFUSAL_FRAMES.map((trace) => trace.slice(trace.indexOf('Caused by: '))));
    fc.assert(
      fc.property(fc.constantFrom(...unproven), fc.nat(), fc.oneof(frames, fc.string()), (trace, n, put) => {
        const spoiled = putAfterHeader(trace, n, put);
        fc.pre(spoiled !== undefined);
        expect(failedBeforeDeploy(spoiled)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it('a trace that was cut proves nothing, wherever', () => {
    fc.assert(
      fc.property(fc.constantFrom(...proven), fc.double({ min: 0, max: 0.999, noNaN: true }), (trace, share) => {
        expect(failedBeforeDeploy(trace.slice(0, Math.floor(trace.trimEnd().length * share)))).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it('a trace proves nothing without the frame of the request, or without any frames', () => {
    for (const trace of proven) {
      const lines = trace.split('\n');
      const without = (part: string): string => lines.filter((line) => !line.includes(part)).join('\n');
      expect(failedBeforeDeploy(without('DeployScriptHandler.handleRequest'))).toBe(false);
      expect(failedBeforeDeploy(without('\tat '))).toBe(false);
    }
  });

  it('what only wraps proves nothing without what it wraps', () => {
    const wrapped = proven.filter((trace) => trace.includes('Failed to deploy script to cluster.'));
    for (const trace of wrapped) {
      const end = trace.slice(trace.lastIndexOf('\nEnd of exception'));
      const first = trace.slice(0, trace.indexOf('\nCaused by: '));
      // Without frames, as Java throws what it has thrown too often.
      const header = '\nCaused by: java.lang.NullPointerException';
      expect(failedBeforeDeploy(`${first}${header}\n${end}`)).toBe(false);
    }
  });

  it('lines of any other text in the message of a refusal take nothing from it', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom('\tat com.example.A.b(A.java:1)', '\t... 3 more'));
    const quoting = proven.filter((trace) => trace.includes('KubernetesJobManagerFactory.'));
    fc.assert(
      fc.property(fc.constantFrom(...quoting), fc.array(line, { maxLength: 5 }), (trace, put) => {
        const spoiled = putAfterHeader(trace, 1, `\n${put.join('\n')}`);
        fc.pre(spoiled !== undefined);
        expect(failedBeforeDeploy(spoiled)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
