/**
 * Clusters in application mode, without Kubernetes and YARN: for each a JobManager of Flink that runs one script, and a
 * TaskManager. All are reached through one address, under the id of the cluster, as behind YARN's proxy.
 */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, Children } from '../../local/children.ts';
import { asConfigYaml, flinkConfig, javaArgs, LOG4J, logFileOf, type Role } from '../../local/flink-config.ts';
import { flinkJars } from '../../local/jars.ts';
import { findJava } from '../../local/java.ts';
import { freePorts } from '../../local/ports.ts';
import { flinkModule } from './kubernetes-gateway.ts';

interface Application {
  readonly clusterId: string;
  readonly script: string;
  readonly options: Readonly<Record<string, string>>;
}

export interface ApplicationClusters {
  /** "http://127.0.0.1:1234": under it, each cluster has its id as the first part of the path. */
  readonly url: string;
  /** Where their savepoints go. */
  readonly savepoints: string;
  /** Returns at once: such a cluster comes up slowly. */
  start(application: Application): void;
  /** Whether its JobManager is still a process. */
  isUp(clusterId: string): boolean;
  stop(): Promise<void>;
}

const SESSION_MAIN = 'org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint';
const APPLICATION_MAIN = 'org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint';
const DRIVER = 'org.apache.flink.table.runtime.application.SqlDriver';

interface Cluster {
  readonly restPort: number;
  readonly jobManager: Child;
}

export async function startApplicationClusters(version: string): Promise<ApplicationClusters> {
  const children = new Children();
  const java = await findJava();
  const lib = await flinkJars({ version, children, say: () => undefined });
  const module = await flinkModule('container', version, children);
  const ports = await freePorts(12);
  const home = mkdtempSync(join(tmpdir(), 'dinghy-application-'));
  const clusters = new Map<string, Cluster>();
  const proxy = await startProxy((clusterId) => clusters.get(clusterId)?.restPort);
  const launch = (role: Role, dir: string, args: string[]): Child =>
    children.start({
      name: `${role} of an application`,
      command: java,
      args,
      logFile: logFileOf(role, dir),
      env: { ...process.env, FLINK_CONF_DIR: join(dir, 'conf') },
    });
  return {
    url: proxy.url,
    savepoints: `file:${join(home, 'savepoints')}`,
    start: (application) => {
      const dir = join(home, application.clusterId);
      const restPort = ports.pop() ?? 0;
      layOut(dir, { rest: restPort, rpc: ports.pop() ?? 0 }, join(home, 'savepoints'));
      const jobManager = launch('jobmanager', dir, applicationArgs(application, { dir, lib, module }));
      launch('taskmanager', dir, javaArgs('taskmanager', { dir, lib }));
      clusters.set(application.clusterId, { restPort, jobManager });
    },
    isUp: (clusterId) => clusters.get(clusterId)?.jobManager.running === true,
    stop: async () => {
      proxy.stop();
      await children.endAll();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function layOut(dir: string, { rest, rpc }: { rest: number; rpc: number }, savepoints: string): void {
  for (const name of ['conf', 'tmp', 'log', 'jars']) mkdirSync(join(dir, name), { recursive: true });
  const extraConfig = { 'execution.checkpointing.savepoint-dir': `file://${savepoints}` };
  const config = flinkConfig({ dir, ports: { rest, rpc, gateway: 0 }, slots: 1, extraConfig });
  writeFileSync(join(dir, 'conf', 'config.yaml'), asConfigYaml(config));
  writeFileSync(join(dir, 'conf', 'log4j.properties'), LOG4J);
}

/** The options that the gateway was told win over those of the cluster, but for where it is and what runs it. */
function applicationArgs(
  { script, options }: Application,
  { dir, lib, module }: { dir: string; lib: string; module: string },
): string[] {
  const usual = javaArgs('jobmanager', { dir, lib }).map((arg) => {
    if (arg === join(lib, '*')) return `${arg}:${module}`;
    return arg === SESSION_MAIN ? APPLICATION_MAIN : arg;
  });
  const told = Object.entries(options).filter(([key]) => !/^(?:execution\.target|kubernetes\.|rest\.)/.test(key));
  return [...usual, ...told.map(([key, value]) => `-D${key}=${value}`), '-j', DRIVER, '--script', script];
}

async function startProxy(portOf: (clusterId: string) => number | undefined): Promise<{ url: string; stop(): void }> {
  const server = http.createServer((incoming, outgoing) => {
    const [, clusterId = '', path = ''] = /^\/([^/]+)(.*)$/.exec(incoming.url ?? '') ?? [];
    const { method, headers } = incoming;
    const forwarded = http.request(
      { host: '127.0.0.1', port: portOf(clusterId) ?? 9, method, path, headers },
      (reply) => {
        outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(outgoing);
      },
    );
    forwarded.on('error', () => incoming.socket.destroy());
    incoming.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, stop };
}
