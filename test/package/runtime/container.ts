/** One container of a function, as Lambda runs it: a process of AWS's runtime client that answers one event after the other. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LambdaRuntime } from './install.ts';
import { type Outcome, RuntimeApi } from './runtime-api.ts';

export interface ContainerSpec {
  readonly runtime: LambdaRuntime;
  /** Where the zip was unpacked. */
  readonly directory: string;
  /** As in serverless.yml: "handlers/submit.handler". */
  readonly handler: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly environment: Readonly<Record<string, string>>;
}

export type ContainerOutcome =
  | Outcome
  /** The process was ended, as Lambda does it. */
  | { readonly kind: 'timedOut' }
  | { readonly kind: 'died'; readonly how: string };

const TIMED_OUT: ContainerOutcome = { kind: 'timedOut' };

export class Container {
  /** What it wrote, all of it. */
  log = '';
  /** Just before its process began. */
  readonly startedAt: number;
  readonly #api: RuntimeApi;
  readonly #spec: ContainerSpec;
  readonly #process: ChildProcess;
  readonly #ended: Promise<ContainerOutcome>;

  private constructor(spec: ContainerSpec, api: RuntimeApi) {
    this.#spec = spec;
    this.#api = api;
    const { runtime, directory: cwd } = spec;
    this.startedAt = performance.now();
    const child = spawn(runtime.command, runtime.args, {
      ...{ cwd, env: environmentOf(spec, api.address), stdio: ['ignore', 'pipe', 'pipe'] },
    });
    this.#process = child;
    child.stdout.on('data', (part) => (this.log += String(part)));
    child.stderr.on('data', (part) => (this.log += String(part)));
    this.#ended = once(child, 'exit').then(([code, signal]) => {
      return { kind: 'died', how: String(signal ?? `exit code ${String(code)}`) };
    });
  }

  static async start(spec: ContainerSpec): Promise<Container> {
    return new Container(spec, await RuntimeApi.start());
  }

  /** Thaws the container, and lets it answer or runs into the function's time-out. */
  async invoke(payload: string, timeoutMs: number = this.#spec.timeoutMs): Promise<ContainerOutcome> {
    const answered = new Promise<Outcome>((resolve) => {
      this.#api.invoke({ requestId: randomUUID(), payload, deadlineMs: Date.now() + timeoutMs }, resolve);
    });
    this.#process.kill('SIGCONT');
    const settled = new AbortController();
    const timer = sleep(timeoutMs, TIMED_OUT, { signal: settled.signal });
    // Any error: it is the signal's, and nobody waits for the timer any more.
    timer.catch(() => undefined);
    const outcome = await Promise.race([answered, this.#ended, timer]);
    settled.abort();
    if (outcome === TIMED_OUT) this.#process.kill('SIGKILL');
    return outcome;
  }

  /** Nothing of it runs until the next event: this is what Lambda does between two events. */
  async freeze(): Promise<void> {
    await this.#api.untilIdle();
    this.#process.kill('SIGSTOP');
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
    this.#api.stop();
  }
}

/** What Lambda sets, and what the function's own settings add. Nothing else: a function must not lean on this machine. */
function environmentOf({ directory, handler, memoryMb, environment }: ContainerSpec, api: string): NodeJS.ProcessEnv {
  return {
    ...{ PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'en_US.UTF-8', TZ: ':UTC' },
    ...{ AWS_LAMBDA_RUNTIME_API: api, LAMBDA_TASK_ROOT: directory, _HANDLER: handler },
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: 'dinghy',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/dinghy',
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/31/[$LATEST]0123456789abcdef',
    ...{ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' },
    ...{ AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_SESSION_TOKEN: 'local' },
    ...environment,
  };
}
