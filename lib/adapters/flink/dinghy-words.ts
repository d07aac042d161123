/** Flink advises its own users, of its command line or of its configuration file. Here it is said how it is done with Dinghy. */

const SKIP_STATE = /If you want to allow to skip this, you can set the --allowNonRestoredState option on the CLI\.?/g;
const SKIP_STATE_HERE =
  "To start without it, set allowNonRestoredState: true in the task ('allow-non-restored-state' = 'true' in EXECUTE JAR). To start empty, set savePointStrategy: NONE.";

export function dinghyWords(message: string): string {
  return message.replace(SKIP_STATE, SKIP_STATE_HERE);
}
