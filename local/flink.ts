import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, Children } from './children.ts';
import { configFile, flinkConfig, type FlinkPorts, javaArgs, LOG4J, logFileOf, type Role } from './flink-config.ts';
import { flinkJars } from './jars.ts';
import { findJava } from './java.ts';
import { ROOT } from './paths.ts';
import { freePorts } from './ports.ts';
import { getJson, waitUntil } from './wait-until.ts';

const READY_MS = 120_000;
const NAMES: Record<Role, string> = {
  jobmanager: "Flink's JobManager",
  taskmanager: "Flink's TaskManager",
  gateway: "Flink's SQL gateway",
};

export interface FlinkOptions {
  version: string;
  /** The folder of all that Flink writes: conf, log, tmp, checkpoints, savepoints, jars. */
  dir: string;
  /** Missing ones are chosen from the free ports. */
  ports?: Partial<FlinkPorts>;
  slots?: number;
  /** Entries of config.yaml. They win over those made here. */
  extraConfig?: Readonly<Record<string, string>>;
  /** The group of the processes; by default of this Flink only. */
  children?: Children;
  say?: (line: string) => void;
}

/** One of the three JVMs. */
export interface FlinkProcess {
  readonly pid: number;
  readonly running: boolean;
  readonly logFile: string;
  /** SIGSTOP and SIGCONT return at once; any other signal (SIGKILL by default) when the process is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Restarts it on the same ports and waits until it answers (a TaskManager: until it is registered). */
  restart(): Promise<void>;
}

export interface Flink {
  version: string;
  restUrl: string;
  gatewayUrl: string;
  dir: string;
  jobManager: FlinkProcess;
  taskManager: FlinkProcess;
  gateway: FlinkProcess;
  /** Waits until gateway, JobManager and a TaskManager with its slots are there. */
  ready(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts JobManager, TaskManager and SQL gateway, all bound to 127.0.0.1, and waits until they work together. */
export async function startFlink(options: FlinkOptions): Promise<Flink> {
  const { version, dir, slots = 4, extraConfig = {}, children = new Children(), say = () => undefined } = options;
  const java = await findJava();
  const lib = await flinkJars({ version, children, say });
  const ports = await choosePorts(options.ports ?? {});
  layOut(dir, configFile(version, flinkConfig({ dir, ports, slots, extraConfig })));

  const launch = (role: Role) => children.start(processSpec(role, { java, lib, dir }));
  const flink = assemble({ version, dir, ports, launch });
  try {
    await flink.ready();
  } catch (error) {
    await flink.stop();
    throw error;
  }
  return flink;
}

async function choosePorts(given: Partial<FlinkPorts>): Promise<FlinkPorts> {
  const [rest = 0, gateway = 0, rpc = 0] = await freePorts(3);
  return { rest, gateway, rpc, ...given };
}

/** Deletes temporary files of an earlier run; savepoints and checkpoints stay. */
function layOut(dir: string, config: { name: string; text: string }): void {
  for (const name of ['tmp', 'log']) rmSync(join(dir, name), { recursive: true, force: true });
  for (const name of ['conf', 'tmp', 'log', 'checkpoints', 'savepoints', 'jars']) {
    mkdirSync(join(dir, name), { recursive: true });
  }
  writeFileSync(join(dir, 'conf', config.name), config.text);
  writeFileSync(join(dir, 'conf', 'log4j.properties'), LOG4J);
}

function processSpec(role: Role, { java, lib, dir }: { java: string; lib: string; dir: string }) {
  return {
    name: NAMES[role],
    command: java,
    args: javaArgs(role, { dir, lib }),
    logFile: logFileOf(role, dir),
    env: { ...process.env, FLINK_CONF_DIR: join(dir, 'conf') },
    cwd: ROOT,
  };
}

interface Parts {
  version: string;
  dir: string;
  ports: FlinkPorts;
  launch: (role: Role) => Child;
}

function assemble({ version, dir, ports, launch }: Parts): Flink {
  const restUrl = `http://127.0.0.1:${ports.rest}`;
  const gatewayUrl = `http://127.0.0.1:${ports.gateway}`;
  const running = {
    jobmanager: launch('jobmanager'),
    taskmanager: launch('taskmanager'),
    gateway: launch('gateway'),
  };
  const handle = (role: Role, watch: Watch) => processHandle(running, role, () => launch(role), watch);
  return {
    version,
    restUrl,
    gatewayUrl,
    dir,
    jobManager: handle('jobmanager', () => Promise.resolve(() => answers(`${restUrl}/overview`))),
    taskManager: handle('taskmanager', () => anotherTaskManager(restUrl)),
    gateway: handle('gateway', () => Promise.resolve(() => answers(`${gatewayUrl}/info`))),
    ready: () => allReady(running, restUrl, gatewayUrl),
    stop: async () => {
      await Promise.all(Object.values(running).map((child) => child.stop()));
    },
  };
}

type Running = Record<Role, Child>;
/** Reads the state before a restart; the probe that it returns tells when the new process is up. */
type Watch = () => Promise<() => Promise<boolean>>;

function processHandle(running: Running, role: Role, launch: () => Child, watch: Watch): FlinkProcess {
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    running[role].signal(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await running[role].ended;
  };
  return {
    get pid() {
      return running[role].pid;
    },
    get running() {
      return running[role].running;
    },
    logFile: running[role].logFile,
    kill,
    restart: async () => {
      const isUp = await watch();
      await kill();
      running[role] = launch();
      await waitUntil(NAMES[role], isUp, { timeoutMs: READY_MS, needs: [running[role]] });
    },
  };
}

async function allReady(running: Running, restUrl: string, gatewayUrl: string): Promise<void> {
  const { jobmanager, taskmanager, gateway } = running;
  const needs = [jobmanager, taskmanager, gateway];
  const timeoutMs = READY_MS;
  await waitUntil(NAMES.jobmanager, () => answers(`${restUrl}/overview`), { timeoutMs, needs });
  await waitUntil(NAMES.taskmanager, () => hasSlots(restUrl), { timeoutMs, needs: [taskmanager, jobmanager, gateway] });
  await waitUntil(NAMES.gateway, () => answers(`${gatewayUrl}/info`), { timeoutMs, needs: [gateway, jobmanager] });
}

async function answers(url: string): Promise<boolean> {
  return (await getJson(url)) !== undefined;
}

async function hasSlots(restUrl: string): Promise<boolean> {
  const overview = (await getJson(`${restUrl}/overview`)) as { 'slots-total'?: number } | undefined;
  return (overview?.['slots-total'] ?? 0) > 0;
}

/** The JobManager lists a dead TaskManager for a while: the new one has a new id. */
async function anotherTaskManager(restUrl: string): Promise<() => Promise<boolean>> {
  const before = await taskManagerIds(restUrl);
  return async () => (await taskManagerIds(restUrl)).some((id) => !before.includes(id));
}

async function taskManagerIds(restUrl: string): Promise<string[]> {
  const answer = (await getJson(`${restUrl}/taskmanagers`)) as { taskmanagers?: { id: string }[] } | undefined;
  return (answer?.taskmanagers ?? []).map(({ id }) => id);
}
