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
    if (state.stopping) process.exit(exitCode); // the second Ctrl-C: now, the guards end what is left
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
    // Once it is being stopped, every step fails, and nobody wants to read of it.
    if (!state.stopping) fail(error);
  }
}

/** npm hands SIGTERM to a shell that dies of it and tells nobody: without a parent nobody would ever stop the stack. */
function onParentGone(act: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, PARENT_LOOK_EVERY_MS);
  timer.unref();
}

/** What a person can put right is said plainly; anything else is a fault of ours and keeps its stack. */
function report(error: unknown): void {
  console.error(error instanceof StartError ? error.message : error);
  process.exitCode = 1;
}

await main();
