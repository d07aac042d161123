/** How often a call of the API may be sent again, by what it does. */
import type { ApiCall } from './call-api.ts';

type Manner = Pick<ApiCall, 'method' | 'repeatWithinMs' | 'ifLost'>;

/** A call that only reads has no effect to repeat. */
export const READ: Manner = { method: 'GET', repeatWithinMs: 60_000, ifLost: 'Nothing was changed. Try again' };

/**
 * For 15 seconds Dinghy takes a second call of the same caller as a repeat (contract.md, "cancel" and "restartTask"). Later
 * it could mean another run, so it is not sent again then. The difference leaves time for the way there.
 */
export const SAME_WISH_MS = 10_000;
