import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from './start-error.ts';

/**
 * Runs "$@" in a process group of its own, beside a guard that waits at a pipe only the parent holds open. When the
 * parent ends, also by SIGKILL, the pipe closes and the guard ends the group. The guard is a member of the group, so that no
 * other group can get its number before. In their own group the children also get no Ctrl-C of the terminal: the parent ends
 * them in its own order.
 */
const GUARDED = '(read -r _ <&3; kill -s KILL 0) >/dev/null 2>&1 & exec 3<&-; exec "$@"';
const GUARD_FD = 3;
const GRACE_MS = 4_000;

export interface ChildSpec {
  /** A name for people: "Flink's JobManager". */
  name: string;
  command: string;
  args: readonly string[];
  /** Takes stdout and stderr, appended. */
  logFile: string;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
}

/** A running process. */
export class Child {
  readonly name: string;
  readonly logFile: string;
  readonly pid: number;
  /** Settles with "exit code 1" or "SIGKILL". */
  readonly ended: Promise<string>;
  howEnded: string | undefined;
  private readonly process: ChildProcess;

  constructor(spec: ChildSpec) {
    this.name = spec.name;
    this.logFile = spec.logFile;
    this.process = spawnGuarded(spec);
    this.pid = this.process.pid ?? 0;
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        this.howEnded = how;
        this.endGroup();
        resolve(how);
      };
      this.process.once('error', (error) => end(error.message));
      this.process.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
    });
  }

  get running(): boolean {
    return this.howEnded === undefined;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) this.process.kill(signal);
  }

  /** Asks it to end, waits, then kills the process and its children. */
  async stop(graceMs = GRACE_MS): Promise<void> {
    this.signal('SIGTERM');
    await Promise.race([this.ended, sleep(graceMs, undefined, { ref: false })]);
    this.endGroup();
    await this.ended;
  }

  private endGroup(): void {
    this.process.stdio[GUARD_FD]?.destroy();
  }
}

function spawnGuarded({ command, args, logFile, env, cwd }: ChildSpec): ChildProcess {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  try {
    return spawn('sh', ['-c', GUARDED, 'sh', command, ...args], {
      detached: true,
      stdio: ['ignore', log, log, 'pipe'],
      ...(env && { env }),
      ...(cwd && { cwd }),
    });
  } finally {
    closeSync(log);
  }
}

/** Processes that end together. */
export class Children {
  private readonly all = new Set<Child>();
  private ending = false;

  start(spec: ChildSpec): Child {
    if (this.ending) throw new StartError(`${spec.name} was not started: everything is being stopped.`);
    const child = new Child(spec);
    this.all.add(child);
    return child;
  }

  /** Ends all of them for good: a start under way fails at its next step. */
  async endAll(): Promise<void> {
    this.ending = true;
    await Promise.all([...this.all].filter((child) => child.running).map((child) => child.stop()));
  }
}
