/** `npm start`: the stack until Ctrl-C. */
import { HELP, readOptions, type StackOptions } from './options.ts';
import { Stack } from './stack.ts';
import { StartError } from './start-error.ts';
import { welcome } from './welcome.ts';

const EXIT_CODE = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

const PARENT_LOOK_EVERY_MS = 1_000;

const startedAt = Date.now();
const say = (line: string): void => {
  console.log(line);
};

function main(): Promise<void> {
  try {
    const options = readOptions(process.argv.slice(2));
    if (options !== 'help') return run(options);
    say(HELP);
  } catch (error) {
    report(error);
  }
  return Promise.resolve();
}

async function run(options: StackOptions): Promise<void> {
  const stack = new Stack(options, say);
  const state = { ready: false, stopping: false };

  const stop = async (exitCode: number): Promise<void> => {
    if (state.stopping) process.exit(exitCode); // the second Ctrl-C: exit at once, the guards end the rest
    state.stopping = true;
    if (exitCode !== 1) say('Stopping');
    await stack.stop();
    process.exit(exitCode);
  };
  const fail = (error: unknown): void => {
    report(error);
    stop(1).catch(() => process.exit(1));
  };
  for (const [signal, code] of Object.entries(EXIT_CODE)) {
    process.on(signal, () => {
      stop(state.ready ? 0 : code).catch(fail);
    });
  }
  process.on('uncaughtException', fail);
  onParentGone(() => {
    stop(EXIT_CODE.SIGHUP).catch(fail);
  });

  try {
    const urls = await stack.start();
    state.ready = true;
    say(welcome({ urls, tookMs: Date.now() - startedAt, options }));
  } catch (error) {
    // While it is being stopped, every step fails: show nothing.
    if (!state.stopping) fail(error);
  }
}

/** npm's shell dies of SIGTERM without passing it on. Without this, nobody would stop the stack. */
function onParentGone(act: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, PARENT_LOOK_EVERY_MS);
  timer.unref();
}

/** A StartError is shown as one text; any other error is a bug and keeps its stack. */
function report(error: unknown): void {
  console.error(error instanceof StartError ? error.message : error);
  process.exitCode = 1;
}

await main();
