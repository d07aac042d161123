/** Prepares the new run of a restart, with the current definition and the variables of the old run. It changes nothing. */
import { AppError } from '../../domain/errors.ts';
import { type PreparedRun, type PrepareInput, prepareRun, type TaskParts } from '../../domain/plan/prepare-run.ts';
import type { RunBody } from '../../domain/plan/run-body.ts';
import { variablesText } from '../../domain/plan/variables-text.ts';
import { withJarContent } from '../../domain/run/jar-content.ts';
import type { JobManagerIdentity } from '../../domain/run/job-manager.ts';
import type { RestartRequest } from '../../domain/run/restart-request.ts';
import { restartVariables } from '../../domain/run/restart-variables.ts';
import type { RunHead } from '../../domain/run/run.ts';
import { checkGatewayVersion } from '../../domain/run/run-place.ts';
import type { SecretValues } from '../../domain/secrets/place-secrets.ts';
import { jobManagerOf, withFlink } from '../connect/reach-flink.ts';
import { readSecrets } from '../connect/read-secrets.ts';
import type { SubmitDeps } from '../submit/submission.ts';
import type { Budget } from '../waiting/budget.ts';
import { refuseUnseenEnd } from './refuse-restart.ts';

export interface PreparedRestart {
  /** The definition that it was prepared from. */
  readonly input: PrepareInput;
  readonly oldBody: RunBody;
  readonly secrets: SecretValues;
  readonly prepared: PreparedRun;
  readonly body: RunBody;
  readonly identity: JobManagerIdentity;
  /** From the request. */
  readonly savePointPath: string | null;
}

export interface WantedRestart {
  readonly request: RestartRequest;
  readonly loaded: TaskParts;
}

export async function prepareRestart(
  deps: SubmitDeps,
  old: RunHead,
  { request: asked, loaded }: WantedRestart,
  budget: Budget,
): Promise<PreparedRestart> {
  const { taskId, savePointPath } = asked;
  const oldBody = await deps.store.readBody(old);
  refuseUnseenEnd(old, oldBody, asked);
  if (oldBody === null) throw unknownVariables(old);
  const variables = variablesOf(deps, old, { body: oldBody, given: asked.variables });
  const input = { ...deps.settings, ...loaded, request: { variables, savePointPath } };
  const prepared = prepareRun(input);
  const { task, target, plan, kind } = prepared;
  if (kind !== 'job') throw unfitTask(taskId);
  const secrets = await readSecrets(deps.secrets, plan, budget.signal);
  return await withFlink(deps, { target, plan }, budget, async (reaching) => {
    const reached = await reaching;
    // Stryker disable next-line ConditionalExpression,StringLiteral: a jar gets no cluster of its own; the compiler asks
    if (reached.kind !== 'jar') checkGatewayVersion(task, target, reached.version);
    const identity = jobManagerOf(reached);
    const planned = prepared.bodyFor(identity.address);
    const body = reached.kind === 'jar' ? withJarContent(planned, reached.jar.sha256) : planned;
    return { input, oldBody, secrets, prepared, body, identity, savePointPath };
  });
}

function variablesOf(
  { ids }: SubmitDeps,
  old: RunHead,
  { body, given = {} }: { readonly body: RunBody; readonly given: RestartRequest['variables'] | undefined },
): Readonly<Record<string, string>> {
  const kept = body.jobConfig.variables;
  return restartVariables(old, { kept, isWhole: ids.sha256(variablesText(kept)) === old.fp }, given);
}

function unknownVariables({ id, taskId }: RunHead): AppError {
  const what = `Run ${id} of task ${taskId} was started with variables that are not in the table any more`;
  const hint =
    'Stop it with a savepoint (savepointTask, type "stop"), then submit it with its variables. Nothing was stopped.';
  return new AppError('run.conflict', `${what}, so it can't be restarted. ${hint}`);
}

function unfitTask(taskId: number): AppError {
  const why = 'its definition starts no job that goes on';
  return new AppError('task.invalid', `Task ${taskId} can't be restarted: ${why}. Nothing was stopped.`);
}
