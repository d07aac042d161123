/** A run runs one jar: what stands at its URI may be exchanged before the run is sent again. */
import { AppError } from '../errors.ts';
import type { JarJob } from '../plan/plan.ts';
import type { RunBody } from '../plan/run-body.ts';
import { shownAddress } from '../secrets/shown-address.ts';

/** The body with the hash of the jar that was read for the run. */
export function withJarContent(body: RunBody, sha256: string): RunBody {
  const { job } = body.plan;
  return job?.kind === 'jar' ? { ...body, plan: { ...body.plan, job: { ...job, sha256 } } } : body;
}

/** @throws AppError jar.invalid if the content differs from that of the statement. `sha256`: of the content read. */
export function checkWantedJar({ uri, wantedSha256 }: JarJob, sha256: string): void {
  if (wantedSha256 === undefined || wantedSha256 === sha256) return;
  const seen = `The jar ${shownAddress(uri)} has the sha256 ${sha256}, but its EXECUTE JAR expects ${wantedSha256}`;
  throw new AppError('jar.invalid', `${seen}. Nothing was uploaded. Put the right jar there, or correct the digest.`);
}

/** Null: it is the one that the run was submitted with. */
export function changedJar({ plan: { job } }: Pick<RunBody, 'plan'>, { uri }: JarJob, sha256: string): string | null {
  const frozen = job?.kind === 'jar' ? job.sha256 : undefined;
  if (frozen === undefined || frozen === sha256) return null;
  return `the jar ${shownAddress(uri)} has changed since the submission, so Dinghy did not run it. Submit the task again`;
}
