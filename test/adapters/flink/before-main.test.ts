/** Which thread threw it: the one of the request, before main(), or the one that runs the program. */
import { describe, expect, it } from 'vitest';
import { failedBeforeMain, failedInGraph } from '../../../lib/adapters/flink/before-main.ts';

const START = '<Exception on server side:';
const END = 'End of exception on server side>';
const HANDLER = '\tat org.apache.flink.runtime.webmonitor.handlers.JarRunHandler';
const REQUEST = `${HANDLER}.handleRequest(JarRunHandler.java:99)`;
const PROGRAM = `${HANDLER}.lambda$handleRequest$1(JarRunHandler.java:114)`;
const ERROR = 'java.lang.IllegalArgumentException: parallelism';
const GRAPH =
  '\tat org.apache.flink.client.deployment.executors.PipelineExecutorUtils.getStreamGraph(PipelineExecutorUtils.java:1)';
const RPC = '\tat org.apache.flink.runtime.rpc.RpcInvocation.invoke(RpcInvocation.java:1)';

describe('before main() was entered', () => {
  it.each([
    [START, ERROR, REQUEST, END],
    [START, ERROR, REQUEST, '', END, '', ''],
    [START, ERROR, '\tat java.lang.Integer.parseInt(Integer.java:1)', REQUEST, END],
  ])('it failed: %j', (...lines) => {
    expect(failedBeforeMain(lines.join('\n'))).toBe(true);
  });

  it.each<readonly string[]>([
    [ERROR, REQUEST, END],
    ['x', ERROR, REQUEST, END],
    [START, ERROR, REQUEST],
    [START, ERROR, REQUEST, END, 'x'],
    [START, ERROR, END],
    [START, ERROR, '\tat org.apache.flink.runtime.rest.handler.AbstractRestHandler.respondToRequest(A.java:1)', END],
    [START, ERROR, REQUEST, PROGRAM, END],
    [START, 'org.x.RestHandlerException: Could not execute application.', REQUEST, END],
    [START],
    [''],
  ])('is not known of %j', (...lines) => {
    expect(failedBeforeMain(lines.join('\n'))).toBe(false);
  });
});

describe('where the job is put together', () => {
  it.each<[boolean, readonly string[]]>([
    [true, [ERROR, GRAPH]],
    [true, [`${ERROR} Caused by: org.x.FlinkException: Failed to execute job`, GRAPH]],
    [false, [ERROR, GRAPH, 'Caused by: org.x.FlinkException: Failed to execute job']],
    [false, [ERROR, GRAPH, 'Caused by: org.x.JobSubmissionException: no']],
    [false, [ERROR, GRAPH, RPC]],
    [false, [ERROR, REQUEST]],
    [false, []],
  ])('%s: %j', (expected, lines) => {
    expect(failedInGraph(lines.join('\n'))).toBe(expected);
  });
});
