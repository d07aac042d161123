/** A copy of the project from which a stage is deployed, as the page "Deploy to AWS" says. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { copyProject } from '../package/copy-project.ts';
import type { Emulator } from './emulator.ts';

export interface Ended {
  readonly code: number | null;
  /** stdout and stderr, as they came. */
  readonly said: string;
}

export class ProjectCopy {
  readonly #folder = copyProject(['cli', 'examples']);
  #aws: Readonly<Record<string, string>>;

  constructor({ env }: Emulator) {
    this.#aws = env;
  }

  write(file: string, text: string): void {
    const path = join(this.#folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  edit(file: string, change: (text: string) => string): void {
    const before = readFileSync(join(this.#folder, file), 'utf8');
    const after = change(before);
    if (after === before) throw new Error(`${file} is as it was.`);
    this.write(file, after);
  }

  /** From now on, another user of AWS runs the commands. */
  become(keys: Readonly<Record<string, string>>): void {
    this.#aws = { ...this.#aws, ...keys };
  }

  /** A command line of the page, word for word, in the folder of the project. */
  async run(commandLine: string): Promise<Ended> {
    const child = spawn('sh', ['-c', commandLine], {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
        HOME: this.#folder,
        // How often the deployment is looked at, in ms.
        SLS_AWS_MONITORING_FREQUENCY: '300',
        NPM_CONFIG_UPDATE_NOTIFIER: 'false',
        ...this.#aws,
      },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += String(chunk)));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, said };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
