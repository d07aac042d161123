/** The handlers over the embedded DynamoDB and a fake Flink, with a counter before each of the two. */
import { type Counts, operationOf, RequestCounts, tellingAll } from '../../bench/request-counts.ts';
import { systemClock } from '../../lib/adapters/system.ts';
import { readTables } from '../../local/tables.ts';
import { type FakeFlink, fakeFlink } from '../fakes/fake-flink.ts';
import { startGatewayServer } from '../fakes/gateway-server.ts';
import { startJobManagerServer } from '../fakes/job-manager-server.ts';
import { type Bed, startBed } from '../handlers/bed.ts';
import { startTestDynamodb } from '../live/dynamodb.ts';
import { startProxy } from './counting-proxy.ts';

export interface Cost {
  /** To DynamoDB. */
  readonly requests: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  /** To Flink: the SQL gateway and the JobManager. */
  readonly flinkRequests: number;
}

export interface CountedBed extends Bed {
  readonly flink: FakeFlink;
  /** What this work costs. */
  cost(work: () => Promise<unknown>): Promise<Cost>;
}

export async function startCountedBed(): Promise<CountedBed> {
  const flink = fakeFlink(systemClock());
  const [gateway, jobManager, dynamodb] = await Promise.all([
    startGatewayServer(flink),
    startJobManagerServer(flink),
    startTestDynamodb(),
  ]);
  const names = { DefinitionsTable: dynamodb.definitionsTable, JobsTable: dynamodb.jobsTable };
  const counts = new RequestCounts(readTables(names));
  let flinkRequests = 0;
  const countFlink = (): void => void (flinkRequests += 1);
  const proxies = await Promise.all([
    startProxy(
      dynamodb.endpoint,
      ({ headers }, asked, reply) => counts.add(operationOf(headers) ?? '', asked, reply),
      ({ headers }, body) => tellingAll(operationOf(headers) ?? '', body),
    ),
    startProxy(gateway.url, countFlink),
    startProxy(`http://${jobManager.address}`, countFlink),
  ]);
  const [table, sql, rest] = proxies;
  const bed = await startBed(
    { SQL_GATEWAY_URL: sql.url, FLINK_REST: rest.url.replace('http://', '') },
    { ...dynamodb, endpoint: table.url },
  );
  return {
    ...bed,
    flink,
    cost: async (work) => {
      counts.take();
      flinkRequests = 0;
      await work();
      return toCost(counts.take(), flinkRequests);
    },
    stop: async () => {
      for (const proxy of proxies) proxy.stop();
      await Promise.all([bed.stop(), gateway.stop(), jobManager.stop()]);
    },
  };
}

function toCost({ requests, readUnits, writeUnits }: Counts, flinkRequests: number): Cost {
  const all = Object.values(requests).reduce((sum, count) => sum + count, 0);
  return { requests: all, readUnits, writeUnits, flinkRequests };
}
