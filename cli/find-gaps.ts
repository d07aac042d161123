import type { RunEvent } from '../lib/domain/run/run.ts';

/** A folded event has the number of the last one in it. */
export function firstSeq({ seq, count = 1 }: RunEvent): number {
  return seq - count + 1;
}

/** Says which events are missing from a history, or twice in it; nothing when it is complete. */
export function findGaps(events: readonly RunEvent[]): string[] {
  if (events.length === 0) return ['it has no events'];
  let expected = 1;
  return events.flatMap((event) => {
    const [first, due] = [firstSeq(event), expected];
    expected = event.seq + 1;
    if (first === due) return [];
    if (first < due) return [`event ${first} comes after event ${due - 1}`];
    return [first === due + 1 ? `event ${due} is missing` : `events ${due} to ${first - 1} are missing`];
  });
}
