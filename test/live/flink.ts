import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startFlink } from '../../local/flink.ts';

/** What a test file gets with `inject('flink')`. */
interface ProvidedFlink {
  restUrl: string;
  gatewayUrl: string;
  version: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    flink: ProvidedFlink;
  }
}

const SLOTS = 16;

/** Starts a Flink for all files of a project; without Java or Maven it throws and the project fails. */
export async function provideFlink(project: TestProject, version: string): Promise<() => Promise<void>> {
  const dir = mkdtempSync(join(tmpdir(), `dinghy-flink-${version}-`));
  const flink = await startFlink({ version, dir, slots: SLOTS, say: (line) => void process.stderr.write(`${line}\n`) });
  project.provide('flink', { restUrl: flink.restUrl, gatewayUrl: flink.gatewayUrl, version });
  return async () => {
    await flink.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}
