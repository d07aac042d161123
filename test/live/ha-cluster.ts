/** Two JobManagers that take turns in leading, a TaskManager, a gateway, and the ZooKeeper that comes with Flink's jars. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, Children } from '../../local/children.ts';
import { type Flink, startFlink } from '../../local/flink.ts';
import { configFile, flinkConfig, javaArgs, LOG4J, logFileOf } from '../../local/flink-config.ts';
import { flinkJars } from '../../local/jars.ts';
import { findJava } from '../../local/java.ts';
import { freePorts } from '../../local/ports.ts';
import { getJson, waitUntil } from '../../local/wait-until.ts';

export interface HaCluster {
  /** REST of the two; the first one leads at the beginning. */
  readonly first: string;
  readonly second: string;
  readonly gatewayUrl: string;
  waitFor(what: string, isSo: () => Promise<boolean>): Promise<void>;
  killFirst(): Promise<void>;
  startFirst(): Promise<void>;
  stop(): Promise<void>;
}

type Config = Readonly<Record<string, string>>;

const READY_MS = 90_000;
const ZOOKEEPER = 'org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer';

export async function startHaCluster(version: string, dir: string, extraConfig: Config): Promise<HaCluster> {
  const children = new Children();
  const say = console.error;
  const java = await findJava();
  const lib = await flinkJars({ version, children, say });
  const quorum = await startZooKeeper(children, { java, lib, dir: join(dir, 'zookeeper') });
  const highAvailability = { ...haConfig(quorum, dir), ...extraConfig };
  try {
    const flink = await startFlink({ version, dir: join(dir, 'first'), children, say, extraConfig: highAvailability });
    const where = { java, lib, dir: join(dir, 'second') };
    const [second, process] = await startSecond(children, where, version, highAvailability);
    return clusterOf(children, flink, second, process);
  } catch (error) {
    await children.endAll();
    throw error;
  }
}

function clusterOf(children: Children, flink: Flink, second: string, process: Child): HaCluster {
  const waitFor = (what: string, isSo: () => Promise<boolean>): Promise<void> =>
    waitUntil(what, isSo, { timeoutMs: READY_MS, needs: [process] });
  return {
    first: flink.restUrl,
    second,
    gatewayUrl: flink.gatewayUrl,
    waitFor,
    killFirst: () => flink.jobManager.kill(),
    startFirst: async () => {
      await flink.jobManager.restart();
      await waitFor(
        'the first one shows jobs',
        async () => (await getJson(`${flink.restUrl}/jobs/overview`)) !== undefined,
      );
    },
    stop: () => children.endAll(),
  };
}

interface Where {
  readonly java: string;
  readonly lib: string;
  readonly dir: string;
}

function haConfig(quorum: string, dir: string): Config {
  return {
    'high-availability.type': 'zookeeper',
    'high-availability.zookeeper.quorum': quorum,
    'high-availability.storageDir': `file://${join(dir, 'ha')}`,
    'high-availability.cluster-id': '/one',
    'high-availability.zookeeper.client.session-timeout': '6000',
  };
}

/** Answers with its address. */
async function startZooKeeper(children: Children, { java, lib, dir }: Where): Promise<string> {
  const [client = 0, peer = 0, election = 0] = await freePorts(3);
  mkdirSync(join(dir, 'data'), { recursive: true });
  const config = {
    'server.1': `127.0.0.1:${peer}:${election}`,
    dataDir: join(dir, 'data'),
    clientPort: client,
    clientPortAddress: '127.0.0.1',
    tickTime: 1000,
    initLimit: 10,
    syncLimit: 5,
    'admin.enableServer': false,
  };
  const text = Object.entries(config).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(join(dir, 'zoo.cfg'), text.join(''));
  writeFileSync(join(dir, 'log4j.properties'), LOG4J);
  const logging = `-Dlog4j.configurationFile=${join(dir, 'log4j.properties')}`;
  const peerArgs = ['--zkConfigFile', join(dir, 'zoo.cfg'), '--peerId', '1'];
  const args = ['-Xmx128m', logging, '-cp', join(lib, '*'), ZOOKEEPER, ...peerArgs];
  // The JobManagers wait for it.
  children.start({ name: 'ZooKeeper', command: java, args, logFile: join(dir, 'zookeeper.log') });
  return `127.0.0.1:${client}`;
}

async function startSecond(
  children: Children,
  { java, lib, dir }: Where,
  version: string,
  extraConfig: Config,
): Promise<[string, Child]> {
  const [rest = 0, gateway = 0, rpc = 0] = await freePorts(3);
  for (const name of ['conf', 'tmp', 'log', 'jars']) mkdirSync(join(dir, name), { recursive: true });
  const { name, text } = configFile(
    version,
    flinkConfig({ dir, ports: { rest, gateway, rpc }, slots: 4, extraConfig }),
  );
  writeFileSync(join(dir, 'conf', name), text);
  writeFileSync(join(dir, 'conf', 'log4j.properties'), LOG4J);
  const child = children.start({
    name: 'the second JobManager',
    command: java,
    args: javaArgs('jobmanager', { dir, lib }),
    logFile: logFileOf('jobmanager', dir),
    env: { ...process.env, FLINK_CONF_DIR: join(dir, 'conf') },
  });
  const url = `http://127.0.0.1:${rest}`;
  const shows = async (): Promise<boolean> => (await getJson(`${url}/jobs/overview`)) !== undefined;
  await waitUntil('the second JobManager', shows, { timeoutMs: READY_MS, needs: [child] });
  return [url, child];
}
