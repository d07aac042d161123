import type { RunEvent } from '../lib/domain/run/run.ts';

/** A folded event bears the number of the last one that went into it. */
export function firstSeq({ seq, count = 1 }: RunEvent): number {
  return seq - count + 1;
}

/** What is missing from a history, or twice in it, in words; nothing when its numbers run from 1 on. */
export function findGaps(events: readonly RunEvent[]): string[] {
  if (events.length === 0) return ['it has no events at all'];
  let expected = 1;
  return events.flatMap((event) => {
    const [first, due] = [firstSeq(event), expected];
    expected = event.seq + 1;
    if (first === due) return [];
    if (first < due) return [`event ${first} comes after event ${due - 1}`];
    return [first === due + 1 ? `event ${due} is missing` : `events ${due} to ${first - 1} are missing`];
  });
}
