/** The JobManager's side of jars on a real Flink, of each version. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, inject } from 'vitest';
import { jarRunner } from '../../lib/adapters/flink/jars.ts';
import { jobManager } from '../../lib/adapters/flink/job-manager.ts';
import { systemIds } from '../../lib/adapters/system.ts';
import type { LocalJar } from '../../lib/domain/run/jar.ts';
import { jarsContract } from '../contracts/jars.contract.ts';
import { buildTestJar, type TestJar } from './test-jar.ts';

const { restUrl, version } = inject('flink');
const ids = systemIds();
let built: TestJar;
let jar: LocalJar;

beforeAll(async () => {
  built = await buildTestJar(version);
  const bytes = readFileSync(built.path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  jar = { sha256, name: 'numbers.jar', sizeBytes: bytes.length, path: built.path, release: () => undefined };
});
afterAll(() => built.remove());

jarsContract(`the real ${version}`, () => {
  const address = new URL(restUrl).host;
  return { jars: jarRunner(), jobManager: jobManager(), address, jar, newJobId: () => ids.jobId() };
});
