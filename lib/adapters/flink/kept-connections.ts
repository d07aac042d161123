/**
 * Connections that are kept for the next request. Proxies, load balancers and NAT gateways close idle ones after a time
 * of their own, some without a word, and a frozen Lambda process notices nothing of it. So a connection is used again
 * only when it was idle for a short while.
 */
import type { Agent, AgentOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface IdleClock {
  now(): number;
  monotonic(): number;
}

/** Maximum number to one host at once; further requests wait. */
export const MAX_SOCKETS = 64;
/** Idle ones, to one host and to all: a sweep may ask thousands of clusters one after another. */
const MAX_IDLE_EACH = 8;
const MAX_IDLE = 64;

interface Moment {
  readonly now: number;
  readonly monotonic: number;
}

const SYSTEM: IdleClock = { now: () => Date.now(), monotonic: () => performance.now() };

export class KeptConnections {
  readonly #agent: Agent;
  readonly #clock: IdleClock;
  readonly #idleSince = new WeakMap<object, Moment>();

  constructor(OfProtocol: new (options: AgentOptions) => Agent, clock: IdleClock = SYSTEM) {
    this.#clock = clock;
    this.#agent = new OfProtocol({ keepAlive: true, maxSockets: MAX_SOCKETS, maxFreeSockets: MAX_IDLE_EACH });
    // Its answer says whether the socket is kept at all, which its type leaves out.
    const keep: (socket: Duplex) => unknown = this.#agent.keepSocketAlive.bind(this.#agent);
    this.#agent.keepSocketAlive = (socket): unknown => {
      this.#idleSince.set(socket, { now: clock.now(), monotonic: clock.monotonic() });
      return keep(socket);
    };
  }

  /** Closes connections that were idle for longer than `maxIdleMs`; 0: the next request gets a new connection. */
  agent(maxIdleMs: number): Agent {
    // Stryker disable next-line ArrayDeclaration: each host that is named has sockets; its type does not say so
    const idle = Object.values(this.#agent.freeSockets).flatMap((free) => free ?? []);
    for (const [i, socket] of idle.entries()) {
      // Hosts that were asked first are named first: of too many, theirs are closed.
      const tooMany = i < idle.length - MAX_IDLE;
      if (tooMany || maxIdleMs === 0 || this.#idleMs(socket) > maxIdleMs) socket.destroy();
    }
    return this.#agent;
  }

  /** By the clock that shows more time: one of them may stop while the process is frozen. */
  #idleMs(socket: Socket): number {
    const since = this.#idleSince.get(socket);
    if (since === undefined) return Infinity;
    return Math.max(this.#clock.now() - since.now, this.#clock.monotonic() - since.monotonic);
  }
}
