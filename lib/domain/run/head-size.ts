/**
 * HEAD stays under 8 KB, in bytes and for any script: polls read it alone, and every update is charged by its size. The one
 * place where its texts are cut and its history is given what is left. What is cut ends in "…".
 */
import { keptPrincipal } from '../access/principal.ts';
import { bytesOf, cutText } from '../cut-text.ts';
import { appendEvent, foldEvents } from './history.ts';
import type { HeadChange, RunEvent, RunHead } from './run.ts';

const MAX_HEAD_BYTES = 8 * 1024;

/** Texts that only people read. Addresses (address-size.ts), ids and paths that Dinghy compares are bounded where they come in. */
const MAX_TEXT_BYTES = {
  name: 300,
  createdBy: 150,
  cancelAskedBy: 150,
  savePointPath: 800,
  refusal: 1_000,
  otherJobId: 100,
  triedWhy: 500,
  error: 1_000,
} as const satisfies Partial<Record<keyof RunHead, number>>;

/** Space for keys, and for attributes that are null now and will be numbers. */
const SPARE_BYTES = 400;
const MAX_EVENT_BYTES = 5_000;
/** Space for the first and the latest event, which are never folded. */
const MIN_EVENT_BYTES = 1_300;

/** If all are of maximum length, not all fit: these become shorter, in this order. */
const GIVE_WAY = ['triedWhy', 'refusal', 'name', 'error'] as const;
const GIVEN_WAY_BYTES = 200;

export function withShortTexts<T extends HeadChange>(head: T): T {
  const cut = Object.entries(MAX_TEXT_BYTES).flatMap(([name, most]) => {
    const text: unknown = Reflect.get(head, name);
    return typeof text === 'string' ? [[name, cutText(text, most)] as const] : [];
  });
  const principal = head.principal === undefined ? {} : { principal: keptPrincipal(head.principal) };
  return { ...head, ...Object.fromEntries(cut), ...principal };
}

/** The values of an update: the change with its texts cut, and the history if it has a new event or must shrink. */
export function boundedChange(
  head: RunHead,
  change: HeadChange,
  event: Omit<RunEvent, 'seq' | 'status'> | null,
): HeadChange & Partial<Pick<RunHead, 'events'>> {
  const short = withRoomForEvents(head, withShortTexts(change));
  const { events: before, ...rest } = { ...head, ...short };
  const room = Math.min(MAX_EVENT_BYTES, roomBeside(rest));
  const events =
    event === null
      ? foldEvents(before, room)
      : appendEvent(before, { ...event, status: change.status ?? head.status }, room);
  return events === before ? short : { ...short, events };
}

/** JSON takes no less room than DynamoDB does. */
function roomBeside(rest: HeadChange): number {
  return MAX_HEAD_BYTES - SPARE_BYTES - bytesOf(JSON.stringify(rest));
}

function withRoomForEvents(head: RunHead, change: HeadChange): HeadChange {
  const { events: _events, ...rest } = { ...head, ...change };
  let room = roomBeside(rest);
  const shorter: HeadChange = {};
  for (const name of GIVE_WAY) {
    if (room >= MIN_EVENT_BYTES) break;
    const text = rest[name];
    if (text === null || bytesOf(text) <= GIVEN_WAY_BYTES) continue;
    Object.assign(shorter, { [name]: cutText(text, GIVEN_WAY_BYTES) });
    room = roomBeside({ ...rest, ...shorter });
  }
  return { ...change, ...shorter };
}
