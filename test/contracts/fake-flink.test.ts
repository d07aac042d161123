import { fakeFlink } from '../fakes/fake-flink.ts';
import { fakeIds } from '../fakes/fake-ids.ts';
import { virtualClock } from '../fakes/virtual-clock.ts';
import { flinkContract } from './flink.contract.ts';
import { flinkExplainContract } from './flink-explain.contract.ts';
import type { FlinkUnderTest } from './flink-steps.ts';
import { foreignServerContract } from './foreign-server.contract.ts';

function make(): FlinkUnderTest {
  const clock = virtualClock();
  const flink = fakeFlink(clock);
  flink.rowsOf = (sql) =>
    sql.includes('VALUES')
      ? { columns: ['a'], cells: ['1', '2'].map((a) => ({ op: '+I', fields: [a] })), ends: true }
      : { columns: ['id'], cells: [], ends: false };
  const ids = fakeIds();
  return {
    gateway: flink,
    jobManager: flink,
    gatewayUrl: 'http://gateway:8083',
    hosts: 'jobmanager:8081',
    version: '2.3.0',
    newJobId: () => ids.jobId(),
    pause: () => clock.advance(50),
  };
}

flinkContract('the fake', make);
flinkExplainContract('the fake', make);

foreignServerContract('the fake', () => {
  const jobManager = fakeFlink(virtualClock());
  const address = 'proxy:80';
  jobManager.foreignHosts.add(address);
  return { jobManager, address, close: () => undefined };
});
