import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { copyProject } from './copy-project.ts';

/** A CloudFormation resource, as far as these tests look at it. */
export interface Resource {
  Type: string;
  DeletionPolicy?: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- every type of resource has its own properties
  Properties: Record<string, any>;
}

export interface Build {
  directory: string;
  /** Zip name without `.zip` -> file name -> bytes. */
  zips: Record<string, Record<string, Uint8Array>>;
  resources: Record<string, Resource>;
  template: { Conditions: Record<string, unknown>; Outputs: Record<string, unknown> };
}

/** Runs `npm run package` in a copy of the sources. */
export function build(args: string[] = [], env: Record<string, string> = {}): Build {
  const directory = copyProject();
  const { status, stdout, stderr } = spawnSync('npm', ['run', 'package', '--', ...args], {
    cwd: directory,
    encoding: 'utf8',
    timeout: 120_000,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
      HOME: directory,
      NPM_CONFIG_UPDATE_NOTIFIER: 'false',
      ...env,
    },
  });
  if (status !== 0) {
    rmSync(directory, { recursive: true });
    throw new Error(`npm run package ended with ${String(status)}:\n${stdout}\n${stderr}`);
  }

  const output = join(directory, '.serverless');
  const text = readFileSync(join(output, 'cloudformation-template-update-stack.json'), 'utf8');
  const template = JSON.parse(text) as Build['template'] & { Resources: Record<string, Resource> };
  return { directory, zips: readZips(output), resources: template.Resources, template };
}

function readZips(output: string): Build['zips'] {
  const names = existsSync(output) ? readdirSync(output).filter((name) => name.endsWith('.zip')) : [];
  return Object.fromEntries(
    names.map((name) => [name.replace(/\.zip$/, ''), unzipSync(readFileSync(join(output, name)))]),
  );
}
