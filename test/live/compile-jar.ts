/** A jar made of Java source at test time, against the jars of the local Flink: no binary lies in the repository. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildJar } from '../../local/build-jar.ts';
import { Children } from '../../local/children.ts';
import { flinkJars } from '../../local/jars.ts';

/** @param sources path within the jar, as "demo/Twice.java" -> text. Gives the jar's path; it lies in a folder of its own. */
export async function compileJar(flinkVersion: string, sources: Readonly<Record<string, string>>): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'dinghy-jar-'));
  const files = Object.entries(sources).map(([path, text]) => {
    const file = join(dir, 'src', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  });
  const lib = await flinkJars({ version: flinkVersion, children: new Children(), say: () => undefined });
  const jarFile = join(dir, 'made.jar');
  await buildJar({ sources: files, lib, jarFile });
  return jarFile;
}
