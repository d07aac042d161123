/**
 * One submission on its way (protocol.md section 3, steps 3 to 9): key, claim, intent, statements, job, record. Nothing that
 * can start a job is sent before the run's record is durable.
 */
import type { Principal } from '../../domain/access/principal.ts';
import type { RunView } from '../../domain/answer.ts';
import { AppError } from '../../domain/errors.ts';
import type { DeploymentSettings } from '../../domain/options/deployment-settings.ts';
import type { PreparedRun } from '../../domain/plan/prepare-run.ts';
import type { RunBody } from '../../domain/plan/run-body.ts';
import type { DefinitionReader, Ids, RequestKeyStore, SqlGateway } from '../../domain/ports.ts';
import type { Fingerprints, TaskClaims } from '../../domain/run/claims.ts';
import { withJarContent } from '../../domain/run/jar-content.ts';
import { newRun } from '../../domain/run/new-run.ts';
import { isSameHead, type RunHead } from '../../domain/run/run.ts';
import { checkGatewayVersion, runPlace } from '../../domain/run/run-place.ts';
import { isFinal } from '../../domain/run/status.ts';
import type { SubmitRequest } from '../../domain/run/submit-request.ts';
import { redactionFor } from '../../domain/secrets/redaction.ts';
import type { JarDeps } from '../connect/jar-on-flink.ts';
import { type FlinkVisit, jobManagerOf } from '../connect/reach-flink.ts';
import { readSecrets } from '../connect/read-secrets.ts';
import { redactingVisit } from '../connect/redacting-session.ts';
import { awaitCancel } from '../record/await-cancel.ts';
import type { RecordDeps } from '../record/record.ts';
import { refreshed } from '../record/refresh.ts';
import { Driver, type RunOutcome } from '../send/drive-run.ts';
import type { StepsOutcome } from '../send/run-steps.ts';
import { type DrivenRun, sendUntil } from '../send/send-permission.ts';
import type { Budget } from '../waiting/budget.ts';
import { sideBySide } from '../waiting/side-by-side.ts';
import { awaitOutcome } from './await-outcome.ts';
import { type ClaimDeps, type ClaimIntent, type ClaimOutcome, claimRun } from './claim-run.ts';
import { type Steps, withSteps } from './early-steps.ts';
import { findSavepoint } from './find-savepoint.ts';
import { type NamedRuns, namedRuns } from './named-runs.ts';
import { readDetails } from './read-details.ts';
import { requestKeyOf, takeKey } from './request-key.ts';
import { firstRunNumber, runNumberAfter } from './run-number.ts';
import { writeIntent } from './write-intent.ts';

export interface SubmitDeps extends RecordDeps, JarDeps {
  readonly definitions: DefinitionReader;
  readonly keys: RequestKeyStore;
  readonly gateway: SqlGateway;
  readonly ids: Ids;
  readonly settings: DeploymentSettings;
}

export interface SubmitScope {
  /** The caller, for the run's record. */
  readonly caller: string;
  /** The whole caller; a test may leave it out. */
  readonly principal?: Principal;
  /** How long the caller can wait. */
  readonly budgetMs: number;
}

/** The run's number belongs to another head: nothing was sent that starts a job. */
interface NumberTaken {
  readonly takenBy: RunHead;
}

interface FrozenClaim {
  readonly claim: ClaimOutcome;
  readonly body: RunBody;
  /** Whether the number is in the table, with a claim or without. */
  readonly isWritten: boolean;
}

/** The claims of the task, as they were read, and what is known of the runs that they name. */
interface SeenClaims {
  readonly claims: TaskClaims;
  readonly ended: readonly RunHead[];
}

/** The plan and other values that all steps share. */
export class Submission {
  readonly #deps: SubmitDeps;
  readonly #request: SubmitRequest;
  readonly #scope: SubmitScope;
  readonly #prepared: PreparedRun;
  readonly #budget: Budget;
  readonly #fingerprints: Fingerprints;

  constructor(deps: SubmitDeps, request: SubmitRequest, scope: SubmitScope, prepared: PreparedRun, budget: Budget) {
    this.#deps = deps;
    this.#request = request;
    this.#scope = scope;
    this.#prepared = prepared;
    this.#budget = budget;
    const { givenText, fingerprintText } = prepared;
    // For work without a stored task, the number alone could also belong to other work.
    const toFp = (text: string): string => deps.ids.sha256(`${request.unstored?.identity ?? ''}${text}`);
    const fp = toFp(givenText);
    this.#fingerprints = fingerprintText === givenText ? { fp } : { fp, usedFp: toFp(fingerprintText) };
  }

