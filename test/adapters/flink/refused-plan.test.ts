/** A job that the JobManager itself refuses for its own settings: told apart by where in its trace that stands, and by nothing else. */
import { describe, expect, it } from 'vitest';
import { gatewayError } from '../../../lib/adapters/flink/errors.ts';
import { refusedPlan } from '../../../lib/adapters/flink/refused-plan.ts';

const RUNTIME = 'org.apache.flink.runtime';
const HEAD = [
  '<Exception on server side:',
  'org.apache.flink.table.gateway.api.utils.SqlGatewayException: Failed to fetchResults.',
  '\tat org.apache.flink.table.gateway.service.SqlGatewayServiceImpl.fetchResults(SqlGatewayServiceImpl.java:238)',
];
const QUOTING = `Caused by: ${RUNTIME}.rest.util.RestClientException: [Internal server error., <Exception on server side:`;
const REFUSAL = `${RUNTIME}.client.JobSubmissionException: Failed to submit job.`;
const CLEANED = `\tat ${RUNTIME}.dispatcher.Dispatcher.lambda$handleTermination$24(Dispatcher.java:1)`;
const CAUSE = 'Caused by: java.lang.IllegalArgumentException: Could not parse value';
const SETTINGS = '\tat org.apache.flink.streaming.api.graph.StreamGraph.getCheckpointingSettings(StreamGraph.java:1)';
const OF_JOB_GRAPH = `\tat ${RUNTIME}.jobgraph.JobGraph.getCheckpointingSettings(JobGraph.java:1)`;
const MAKING = `\tat ${RUNTIME}.dispatcher.JobMasterServiceLeadershipRunnerFactory.createJobManagerRunner(JobMaster.java:1)`;
const DISPATCHER = `\tat ${RUNTIME}.dispatcher.Dispatcher.createJobMasterRunner(Dispatcher.java:1)`;
const END = 'End of exception on server side>';
const ELSEWHERE = '\tat org.apache.flink.configuration.Configuration.get(Configuration.java:1)';

const trace = (...lines: readonly string[]): string => [...HEAD, ...lines].join('\n');
const REFUSED = [QUOTING, REFUSAL, CLEANED, CAUSE, ELSEWHERE, SETTINGS, MAKING, DISPATCHER, END];

describe('a trace shows that a job was refused for its own settings', () => {
  it.each<[string, readonly string[]]>([
    ['as Flink writes it', REFUSED],
    ['of a job graph', REFUSED.map((line) => (line === SETTINGS ? OF_JOB_GRAPH : line))],
    ['in a lambda of the factory', REFUSED.map((line) => line.replace('Runner(', 'Runner$0('))],
    ['with empty lines behind its end', [...REFUSED, '', '']],
    ['also where the gateway quotes another exception before', [`${QUOTING}x`, ...REFUSED]],
  ])('%s', (_what, lines) => {
    expect(refusedPlan(trace(...lines))).toBe(true);
  });

  it('and the reply of the gateway is an error of its own', () => {
    const body = JSON.stringify({ errors: ['Internal server error.', trace(...REFUSED)] });
    expect(gatewayError(body).code).toBe('flink.planRefused');
    expect(gatewayError(JSON.stringify({ errors: ['Internal server error.', trace(END)] })).code).toBe('flink.failed');
  });

  it.each([QUOTING, REFUSAL, CLEANED, SETTINGS, MAKING, END])('and not without the line %s', (missing) => {
    expect(refusedPlan(trace(...REFUSED.filter((line) => line !== missing)))).toBe(false);
  });

  it.each<[string, string]>([
    ['that is not whole', trace(...REFUSED).slice('<Exception on server side:\n'.length)],
    ['of another exception', trace(...REFUSED.map((line) => (line === REFUSAL ? `${REFUSAL} x` : line)))],
    ['that ends in another text', trace(...REFUSED, 'x')],
    [
      'whose settings were read by somebody else',
      trace(...REFUSED.map((line) => (line === SETTINGS ? ELSEWHERE : line))),
    ],
    ['whose settings were read before', trace(QUOTING, REFUSAL, CLEANED, CAUSE, SETTINGS, ELSEWHERE, MAKING, END)],
    ['whose settings were read later', trace(QUOTING, REFUSAL, CLEANED, CAUSE, ELSEWHERE, MAKING, SETTINGS, END)],
    ['of a dispatcher that has not cleaned up first', trace(QUOTING, REFUSAL, SETTINGS, MAKING, CLEANED, END)],
    ['of a dispatcher that has done something else', trace(QUOTING, REFUSAL, DISPATCHER, CAUSE, SETTINGS, MAKING, END)],
    ['that begins where the runner is made', trace(QUOTING, REFUSAL, MAKING, CLEANED, SETTINGS, END)],
    ['that has only a message like it', trace(`Caused by: x: ${REFUSED.join('\\n')}`, END)],
    ['of nothing', ''],
  ])('nor one %s', (_what, text) => {
    expect(refusedPlan(text)).toBe(false);
  });
});
