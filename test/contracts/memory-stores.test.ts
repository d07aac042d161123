import { fakeIds } from '../fakes/fake-ids.ts';
import { memoryAccessKeys } from '../fakes/memory-access-keys.ts';
import { memoryJobStore } from '../fakes/memory-job-store.ts';
import { memoryRequestKeyStore } from '../fakes/memory-request-key-store.ts';
import { memorySavepointStore } from '../fakes/memory-savepoint-store.ts';
import { memorySlotStore } from '../fakes/memory-slot-store.ts';
import { memorySweepStore } from '../fakes/memory-sweep-store.ts';
import { virtualClock } from '../fakes/virtual-clock.ts';
import { accessKeysContract } from './access-keys.contract.ts';
import { requestKeyStoreContract } from './request-key-store.contract.ts';
import { savepointStoreContract } from './savepoint-store.contract.ts';
import { slotStoreContract } from './slot-store.contract.ts';
import { sweepStoreContract } from './sweep-store.contract.ts';

requestKeyStoreContract('in memory', () => {
  const clock = virtualClock();
  let passed = 0;
  const now = (): number => clock.now() + passed;
  return { keys: memoryRequestKeyStore({ ...clock, now }), pass: (ms) => void (passed += ms), now };
});

sweepStoreContract('in memory', () => {
  const store = memoryJobStore(virtualClock(), fakeIds());
  const sweep = memorySweepStore(store.heads, 100, new Map(), store.swept);
  return { store, sweep, noteOf: (hosts) => Promise.resolve(sweep.clusters.get(hosts)) };
});

savepointStoreContract('in memory', () => memorySavepointStore());

slotStoreContract('in memory', () => memorySlotStore());

accessKeysContract('in memory', () => {
  const keys = memoryAccessKeys();
  return Promise.resolve({ reader: keys, registry: keys });
});
