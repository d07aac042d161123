/** Replaces Flink's advice on its command line or configuration file with advice for Dinghy. */

const SKIP_STATE = /If you want to allow to skip this, you can set the --allowNonRestoredState option on the CLI\.?/g;
const SKIP_STATE_HERE =
  "To start without it, set allowNonRestoredState: true in the task ('allow-non-restored-state' = 'true' in EXECUTE JAR). To start empty, set savePointStrategy: NONE.";

/** The same operator with state of another form. */
const OTHER_STATE = new RegExp(
  [
    'Max parallelism mismatch between checkpoint/savepoint state and new program\\..*$',
    'The new (?:state|key|namespace) serializer \\(.*\\) must (?:not be incompatible|be compatible) with the (?:old|previous) .*$',
  ].join('|'),
  's',
);
const START_EMPTY = ' To start empty, set savePointStrategy: NONE.';

/** Messages of the adaptive scheduler, of the default one, and of both. */
const NO_SLOTS = new RegExp(
  [
    'Could not acquire the minimum required resources\\.',
    'Could not allocate the required slot within slot request timeout\\.',
    'Not enough resources available for scheduling\\.',
    'Not enough free slots available to run the job\\.',
  ].join('|'),
);
const NO_SLOTS_HERE =
  'The cluster has no free task slots: end another job, lower the parallelism, or add TaskManagers.';

export function dinghyWords(message: string): string {
  const skipped = message.replace(SKIP_STATE, SKIP_STATE_HERE);
  const words = OTHER_STATE.test(skipped) ? `${skipped}${START_EMPTY}` : skipped;
  return NO_SLOTS.test(words) ? `${words.replace(ENOUGH, '')} ${NO_SLOTS_HERE}` : words;
}

/** Flink's own advice, in fewer words. */
const ENOUGH =
  / ?(?:Please make sure that the cluster has enough resources|You can decrease the operator parallelism or increase the number of slots per TaskManager in the configuration)\.?/;
