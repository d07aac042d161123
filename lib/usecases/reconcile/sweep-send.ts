/**
 * The second part of a sweep: sends again what it found to be sent (protocol.md section 6). A lane for each cluster, side by
 * side; whatever hangs in one lane takes no time of the others'.
 */
import { cutText } from '../../domain/cut-text.ts';
import { AppError } from '../../domain/errors.ts';
import { LANE_WIDTH, MAX_LOGGED_BYTES, RESEND_WIDTH } from '../../domain/limits.ts';
import type { RunBody } from '../../domain/plan/run-body.ts';
import type { RunHead } from '../../domain/run/run.ts';
import { logFailure } from '../record/log-failure.ts';
import { logFullText } from '../record/log-full-text.ts';
import type { Budget } from '../waiting/budget.ts';
import { widthLimit } from '../waiting/width-limit.ts';
import type { Endpoint } from './endpoint.ts';
import { type Endpoints, guardedGateway, guardedJars, guardedJobManager } from './guarded-flink.ts';
import { resend, type ResendDeps, type Turn } from './resend.ts';
import type { ToSend, WaitingRun } from './to-send.ts';

/** With less than this a turn would not be a fair one. */
const FAIR_TURN_MS = 10_000;
const MAX_WHY_BYTES = 300;

export class SweepSend {
  readonly #deps: ResendDeps;
  readonly #endpoints: Endpoints;
  /** Turns that came to a send or a refusal, turns that did not, and runs whose gateway or cluster does not answer. */
  sent = 0;
  notSent = 0;
  notAsked = 0;
  /** Runs that the time was too short for. */
  left = 0;
  // Stryker disable next-line ArrayDeclaration: what is no number of a run is not in the table
  readonly recorded: number[] = [];

  constructor(deps: ResendDeps, endpoints: Endpoints) {
    this.#deps = deps;
    this.#endpoints = endpoints;
  }

  async all(toSend: ToSend, budget: Budget): Promise<void> {
    const together = widthLimit(RESEND_WIDTH);
    await Promise.all(
      toSend.lanes().map(async (lane) => {
        const inLane = widthLimit(LANE_WIDTH);
        await Promise.all(lane.map((run) => inLane(() => together(() => this.#one(run, budget)))));
      }),
    );
  }

  /** A run that goes wrong must not take the others with it. */
  async #one(run: WaitingRun, budget: Budget): Promise<void> {
    if (budget.remainingMs() < FAIR_TURN_MS) {
      this.left += 1;
      return;
    }
    try {
      await this.#turn(run, budget);
    } catch (error) {
      // Any error: it must not keep the other runs from being sent.
      this.notSent += 1;
      logFailure(this.#deps.log, 'run not sent again: the next sweep tries', { runId: run.id }, error);
    }
  }

  async #turn(run: WaitingRun, budget: Budget): Promise<void> {
    const { store, log } = this.#deps;
    const jobManager = this.#endpoints.jobManager(run.hosts, true);
    if (jobManager.away !== null) {
      this.notAsked += 1;
      return;
    }
    const head = await store.readHead(run.id);
    if (head?.v !== run.v) return;
    const body = await store.readBody(head);
    if (body === null) {
      log.error("a run without its body can't be sent again", { runId: head.id });
      return;
    }
    const deps = await this.#reached(jobManager, head, body, budget);
    if (deps !== null) await this.#send(deps, head, body, budget);
  }

  /** By way of what this sweep knows of whom it asks. Null: the gateway does not answer. */
  async #reached(jobManager: Endpoint, head: RunHead, body: RunBody, budget: Budget): Promise<ResendDeps | null> {
    const deps = throughEndpoint(this.#deps, jobManager);
    const url = gatewayUrlOf(body);
    if (url === null) return deps;
    const gateway = this.#endpoints.gateway(url);
    const away = await gateway.whyAway(budget.signal);
    if (away === null) return { ...deps, gateway: guardedGateway(deps.gateway, gateway) };
    this.notAsked += 1;
    if (head.triedAt === null) {
      await this.#note(head, away);
      logFullText(deps.log, head.id, away, MAX_WHY_BYTES);
    }
    return null;
  }

  async #send(deps: ResendDeps, head: RunHead, body: RunBody, budget: Budget): Promise<void> {
    const turn = await tried(() => resend(deps, head, body, budget));
    if (turn.kind === 'recorded') {
      this.sent += 1;
      this.recorded.push(head.id);
      return;
    }
    this.notSent += 1;
    const error = cutText(turn.why, MAX_LOGGED_BYTES);
    this.#deps.log.warn('run not sent again: the next sweep tries', { runId: head.id, error });
    await this.#note(head, turn.why);
  }

  /** That it had its turn is kept: nobody may say of it later that Flink accepted none of its submissions if it had none. */
  async #note(head: RunHead, why: string): Promise<void> {
    const change = { triedAt: this.#deps.clock.now(), triedWhy: cutText(why, MAX_WHY_BYTES) };
    await this.#deps.store.updateHead(head, change, null);
  }
}

/** A jar is run by the JobManager itself. */
function gatewayUrlOf({ plan, gatewayUrl }: RunBody): string | null {
  // Stryker disable next-line OptionalChaining: what is sent again has a job; the compiler does not know that
  return plan.job?.kind === 'jar' ? null : gatewayUrl;
}

function throughEndpoint(deps: ResendDeps, endpoint: Endpoint): ResendDeps {
  return { ...deps, jobManager: guardedJobManager(deps.jobManager, endpoint), jars: guardedJars(deps.jars, endpoint) };
}

/** What was not to be reached has had its turn all the same. */
async function tried(work: () => Promise<Turn>): Promise<Turn> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // Stryker disable next-line StringLiteral: whatever is not recorded was not sent
    return { kind: 'notSent', why: error.message };
  }
}
