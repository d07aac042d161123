import { fakeFlink } from '../fakes/fake-flink.ts';
import { fakeIds } from '../fakes/fake-ids.ts';
import { virtualClock } from '../fakes/virtual-clock.ts';
import { jarsContract } from './jars.contract.ts';

jarsContract('the fake', () => {
  const flink = fakeFlink(virtualClock());
  const ids = fakeIds();
  const jar = { sha256: 'a'.repeat(64), name: 'job.jar', sizeBytes: 3, path: '/nowhere', release: () => undefined };
  return { jars: flink.jars, jobManager: flink, address: 'jobmanager:8081', jar, newJobId: () => ids.jobId() };
});
