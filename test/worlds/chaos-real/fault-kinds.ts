/** What can befall a request on its way, and how often. */
import type { Prng } from '../chaos/prng.ts';

/** Which way a request goes: faults differ by who waits at its end. */
export type Link = 'gateway' | 'jobManager' | 'flinkClient' | 'dynamo';

export type FaultKind =
  /** The listener is closed for a moment: the one fault after which nothing can have been sent. */
  | 'connection refused'
  | 'reset before delivery'
  | 'reset after delivery'
  /** Delivered or not, nobody answers. */
  | 'request lost'
  | 'reply lost'
  | 'reply late'
  /** The sender has long given up when it takes effect. */
  | 'delivered late'
  | 'HTTP 500'
  | 'HTTP 503'
  | 'HTML reply'
  | 'throttled'
  | 'half a body';

interface Rule {
  readonly chance: number;
  readonly kinds: readonly FaultKind[];
}

const RESETS: readonly FaultKind[] = ['connection refused', 'reset before delivery', 'reset after delivery'];
const SILENCE: readonly FaultKind[] = ['request lost', 'reply lost', 'reply late', 'delivered late'];
const WRONG: readonly FaultKind[] = ['HTTP 500', 'HTTP 503', 'HTML reply', 'half a body'];

const RULES: Readonly<Record<Link, Rule>> = {
  gateway: { chance: 0.07, kinds: [...RESETS, ...SILENCE, ...WRONG] },
  jobManager: { chance: 0.1, kinds: [...RESETS, ...SILENCE, ...WRONG] },
  // Flink's client in the gateway waits five minutes for a silent server, which is more than a round has.
  flinkClient: { chance: 0.2, kinds: [...RESETS, 'reply late', 'delivered late', ...WRONG] },
  dynamo: { chance: 0.035, kinds: [...RESETS, ...SILENCE, ...WRONG, 'throttled', 'throttled'] },
};

/** The hand-over of a statement or a jar is what everything turns on. */
const HAND_OVER_CHANCE = 0.3;
const HAND_OVER: Partial<Readonly<Record<Link, RegExp>>> = {
  gateway: /\/statements$/,
  jobManager: /^\/jars\/(upload|[^/]+\/run)$/,
};

export function chooseFault(rng: Prng, link: Link, method: string, path: string): FaultKind | null {
  const rule = RULES[link];
  const handsOver = method === 'POST' && HAND_OVER[link]?.test(path) === true;
  const chance = handsOver ? HAND_OVER_CHANCE : rule.chance;
  return rng.chance(chance) ? rng.pick(rule.kinds) : null;
}

const LATE_MS: Readonly<Record<Link, readonly [number, number]>> = {
  gateway: [500, 6_000],
  jobManager: [500, 5_000],
  flinkClient: [200, 2_500],
  dynamo: [600, 2_500],
};

export function lateMs(rng: Prng, link: Link): number {
  return rng.int(...LATE_MS[link]);
}

export interface WrongReply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const HTML = '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>';
const FLINK_TRACE = 'java.util.concurrent.TimeoutException: injected\n\tat org.example.Injected.get(Injected.java:1)';

export function wrongReply(kind: FaultKind, link: Link, rng: Prng): WrongReply | null {
  switch (kind) {
    case 'HTTP 500':
      return link === 'dynamo' ? dynamoError(500, 'InternalServerError') : flinkError();
    case 'HTTP 503':
      return { status: 503, type: 'text/plain', body: 'Service Unavailable' };
    case 'HTML reply':
      return { status: rng.pick([200, 502, 504]), type: 'text/html', body: HTML };
    case 'throttled':
      return dynamoError(400, rng.pick(['ProvisionedThroughputExceededException', 'ThrottlingException']));
    default:
      return null;
  }
}

function flinkError(): WrongReply {
  const body = JSON.stringify({ errors: ['Internal server error.', `<Exception on server side:\n${FLINK_TRACE}`] });
  return { status: 500, type: 'application/json', body };
}

function dynamoError(status: number, name: string): WrongReply {
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'injected' });
  return { status, type: 'application/x-amz-json-1.0', body };
}
