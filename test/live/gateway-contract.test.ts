import { inject } from 'vitest';
import { jobManager } from '../../lib/adapters/flink/job-manager.ts';
import { sqlGateway } from '../../lib/adapters/flink/sql-gateway.ts';
import { systemClock, systemIds } from '../../lib/adapters/system.ts';
import { flinkContract } from '../contracts/flink.contract.ts';
import { flinkExplainContract } from '../contracts/flink-explain.contract.ts';
import type { FlinkUnderTest } from '../contracts/flink-steps.ts';

const { restUrl, gatewayUrl, version } = inject('flink');
const ids = systemIds();
const clock = systemClock();

const make = (): FlinkUnderTest => ({
  gateway: sqlGateway(),
  jobManager: jobManager(),
  gatewayUrl,
  hosts: new URL(restUrl).host,
  version,
  newJobId: () => ids.jobId(),
  pause: () => clock.sleep(50),
});

flinkContract(`the real ${version}`, make);
flinkExplainContract(`the real ${version}`, make);
