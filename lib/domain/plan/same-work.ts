/** Whether two runs send the same to Flink, except where they start from: then Flink accepts both or none. */
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
