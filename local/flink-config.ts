import { join } from 'node:path';

export interface FlinkPorts {
  /** JobManager: web UI and REST. */
  rest: number;
  /** SQL gateway. */
  gateway: number;
  /** JobManager: for the TaskManager and clients. */
  rpc: number;
}

export type Role = 'jobmanager' | 'taskmanager' | 'gateway';

export interface FlinkSettings {
  dir: string;
  ports: FlinkPorts;
  slots: number;
  extraConfig: Readonly<Record<string, string>>;
}

const HOST = '127.0.0.1';

/** One file for all three processes, of 1.20 and of 2.x. Later entries win. */
export function flinkConfig({ dir, ports, slots, extraConfig }: FlinkSettings): Record<string, string> {
  return {
    ...addresses(ports),
    ...taskManagerMemory,
    'taskmanager.numberOfTaskSlots': String(slots),
    'execution.checkpointing.dir': `file://${join(dir, 'checkpoints')}`,
    'execution.checkpointing.savepoint-dir': `file://${join(dir, 'savepoints')}`,
    'io.tmp.dirs': join(dir, 'tmp'),
    'web.tmpdir': join(dir, 'tmp'),
    'web.upload.dir': join(dir, 'jars'),
    // By default a TaskManager notices only after 50 s that its JobManager is another one. In ms: up to 1.19 without a unit.
    'heartbeat.interval': '3000',
    'heartbeat.timeout': '15000',
    ...extraConfig,
  };
}

function addresses(ports: FlinkPorts): Record<string, string> {
  return {
    'jobmanager.rpc.address': HOST,
    'jobmanager.rpc.port': String(ports.rpc),
    'jobmanager.bind-host': HOST,
    'taskmanager.host': HOST,
    'taskmanager.bind-host': HOST,
    'rest.address': HOST,
    'rest.port': String(ports.rest),
    'rest.bind-address': HOST,
    'sql-gateway.endpoint.rest.address': HOST,
    'sql-gateway.endpoint.rest.port': String(ports.gateway),
    'sql-gateway.endpoint.rest.bind-address': HOST,
  };
}

/** Values that Flink's start script computes; without them a TaskManager does not start. The heap comes from -Xmx. */
const taskManagerMemory = {
  'taskmanager.cpu.cores': '2',
  'taskmanager.memory.framework.heap.size': '128m',
  'taskmanager.memory.task.heap.size': '256m',
  'taskmanager.memory.framework.off-heap.size': '64m',
  'taskmanager.memory.task.off-heap.size': '0',
  'taskmanager.memory.managed.size': '64m',
  'taskmanager.memory.network.min': '64m',
  'taskmanager.memory.network.max': '64m',
  'taskmanager.memory.jvm-metaspace.size': '256m',
  'taskmanager.memory.jvm-overhead.min': '64m',
  'taskmanager.memory.jvm-overhead.max': '64m',
};

/** Flink up to 1.18 knows only flink-conf.yaml, whose values are never quoted. */
export function configFile(version: string, config: Readonly<Record<string, string>>): { name: string; text: string } {
  if (!/^1\.1[0-8]\./.test(version)) return { name: 'config.yaml', text: asConfigYaml(config) };
  const lines = Object.entries(config).map(([key, value]) => `${key}: ${value}\n`);
  return { name: 'flink-conf.yaml', text: lines.join('') };
}

/** Flat keys are valid in config.yaml, and every JSON string is valid YAML. */
export function asConfigYaml(config: Readonly<Record<string, string>>): string {
  return Object.entries(config)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');
}

/** To stdout, which goes to the role's file; -Dlog.file names that same file so that the web UI can show it. */
export const LOG4J = `rootLogger.level = INFO
rootLogger.appenderRef.console.ref = console
appender.console.name = console
appender.console.type = CONSOLE
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %-60c %x - %m%n
`;

const MAIN_CLASS: Record<Role, string> = {
  jobmanager: 'org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint',
  taskmanager: 'org.apache.flink.runtime.taskexecutor.TaskManagerRunner',
  gateway: 'org.apache.flink.table.gateway.SqlGateway',
};

/** Small heaps: three JVMs share a laptop with other programs. */
const MEMORY: Record<Role, string[]> = {
  jobmanager: ['-Xmx384m', '-XX:MaxMetaspaceSize=256m'],
  taskmanager: ['-Xmx384m', '-XX:MaxMetaspaceSize=256m', '-XX:MaxDirectMemorySize=192m'],
  gateway: ['-Xmx512m', '-XX:MaxMetaspaceSize=384m'],
};

/** The serial collector and only the first compiler: less memory, and on two cores a third faster to start. */
const LEAN = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xss512k'];

/** The packages of the JDK that Flink's own configuration opens; Java 11 accepts the same list. */
const OPENED = [
  'java.rmi/sun.rmi.registry',
  ...['api', 'file', 'parser', 'tree', 'util'].map((name) => `jdk.compiler/com.sun.tools.javac.${name}`),
  'java.security.jgss/sun.security.krb5',
  'java.base/sun.net.util',
].map((name) => `--add-exports=${name}=ALL-UNNAMED`);

const REFLECTED = [
  ...['lang', 'net', 'io', 'nio', 'lang.reflect', 'text', 'time', 'util'].map((name) => `java.${name}`),
  ...['concurrent', 'concurrent.atomic', 'concurrent.locks'].map((name) => `java.util.${name}`),
  'sun.nio.ch',
].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`);

/** Everything after `java`. */
export function javaArgs(role: Role, { dir, lib }: { dir: string; lib: string }): string[] {
  const conf = join(dir, 'conf');
  const program = role === 'gateway' ? ['-Dexecution.target=remote'] : ['-c', conf];
  return [
    ...MEMORY[role],
    ...LEAN,
    ...OPENED,
    ...REFLECTED,
    `-Djava.io.tmpdir=${join(dir, 'tmp')}`,
    `-Dlog.file=${logFileOf(role, dir)}`,
    `-Dlog4j.configurationFile=${join(conf, 'log4j.properties')}`,
    '-cp',
    join(lib, '*'),
    MAIN_CLASS[role],
    ...program,
  ];
}

export function logFileOf(role: Role, dir: string): string {
  return join(dir, 'log', `${role}.log`);
}
