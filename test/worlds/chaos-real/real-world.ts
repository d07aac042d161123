/** Everything real that a run needs: Flink, DynamoDB, the proxies between them and Dinghy, and Dinghy's instances. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Clock, Log } from '../../../lib/domain/ports.ts';
import { LOCAL_AWS } from '../../../local/dynamodb.ts';
import { type Flink, startFlink } from '../../../local/flink.ts';
import { startTestDynamodb, type TestDynamodb } from '../../live/dynamodb.ts';
import { buildTestJar } from '../../live/test-jar.ts';
import { type Prng, prng } from '../chaos/prng.ts';
import { clockAhead, type Container, container, type Places } from './container.ts';
import { Counts } from './counts.ts';
import type { Link } from './fault-kinds.ts';
import { FaultProxy } from './fault-proxy.ts';
import { Ledger } from './ledger.ts';

/** Live jobs of one round: every task with every variable, and previews that nobody ended. */
const SLOTS = 24;
const CONTAINERS = 6;

export interface RealWorld {
  readonly rng: Prng;
  readonly flink: Flink;
  readonly dynamo: TestDynamodb;
  readonly proxies: readonly FaultProxy[];
  readonly gatewayProxy: FaultProxy;
  readonly jobManagerProxy: FaultProxy;
  readonly faults: Counts;
  readonly ledger: Ledger;
  /** Instances that serve one request at a time each. */
  readonly containers: readonly Container[];
  readonly sweeper: Container;
  /** Past the proxies: for the oracle alone. */
  readonly direct: Container;
  readonly places: Places;
  readonly clock: Clock;
  /** For what processes that are killed leave on the disk. */
  readonly dir: string;
  aheadMs: number;
  readonly trace: (line: string) => void;
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

export async function startWorld(seed: number, flinkVersion: string): Promise<RealWorld> {
  Object.assign(process.env, LOCAL_AWS);
  const dir = mkdtempSync(join(tmpdir(), 'dinghy-chaos-'));
  const dynamo = await startTestDynamodb();
  const flink = await startFlink({ version: flinkVersion, dir, slots: SLOTS }).catch(async (error: unknown) => {
    await dynamo.stop();
    throw error;
  });
  const jar = await buildTestJar(flinkVersion).catch(async (error: unknown) => {
    await Promise.all([flink.stop(), dynamo.stop()]);
    throw error;
  });
  const rng = prng(seed);
  const faults = new Counts();
  const proxy = (target: string, linkOf: (path: string) => Link): Promise<FaultProxy> =>
    FaultProxy.start({ target, linkOf, rng, counts: faults });
  const gatewayProxy = await proxy(flink.gatewayUrl, () => 'gateway');
  const jobManagerProxy = await proxy(flink.restUrl, linkToJobManager);
  const dynamoProxy = await proxy(dynamo.endpoint, () => 'dynamo');
  const proxies = [gatewayProxy, jobManagerProxy, dynamoProxy];
  const { jobsTable } = dynamo;
  const places = {
    dynamoEndpoint: dynamoProxy.url,
    jobsTable,
    gatewayUrl: gatewayProxy.url,
    hosts: jobManagerProxy.host,
    jarUri: pathToFileURL(jar.path).href,
  };

  const lines: string[] = [];
  const startedAt = performance.now();
  const trace = (line: string): void =>
    void lines.push(`${((performance.now() - startedAt) / 1000).toFixed(3)} ${line}`);
  const time = { aheadMs: 0 };
  const clock = clockAhead(() => time.aheadMs);
  const make = (name: string): Container => container(places, clock, traceLog(trace, name));
  const straight = { ...places, dynamoEndpoint: dynamo.endpoint };
  return {
    rng,
    flink,
    dynamo,
    proxies,
    gatewayProxy,
    jobManagerProxy,
    faults,
    ledger: new Ledger(flink),
    containers: Array.from({ length: CONTAINERS }, (_, n) => make(`container-${n + 1}`)),
    sweeper: make('sweeper'),
    direct: container(straight, clock, traceLog(trace, 'oracle')),
    places,
    clock,
    dir,
    get aheadMs() {
      return time.aheadMs;
    },
    set aheadMs(ms) {
      time.aheadMs = ms;
    },
    trace,
    lines,
    stop: async () => {
      for (const each of proxies) each.stop();
      await flink.stop();
      await dynamo.stop();
      jar.remove();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Dinghy asks without a version in the path, Flink's own client with one. */
function linkToJobManager(path: string): Link {
  return /^\/v\d/.test(path) ? 'flinkClient' : 'jobManager';
}

function traceLog(trace: (line: string) => void, name: string): Log {
  const at =
    (level: string): Log['info'] =>
    (message, fields) =>
      trace(`${name} ${level} ${message} ${fields === undefined ? '' : JSON.stringify(fields)}`);
  return { info: at('info'), warn: at('warn'), error: at('error') };
}
