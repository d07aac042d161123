import { fakeIds } from '../fakes/fake-ids.ts';
import { memoryJobStore, memoryTable } from '../fakes/memory-job-store.ts';
import { virtualClock } from '../fakes/virtual-clock.ts';
import { jobStoreContract } from './job-store.contract.ts';

jobStoreContract('in memory', () => {
  const clock = virtualClock();
  const table = memoryTable();
  const [ids, otherIds] = [fakeIds(1), fakeIds(2)];
  const other = memoryJobStore(clock, otherIds, table);
  return Promise.resolve({ one: memoryJobStore(clock, ids, table), other, clock, ids });
});
