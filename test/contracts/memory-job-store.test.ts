import { fakeIds } from '../fakes/fake-ids.ts';
import { memoryJobStore, memoryTable } from '../fakes/memory-job-store.ts';
import { memoryRequestKeyStore } from '../fakes/memory-request-key-store.ts';
import { virtualClock } from '../fakes/virtual-clock.ts';
import { jobStoreContract } from './job-store.contract.ts';
import { calledTwice, retriedWritesContract } from './retried-writes.contract.ts';

jobStoreContract('in memory', () => {
  const clock = virtualClock();
  const table = memoryTable();
  const [ids, otherIds] = [fakeIds(1), fakeIds(2)];
  const other = memoryJobStore(clock, otherIds, table);
  return Promise.resolve({ one: memoryJobStore(clock, ids, table), other, clock, ids });
});

const WRITES = ['nextRunId', 'claim', 'dropClaim', 'noteLatestRun', 'putHead', 'updateHead', 'takeRefresh'];
const KEY_WRITES = ['putKey', 'repointKey'];

retriedWritesContract('in memory', () => {
  const clock = virtualClock();
  const table = memoryTable();
  const one = memoryJobStore(clock, fakeIds(1), table);
  const keys = memoryRequestKeyStore(clock);
  return {
    one,
    other: memoryJobStore(clock, fakeIds(2), table),
    keys,
    retried: (between = () => Promise.resolve()) => ({
      store: calledTwice(one, WRITES, between),
      keys: calledTwice(keys, KEY_WRITES, between),
    }),
  };
});
