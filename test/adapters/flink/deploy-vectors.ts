/** What real gateways answered to scripts that they could not have run (test/live/replies/record-deploys.ts). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import type { RecordedDeploy } from '../../live/replies/deploy-cases.ts';

const DIR = join(import.meta.dirname, '../../vectors/deploy-replies');
const SUFFIX = '.jsonl.br';

/** "2.3.0" and others. */
export const DEPLOY_VERSIONS = readdirSync(DIR).map((name) => name.slice(0, -SUFFIX.length));

export function deployReplies(version: string): RecordedDeploy[] {
  const text = brotliDecompressSync(readFileSync(join(DIR, version + SUFFIX))).toString('utf8');
  const lines = text.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as RecordedDeploy);
}

/** "kubernetes option kubernetes.jobmanager.labels 60" */
export const deployName = ({ to, kind, name }: RecordedDeploy): string => `${to} ${kind} ${name}`;

export function deployReply(version: string, name: string): RecordedDeploy {
  const found = deployReplies(version).find((reply) => deployName(reply) === name);
  if (found === undefined) throw new Error(`no reply "${name}" of Flink ${version}`);
  return found;
}
