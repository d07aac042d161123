/**
 * Metrics within a line of the log, as CloudWatch's embedded metric format has them: CloudWatch Logs counts them without a
 * request of ours. Source: AWS, "Specification: Embedded metric format".
 */
import { BY_CODE, METRIC_UNITS, type MetricName, type Metrics } from '../../domain/metrics.ts';

const NAMESPACE = 'Dinghy';

/** Names the fields of the line that are metrics. `atMs`: since 1970. `code`: the field of that name, if there is one. */
export function embeddedMetrics(metrics: Metrics, atMs: number, code: unknown): object {
  const names = Object.keys(metrics) as MetricName[];
  const ofCode = typeof code === 'string' ? names.filter((name) => BY_CODE.includes(name)) : [];
  const directives = [
    directive(['service'], names),
    ...(ofCode.length > 0 ? [directive(['service', 'code'], ofCode)] : []),
  ];
  return { Timestamp: atMs, CloudWatchMetrics: directives };
}

function directive(dimensions: readonly string[], names: readonly MetricName[]) {
  const listed = names.map((name) => ({ Name: name, Unit: METRIC_UNITS[name] }));
  return { Namespace: NAMESPACE, Dimensions: [dimensions], Metrics: listed };
}