  /** `claims`: of the task, as they were read beside its definition. */
  async run(claims: TaskClaims, reaching: Promise<FlinkVisit>): Promise<RunView> {
    const { answer, ended } = await this.#namedRuns(claims);
    if (answer !== null) return await this.#answerDuplicate(answer);
    // A secret that can't be read is a refusal without a run, as a Flink out of reach is.
    const reading = readSecrets(this.#deps.secrets, this.#prepared.plan, this.#budget.signal);
    const numbering = firstRunNumber(this.#deps.store, claims);
    const [reached, runId, secrets] = await sideBySide(reaching, numbering, reading);
    const { task, target } = this.#prepared;
    // Stryker disable next-line ConditionalExpression,StringLiteral: a jar has no cluster of its own, so there is nothing to check
    if (reached.kind !== 'jar') checkGatewayVersion(task, target, reached.version);
    const body = this.#prepared.bodyFor(jobManagerOf(reached).address);
    const flink = redactingVisit(reached, redactionFor(body, secrets));
    const { clock } = this.#deps;
    const seen = { claims, ended };
    return await withSteps({ clock, body, flink, budget: this.#budget }, this.#prepared.sessionOnly, (steps) =>
      this.#claimAndDrive(runId, seen, flink, steps),
    );
  }

  async #claimAndDrive(firstRunId: number, seen: SeenClaims, flink: FlinkVisit, steps: Steps): Promise<RunView> {
    const { store, keys } = this.#deps;
    const key = requestKeyOf(this.#deps, this.#request, this.#fingerprints, this.#scope.caller);
    let runId = firstRunId;
    let unnamedBodyOf: number | null = null;
    for (let tries = 0; ; tries += 1) {
      const named = key === null ? null : await takeKey(this.#deps, key, runId, this.#budget);
      if (named !== null) return await this.#answerInstead(named, unnamedBodyOf);
      const { claim, body, isWritten } = await this.#claimAndFreeze(runId, seen, flink);
      if (claim.kind === 'duplicate') {
        unnamedBodyOf = isWritten ? runId : null;
        // A key that names another run by now has been decided about by somebody else: that run is the answer.
        const { id } = claim.head;
        if (key !== null && !(await keys.repointKey(key.key, runId, { runId: id, owner: key.owner }))) continue;
        return await this.#answerInstead(claim.head, unnamedBodyOf);
      }
      // Not before the claim, which may have waited: the permission to send counts from here.
      const outcome = await this.#intendAndDrive(this.#newHead(runId, body, flink), body, flink, steps);
      if (!('takenBy' in outcome)) return outcome;
      const next = await runNumberAfter(store, outcome.takenBy, tries);
      if (key !== null) await keys.repointKey(key.key, runId, { runId: next, owner: key.owner });
      runId = next;
    }
  }

  /** `unnamedBodyOf`: the number that no run will have, if a body was written under it. */
  async #answerInstead(head: RunHead, unnamedBodyOf: number | null): Promise<RunView> {
    const expired = unnamedBodyOf === null ? Promise.resolve() : this.#expireBody(unnamedBodyOf);
    const [answer] = await sideBySide(this.#answerDuplicate(head), expired);
    return answer;
  }

  /** What the claim needs to know about a run that it names. */
  get #question(): ClaimIntent['question'] {
    const { task, plan } = this.#prepared;
    const { version: taskVersion, dedupeSeconds } = task;
    return { taskVersion, dedupeSeconds, savePointPath: plan.savePointPath, keyed: this.#request.key !== null };
  }

  /** A key has its own way to its run, and a second reader is welcome. */
  async #namedRuns({ claims }: TaskClaims): Promise<NamedRuns> {
    const { plan, task } = this.#prepared;
    if (this.#request.key !== null || plan.readOnly) return { answer: null, ended: [] };
    const asked = { taskId: task.id, ...this.#fingerprints, question: this.#question };
    return await namedRuns(this.#deps, asked, claims, this.#budget);
  }

  /** Reading changes nothing, so a second reader is welcome. */
  async #claim(runId: number, { claims, ended }: SeenClaims, beside: ClaimDeps['beside']): Promise<ClaimOutcome> {
    const { task, plan } = this.#prepared;
    const { store, clock, ids } = this.#deps;
    if (plan.readOnly) {
      await sideBySide(store.noteLatestRun(task.id, runId), beside());
      // Stryker disable next-line ObjectLiteral,StringLiteral: whatever is no duplicate is a claim
      return { kind: 'claimed' };
    }
    const { isOnline } = this.#request;
    const question = this.#question;
    const intent = { taskId: task.id, ...this.#fingerprints, runId, question, isOnline, known: ended };
    const refresh = (head: RunHead): Promise<RunHead> => refreshed(this.#deps, head, this.#budget);
    const ending: ClaimDeps['awaitCancel'] = (head, budget) => awaitCancel(this.#deps, head, budget);
    const claimDeps = { store, clock, writer: ids.writer, refresh, awaitCancel: ending, beside };
    return await claimRun(claimDeps, intent, claims, this.#budget);
  }

  /**
   * What the run will send is written before its head, beside the claim: whoever loses the claim leaves a body that no head
   * names. A savepoint that is to be looked up is looked up when the claim is won: until then the run before may still add
   * one, and a repeat needs none.
   */
  async #claimAndFreeze(runId: number, seen: SeenClaims, flink: FlinkVisit): Promise<FrozenClaim> {
    const { recordedSavepoint: which, task } = this.#prepared;
    const known = which === null ? this.#bodyOf(flink) : null;
    const writing: Promise<void>[] = [];
    const claim = await this.#claim(runId, seen, async () => {
      // A claim may need more than one try; the body does not.
      if (known !== null && writing.length === 0) writing.push(this.#putBody(runId, known));
      await Promise.all(writing);
    }).catch(async (error: unknown) => {
      // Refused although the body is written: the claim was lost. Where the table does not answer, that is not to be asked as well.
      const isRefusal = error instanceof AppError && error.code !== 'store.unavailable';
      if (isRefusal && writing.length > 0) await this.#expireBody(runId);
      throw error;
    });
    if (known !== null) return { claim, body: known, isWritten: writing.length > 0 };
    if (which === null || claim.kind === 'duplicate') return { claim, body: this.#bodyOf(flink), isWritten: false };
    const found = await findSavepoint(this.#deps, { taskId: task.id, ...this.#fingerprints, which }, this.#budget);
    const body = this.#bodyOf(flink, found?.path ?? null);
    await this.#putBody(runId, body);
    return { claim, body, isWritten: true };
  }

  #bodyOf(flink: FlinkVisit, foundPath: string | null = null): RunBody {
    const planned = this.#prepared.bodyFor(jobManagerOf(flink).address, foundPath);
    return flink.kind === 'jar' ? withJarContent(planned, flink.jar.sha256) : planned;
  }

  async #putBody(runId: number, body: RunBody): Promise<void> {
    await this.#deps.store.putBody(runId, this.#deps.ids.writer, body);
  }

  /** Nobody reads it, so an error here is not worth reporting. */
  async #expireBody(runId: number): Promise<void> {
    const { store, ids, log } = this.#deps;
    try {
      await store.within(this.#budget.graceSignal()).expireBody(runId, ids.writer);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.warn('the body of a run that never began stays in the table', { runId, error: error.message });
    }
  }

  #newHead(id: number, { plan }: RunBody, flink: FlinkVisit): RunHead {
    const { task, target, kind } = this.#prepared;
    const { ids, clock } = this.#deps;
    const what = { kind, taskId: task.id, taskVersion: task.version, name: task.name, step: task.step };
    const jobId = kind === 'none' ? null : ids.jobId();
    const where = runPlace(target, jobManagerOf(flink), { id, jobId, properties: plan.properties });
    const how = { jobId, once: plan.once, savePointPath: plan.savePointPath };
    const { caller, principal } = this.#scope;
    const { slot } = this.#request;
    const asked = { ...(principal === undefined ? {} : { principal }), ...(slot === undefined ? {} : { slot }) };
    const who = { writer: ids.writer, createdBy: caller, ...asked, nonce: ids.jobId() };
    return newRun({ id, ...what, ...this.#fingerprints, ...where, ...how, ...who }, clock.now());
  }

  /** The intent; after it the statements before the job, unless they have begun already, and the job. */
  async #intendAndDrive(head: RunHead, body: RunBody, flink: FlinkVisit, steps: Steps): Promise<RunView | NumberTaken> {
    if (!this.#budget.isOpen()) throw outOfTime(head.taskId);
    const sendUntilMs = sendUntil(this.#deps.clock);
    // An upload starts nothing, so it goes beside the intent; but only who has the claim is to make it.
    if (flink.kind === 'jar') {
      // Any error: callers that wait for the steps get it; otherwise withSteps throws it.
      steps().catch(() => undefined);
    }
    const stored = await writeIntent(this.#deps, head, this.#budget);
    if (!isSameHead(stored, head)) return { takenBy: stored };
    if (isFinal(stored.status)) return { head: stored, result: null, body, duplicate: false };
    const run: DrivenRun = { head: stored, body, sendUntilMs };
    const outcome = await this.#drive(run, await steps(), flink);
    return { ...outcome, body, duplicate: false };
  }

  /** Once the intent is durable, the run exists: even if its record fails, the answer is the run as it is stored. */
  async #drive(run: DrivenRun, steps: StepsOutcome, flink: FlinkVisit): Promise<RunOutcome> {
    try {
      return await new Driver({ deps: this.#deps, run, flink, budget: this.#budget }).drive(steps);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#deps.log.error('the outcome of a run could not be recorded', { runId: run.head.id, error: error.message });
      return { head: run.head, result: null };
    }
  }

  async #answerDuplicate(given: RunHead): Promise<RunView> {
    const head = await awaitOutcome(this.#deps, given, this.#budget);
    const { body, result } = await readDetails(this.#deps.store, head, this.#budget);
    return { head, body: body ?? this.#prepared.bodyFor(head.address), result, duplicate: true };
  }
}

function outOfTime(taskId: number): AppError {
  return new AppError(
    'budget.exceeded',
    `Task ${taskId} could not be started in time; nothing was started. Try again.`,
  );
}
