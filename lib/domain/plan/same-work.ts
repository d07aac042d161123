/** Whether two runs send Flink the same, wherever they start from: then what it takes of the one it takes of the other. */
import { sortedJson } from '../definition/same-json.ts';
import type { RunBody } from './run-body.ts';
import { joinSegments } from './text-segments.ts';

export function isSameWork(one: RunBody, other: RunBody): boolean {
  return sentText(one) === sentText(other);
}

function sentText({ statement, plan: { steps, job, properties }, gatewayUrl }: RunBody): string {
  const sent = [...steps, ...(job === null ? [] : [job])].map(({ segments }) => joinSegments(segments, statement));
  return sortedJson([gatewayUrl, properties, sent]);
}
