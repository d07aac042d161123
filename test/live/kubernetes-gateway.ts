/** A real SQL gateway that has Flink's client for Kubernetes or YARN. Of Kubernetes itself it needs the API alone. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Children } from '../../local/children.ts';
import { asConfigYaml, flinkConfig, javaArgs, LOG4J, logFileOf } from '../../local/flink-config.ts';
import { flinkJars } from '../../local/jars.ts';
import { findJava } from '../../local/java.ts';
import { ROOT, STATE_DIR } from '../../local/paths.ts';
import { freePorts } from '../../local/ports.ts';
import { getJson, waitUntil } from '../../local/wait-until.ts';

export interface DeployingGateway {
  readonly url: string;
  /** Files of the gateway's machine: what cluster configurations name. */
  readonly dir: string;
  stop(): Promise<void>;
}

export type KubernetesGateway = DeployingGateway;

/** Where the clusters go that the gateway can start. */
export type DeployingTo = 'kubernetes' | 'yarn';

const READY_MS = 120_000;

export async function startKubernetesGateway(version: string): Promise<KubernetesGateway> {
  return await startDeployingGateway(version, 'kubernetes');
}

export async function startDeployingGateway(version: string, to: DeployingTo): Promise<DeployingGateway> {
  const children = new Children();
  const lib = await flinkJars({ version, children, say: () => undefined });
  const client = await flinkModule(to, version, children);
  const dir = mkdtempSync(join(tmpdir(), `dinghy-${to}-gateway-`));
  for (const name of ['conf', 'tmp', 'log']) mkdirSync(join(dir, name));
  const [rest = 0, gateway = 0, rpc = 0] = await freePorts(3);
  const config = flinkConfig({ dir, ports: { rest, gateway, rpc }, slots: 1, extraConfig: {} });
  writeFileSync(join(dir, 'conf', 'config.yaml'), asConfigYaml(config));
  writeFileSync(join(dir, 'conf', 'log4j.properties'), LOG4J);
  const child = children.start({
    name: `Flink's SQL gateway with ${to}`,
    command: await findJava(),
    args: javaArgs('gateway', { dir, lib }).map((arg) => (arg === join(lib, '*') ? `${arg}:${client}` : arg)),
    logFile: logFileOf('gateway', dir),
    env: { ...process.env, FLINK_CONF_DIR: join(dir, 'conf') },
  });
  const url = `http://127.0.0.1:${gateway}`;
  const stop = async (): Promise<void> => {
    await child.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const ready = async (): Promise<boolean> => (await getJson(`${url}/info`)) !== undefined;
    await waitUntil(child.name, ready, { timeoutMs: READY_MS, needs: [child] });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, dir, stop };
}

/** A module that is not among the jars of every Flink. Fetched once, beside them. */
export async function flinkModule(to: DeployingTo | 'container', version: string, children: Children): Promise<string> {
  const home = join(STATE_DIR, 'flink', version, to);
  if (!isFetched(home, to)) {
    const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies';
    const pom = join(ROOT, 'test', 'live', `flink-${to}.pom.xml`);
    const args = ['-B', '-f', pom, `-Dflink.version=${version}`, `-DoutputDirectory=${home}`, plugin];
    const maven = children.start({ name: 'Maven', command: 'mvn', args, logFile: `${home}.log` });
    const how = await maven.ended;
    if (!isFetched(home, to)) throw new Error(`flink-${to} ${version} could not be fetched (${how}): ${home}.log`);
  }
  return join(home, '*');
}

function isFetched(home: string, to: string): boolean {
  return existsSync(home) && readdirSync(home).some((name) => name.startsWith(`flink-${to}-`));
}
