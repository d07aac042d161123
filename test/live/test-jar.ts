import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildJar } from '../../local/build-jar.ts';
import { Children } from '../../local/children.ts';
import { flinkJars } from '../../local/jars.ts';
import { ROOT } from '../../local/paths.ts';

export interface TestJar {
  readonly dir: string;
  readonly path: string;
  remove(): void;
}

/** The example job, and mains that misbehave, compiled against the jars of a Flink. Every build has another hash. */
export async function buildTestJar(version: string): Promise<TestJar> {
  const lib = await flinkJars({ version, children: new Children(), say: () => undefined });
  const dir = mkdtempSync(join(tmpdir(), 'dinghy-jar-'));
  const path = join(dir, 'numbers.jar');
  const sources = [join(ROOT, 'local', 'example-job'), join(ROOT, 'test', 'live', 'jar-jobs'), oneClassOfItsOwn(dir)];
  await buildJar({ sources, lib, mainClass: 'dinghy.example.NumbersJob', jarFile: path });
  return { dir, path, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** Times in a jar are those of DOS: two builds within two seconds would be the same bytes. */
function oneClassOfItsOwn(dir: string): string {
  const source = join(dir, 'source');
  const name = `Build${randomBytes(8).toString('hex')}`;
  mkdirSync(source);
  writeFileSync(join(source, `${name}.java`), `class ${name} {}\n`);
  return source;
}
