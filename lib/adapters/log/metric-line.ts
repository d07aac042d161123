/**
 * Metrics within a line of the log, as CloudWatch's embedded metric format has them: CloudWatch Logs counts them without a
 * request of ours. Source: AWS, "Specification: Embedded metric format".
 */
import { BY_CODE, METRIC_UNITS, type MetricName, type Metrics } from '../../domain/metrics.ts';

const NAMESPACE = 'Dinghy';

/** The fields that a line needs beside its own. `atMs`: since 1970. */
export function metricFields(metrics: Metrics, service: string, atMs: number, code: unknown): Record<string, unknown> {
  const names = Object.keys(metrics) as MetricName[];
  const hasCode = typeof code === 'string';
  const directives = [
    directive([['service']], names),
    ...(hasCode
      ? [
          directive(
            [['service', 'code']],
            names.filter((name) => BY_CODE.includes(name)),
          ),
        ]
      : []),
  ].filter(({ Metrics: listed }) => listed.length > 0);
  return { ...metrics, service, _aws: { Timestamp: atMs, CloudWatchMetrics: directives } };
}

function directive(dimensions: string[][], names: readonly MetricName[]) {
  const listed = names.map((name) => ({ Name: name, Unit: METRIC_UNITS[name] }));
  return { Namespace: NAMESPACE, Dimensions: dimensions, Metrics: listed };
}
