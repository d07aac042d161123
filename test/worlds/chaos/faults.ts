/** Which faults are injected, how often, and the count of them by kind. Everything is drawn from the world's seed. */
import type { Prng } from './prng.ts';

const NET_FAULTS = [
  'refused',
  'resetBefore',
  'resetAfter',
  'half',
  'html',
  'error500',
  'slow',
  'late',
  'hangs',
] as const;
type NetFault = (typeof NET_FAULTS)[number];

const STORE_FAULTS = ['errorBefore', 'lostReply', 'retried', 'slow', 'lateEffect', 'throttled', 'hangs'] as const;
type StoreFault = (typeof STORE_FAULTS)[number];

const JAR_SOURCE_FAULTS = ['unavailable', 'slow'] as const;
type JarSourceFault = (typeof JAR_SOURCE_FAULTS)[number];

/** It may have arrived. */
const LOSE_REPLIES: readonly NetFault[] = ['resetAfter', 'half', 'html', 'late', 'hangs'];
/** What asks for a savepoint is rare: of its replies more are lost. */
const SAVEPOINT_REPLIES_LOST = 0.2;

function netFault(rng: Prng, level: number, what: string): NetFault | null {
  if (rng.chance(level)) return rng.pick(NET_FAULTS);
  const loses = level > 0 && what.startsWith('savepoint ') && rng.chance(SAVEPOINT_REPLIES_LOST);
  return loses ? rng.pick(LOSE_REPLIES) : null;
}

export interface FaultLevels {
  readonly net: number;
  readonly store: number;
  /** Share of processes that are killed at some call. */
  readonly crash: number;
}

export interface Faults {
  readonly counts: Map<string, number>;
  /** False after the period of faults: then every call is quick and good. */
  active: boolean;
  /** While true every call to the table is refused. */
  storeOut: boolean;
  /** Partitions of the index of active runs that can't be read. */
  readonly failingPartitions: Set<string>;
  levels: FaultLevels;
  count(kind: string): void;
  /** Of a request by that name. */
  net(what: string): NetFault | null;
  store(): StoreFault | null;
  /** Where jars are kept: as often as on the way to Flink. */
  jarSource(): JarSourceFault | null;
  /** The how-manieth call of a process is its last; null: it lives. */
  crashAt(): number | null;
}

const LAST_CALL = 40;

export function newFaults(rng: Prng, levels: FaultLevels): Faults {
  const counts = new Map<string, number>();
  const count = (kind: string): void => void counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const faults: Faults = {
    counts,
    active: true,
    storeOut: false,
    failingPartitions: new Set(),
    levels,
    count,
    net: (what) => {
      if (!faults.active) return null;
      const kind = netFault(rng, faults.levels.net, what);
      if (kind === null) return null;
      count(`flink ${kind}`);
      const trigger = /^savepoint (\w+)/.exec(what)?.[1];
      if (trigger !== undefined && LOSE_REPLIES.includes(kind)) count(`reply to savepoint ${trigger} lost`);
      return kind;
    },
    store: () => {
      if (!faults.active) return null;
      if (faults.storeOut) {
        count('store throttled');
        return 'throttled';
      }
      if (!rng.chance(faults.levels.store)) return null;
      const kind = rng.pick(STORE_FAULTS);
      count(`store ${kind}`);
      return kind;
    },
    jarSource: () => {
      if (!faults.active || !rng.chance(faults.levels.net)) return null;
      const kind = rng.pick(JAR_SOURCE_FAULTS);
      count(`jar source ${kind}`);
      return kind;
    },
    crashAt: () => (faults.active && rng.chance(faults.levels.crash) ? rng.int(1, LAST_CALL) : null),
  };
  return faults;
}
