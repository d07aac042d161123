// Alarms and a dashboard, for deployments with the setting alarmTopic. CloudWatch's own metrics cost nothing; those of
// Dinghy are in the log (lib/domain/metrics.ts).
const roles = require('./roles.cjs');

const CONDITION = 'WithAlarms';
const MINUTE_S = 60;
const NAMESPACE = 'Dinghy';
/** In the spelling of logical ids. Each function has its own role. */
const FUNCTIONS = Object.keys(roles).map((name) => `${name[0].toUpperCase()}${name.slice(1)}`);

const service = '${self:service}-${sls:stage}';
const topic = '${self:custom.settings.alarmTopic}';
const nameOf = (id) => ({ Ref: `${id}LambdaFunction` });
const ofFunction = (id) => [{ Name: 'FunctionName', Value: nameOf(id) }];
const ofService = [{ Name: 'service', Value: service }];

/** `periods` in a row, of `periodS` seconds each. Missing data is no alarm, unless `missing` says so. */
function alarm(name, description, { periodS = 5 * MINUTE_S, periods = 1, missing = 'notBreaching', ...rest }) {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Condition: CONDITION,
    Properties: {
      AlarmName: `${service}-${name}`,
      AlarmDescription: `${description} See docs/operate/monitoring.md.`,
      AlarmActions: [topic],
      OKActions: [topic],
      EvaluationPeriods: periods,
      TreatMissingData: missing,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      ...('Metrics' in rest ? {} : { Period: periodS, Statistic: 'Sum' }),
      ...rest,
    },
  };
}

const counted = (MetricName, rest = {}) => ({ Namespace: NAMESPACE, MetricName, Dimensions: ofService, ...rest });
const lambda = (id, MetricName, rest = {}) => ({
  Namespace: 'AWS/Lambda',
  MetricName,
  Dimensions: ofFunction(id),
  ...rest,
});

/** The same metric of all functions. */
function ofAll(MetricName) {
  const parts = FUNCTIONS.map((id) => ({
    Id: id.toLowerCase(),
    ReturnData: false,
    MetricStat: { Metric: lambda(id, MetricName), Period: 5 * MINUTE_S, Stat: 'Sum' },
  }));
  return { Metrics: [...parts, { Id: 'total', Expression: 'SUM(METRICS())', Label: MetricName, ReturnData: true }] };
}

const sweepMissing = alarm('sweep-missing', 'The reconciler has not run for five minutes.', {
  ...lambda('Reconcile', 'Invocations'),
  ComparisonOperator: 'LessThanThreshold',
  missing: 'breaching',
});
const sweepFailing = alarm('sweep-failing', 'The reconciler has failed three times in five minutes.', {
  ...lambda('Reconcile', 'Errors'),
  Threshold: 3,
});
const sweepLate = alarm('sweep-late', 'For 15 minutes no sweep has reached the end of the index.', {
  ...counted('SweepsCutShort'),
  periods: 3,
  Threshold: 5,
});
const deadLetters = alarm('failed-schedules', 'A scheduled submit failed after its retries.', {
  Namespace: 'AWS/SQS',
  MetricName: 'ApproximateNumberOfMessagesVisible',
  Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['FailedSchedulesQueue', 'QueueName'] } }],
  Statistic: 'Maximum',
});
const errors = alarm('errors', 'A function has failed or timed out.', ofAll('Errors'));
const throttles = alarm(
  'throttles',
  'AWS has refused invocations: the concurrency of the account is used up.',
  ofAll('Throttles'),
);
const faults = alarm(
  'faults',
  'Correct requests fail: see the log lines "failed" and "unexpected error".',
  counted('Faults'),
);
const runsFailed = alarm('runs-failed', 'A run has ended FAILED.', counted('RunsFailed'));
const runsUnknown = alarm(
  'runs-unknown',
  'A run has ended UNKNOWN: nobody can know its outcome.',
  counted('RunsUnknown'),
);
const runsNotSeen = alarm('runs-reconnecting', 'For ten minutes Flink has not shown the job of a live run.', {
  ...counted('RunsNotSeen'),
  Statistic: 'Maximum',
  periodS: MINUTE_S,
  periods: 10,
});
const cancels = alarm('undelivered-cancels', 'For ten minutes a cancelled job has not ended.', {
  ...counted('UndeliveredCancels'),
  Statistic: 'Maximum',
  periodS: MINUTE_S,
  periods: 10,
});
const twins = alarm('twins', 'Two jobs of one request are live: end one of them.', counted('Twins'));

/** Three charts a row; `metrics` as in the source of a dashboard. */
function chart(index, title, metrics, stat = 'Sum') {
  const properties = { title, metrics, stat, period: MINUTE_S, region: '${AWS::Region}', view: 'timeSeries' };
  return { type: 'metric', width: 8, height: 6, x: (index % 3) * 8, y: Math.floor(index / 3) * 6, properties };
}

const ours = (...names) => names.map((name) => [NAMESPACE, name, 'service', service]);
const theirs = (name, ids) => ids.map((id) => ['AWS/Lambda', name, 'FunctionName', `\${${id}LambdaFunction}`]);

const CHARTS = [
  ['Submits', ours('Submits', 'DuplicatesAvoided', 'SubmitsRefused')],
  ['Time of a submit, ms', ours('SubmitDuration'), 'p90'],
  ['Runs ended', ours('RunsFinished', 'RunsFailed', 'RunsCanceled', 'RunsUnknown')],
  ['Runs now', ours('RunsLive', 'RunsNotSeen', 'UndeliveredCancels'), 'Maximum'],
  ['Sweeps: time, ms', theirs('Duration', ['Reconcile']), 'Maximum'],
  [
    'Schedules that failed',
    [
      ...ours('SchedulesFailed'),
      ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', '${FailedSchedulesQueue.QueueName}'],
    ],
    'Maximum',
  ],
  ['Errors', [...theirs('Errors', FUNCTIONS), ...ours('Faults')]],
  ['Throttles', theirs('Throttles', FUNCTIONS)],
  ['Invocations', theirs('Invocations', FUNCTIONS)],
];

const dashboard = {
  Type: 'AWS::CloudWatch::Dashboard',
  Condition: CONDITION,
  Properties: {
    DashboardName: service,
    DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets: CHARTS.map((given, index) => chart(index, ...given)) }) },
  },
};

module.exports = {
  ...{ sweepMissing, sweepFailing, sweepLate, deadLetters, errors, throttles, faults },
  ...{ runsFailed, runsUnknown, runsNotSeen, cancels, twins, dashboard },
};
