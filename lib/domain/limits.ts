/** The numbers of the protocol (protocol.md section 9), in milliseconds. The reasons are given there. */
export const BUDGET_MS = 25_000;
export const SEND_WITHIN_MS = 20_000;
/** A wall clock that is corrected by less than this still tells how old a permission is: the margins cover it. */
export const CLOCK_SET_BACK_MS = 2_000;
export const PATIENCE_MS = 55_000;
export const LANDING_MS = 20 * 60_000;
export const RESEND_UNTIL_MS = 30 * 60_000;
export const MEMORY_MS = 55 * 60_000;
export const CLAIM_WITHOUT_RUN_MS = 5_000;
export const CLAIM_FIRST_LOOK_MS = 50;
export const CLAIM_SLOWEST_LOOK_MS = 1_000;
/** For a young run. A little less than a second, so that a poll each second is never a moment too early. */
export const REFRESH_FIRST_MS = 900;
export const REFRESH_YOUNG_MS = 60_000;
export const REFRESH_EVERY_MS = 5_000;
export const REFRESH_WITHIN_MS = 500;
/** How long a key names its run, and how long the item with a caller's marks is kept. */
export const KEY_LIFE_MS = 24 * 60 * 60_000;
export const MARKS_LIFE_MS = 60 * 60_000;
/** The key of a slot is there for this long after the slot, with an hour for clocks; and how far ahead a clock may be. */
export const SLOT_TAKEN_MS = 23 * 60 * 60_000;
export const SLOT_AHEAD_MS = 5 * 60_000;
/** How long is kept what became of a slot. */
export const SLOT_RECORD_LIFE_MS = 90 * 24 * 60 * 60_000;
/** For a body whose claim was lost: long after its writer has stopped. */
export const UNNAMED_BODY_LIFE_MS = 24 * 60 * 60_000;
/** How long a refusal explains a cancel, and how long a caller's second cancel means the same run as its first. */
export const REFUSAL_ECHO_MS = 5_000;
export const SAME_CANCEL_MS = 15_000;

/** How long a function caches an API key: after that a revoked one is refused. */
export const KEY_BELIEVED_MS = 60_000;
/** The last use of a key is written at most this often. */
export const KEY_USE_EVERY_MS = 60 * 60_000;

/** How long Flink surely knows a trigger of a savepoint: it keeps the outcome for 5 minutes (`rest.async.store-duration`). */
export const TRIGGER_KNOWN_MS = 4 * 60_000;

/** A run without a job is recorded by its submitter within this time, or by nobody. */
export const NO_JOB_RECORDED_MS = 60_000;
/** A job that two looks this far apart did not find is gone, where a 404 is a proof. */
export const MISSED_MS = 50_000;

/**
 * How long another JobManager must have answered before a confirmed run is given up, unless its cluster says otherwise. With
 * high availability a job may stay away longer and come back.
 */
export const LOST_AFTER_MS = 5 * 60_000;
export const LOST_AFTER_HA_MS = 30 * 60_000;
/** Looks further apart do not show that nobody else has answered in between. */
export const STEADY_GAP_MS = 3 * 60_000;
/** Processes that have answered by turns at one address are remembered for so long after their last answer. */
export const BY_TURNS_MS = 24 * 60 * 60_000;
/** How long Dinghy looks for the job of a run that was given up; no setting may be longer. */
export const LOST_WATCH_MS = 7 * 24 * 60 * 60_000;
export const MAX_LOST_AFTER_MINUTES = LOST_WATCH_MS / 60_000;

/**
 * A cluster that was started for one run goes away with its job. Out of reach for this long it will not answer any more:
 * long enough for an image to be pulled and for a JobManager to be replaced, and no shorter than LANDING.
 */
export const CLUSTER_GONE_MS = 20 * 60_000;

/** A sweep: when it stops, and how many requests it has under way to Flink. */
export const SWEEP_MS = 50_000;
export const SWEEP_WIDTH = 20;
/** How long a sweep checks runs before it sends others again; and how many checks of one cluster run side by side. */
export const LOOK_MS = 25_000;
export const CLUSTER_WIDTH = 10;
/** Re-sends side by side: each has up to three requests under way. Those of one cluster leave room for others'. */
export const RESEND_WIDTH = 6;
export const LANE_WIDTH = 3;
/** A job whose details can't be had ends by the overview alone after this time. */
export const DETAILS_WITHIN_MS = 5 * 60_000;

export const WATCH_MS = 2 * 60 * 60_000;

/** Claims of a task above which a claimer clears away old ones, how many it reads, and live runs that are too many. */
export const MANY_CLAIMS = 64;
export const CLAIMS_READ = 25;
export const MAX_LIVE_RUNS = 512;

/** The maximum of ids and other numbers: clients read them as Java Integers. */
export const MAX_ID = 2_147_483_647;
/** The last number of a run: the counter stays below what clients can read. */
export const LAST_RUN_NUMBER = MAX_ID - 1;
/** The last moment that JavaScript can write as a date. */
export const MAX_TIME_MS = 8_640_000_000_000_000;

/** DynamoDB takes 400 KB an item; a statement and its plan must fit beside each other. */
export const MAX_STATEMENT_BYTES = 256 * 1024;
export const MAX_BODY_BYTES = 380 * 1024;
export const MAX_RESULT_BYTES = 360 * 1024;
/** A jar goes through a function's disk, which holds the kept ones and some on their way (serverless.yml). */
export const MAX_JAR_BYTES = 256 * 1024 * 1024;
export const MAX_KEPT_JAR_BYTES = 512 * 1024 * 1024;
/** Errors in HEAD, and errors that a caller gets, in bytes. */
export const MAX_ERROR_LENGTH = 1_000;
/** How much of an error's text is read, in characters, and how much the log has if the record has less, in bytes. */
export const MAX_TOLD_LENGTH = 64_000;
export const MAX_LOGGED_BYTES = 64 * 1024;
