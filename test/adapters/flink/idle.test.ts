/** Which idle connections are closed before the next request: decided without any connection. */
import { Agent } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { type IdleClock, KeptConnections } from '../../../lib/adapters/flink/kept-connections.ts';

/** An agent whose idle sockets are the test's. */
class IdleSockets extends Agent {
  override readonly freeSockets: Record<string, Socket[]> = {};

  override keepSocketAlive(): boolean {
    return true;
  }
}

type Hosts = readonly (readonly [host: string, count: number])[];

function idle(...hosts: Hosts) {
  const time = { now: 1_000_000, monotonic: 10 };
  return { ...idleBy({ now: () => time.now, monotonic: () => time.monotonic }, hosts), time };
}

function idleBy(clock: IdleClock | undefined, hosts: Hosts) {
  const agents: IdleSockets[] = [];
  class Kept extends IdleSockets {
    constructor() {
      super();
      agents.push(this);
    }
  }
  const kept = new KeptConnections(Kept, clock);
  const agent = agents[0]!;
  for (const [host, count] of hosts) agent.freeSockets[host] = Array.from({ length: count }, () => new Socket());
  const sockets = Object.values(agent.freeSockets).flat();
  for (const socket of sockets) (agent as Agent).keepSocketAlive(socket);
  return { kept, agent, open: () => sockets.map(({ destroyed }) => !destroyed) };
}

describe('an idle connection', () => {
  it('is used as long as it was idle for no more than the time that is asked for', () => {
    const { kept, time, open } = idle(['jm:8081', 1]);
    time.monotonic += 500;
    kept.agent(500);
    expect(open()).toEqual([true]);
    kept.agent(499);
    expect(open()).toEqual([false]);
  });

  it.each(['Date', 'performance'] as const)("is timed by this machine's own clocks: by %s alone, too", (one) => {
    vi.useFakeTimers({ toFake: [one] });
    try {
      const { kept, open } = idleBy(undefined, [['jm:8081', 1]]);
      vi.advanceTimersByTime(60_001);
      kept.agent(60_000);
      expect(open()).toEqual([false]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is closed when a new one is asked for, even if it was used this very moment', () => {
    const { kept, open } = idle(['jm:8081', 2]);
    kept.agent(0);
    expect(open()).toEqual([false, false]);
  });

  it('is closed when nobody knows since when it is idle', () => {
    const { kept, agent } = idle();
    const stranger = new Socket();
    agent.freeSockets['jm:8081'] = [stranger];
    kept.agent(4_000);
    expect(stranger.destroyed).toBe(true);
  });

  it('is closed when there are more than 64: those of the hosts that were asked first', () => {
    const { kept, open } = idle(['first', 3], ['second', 62]);
    kept.agent(4_000);
    expect(open().indexOf(true)).toBe(1);
    expect(open().filter(Boolean)).toHaveLength(64);
  });
});
