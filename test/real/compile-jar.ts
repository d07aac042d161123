/** A jar made of Java source at test time, against the jars of the local Flink: no binary lies in the repository. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Children } from '../../local/children.ts';
import { flinkJars } from '../../local/jars.ts';
import { findJava } from '../../local/java.ts';

const run = promisify(execFile);

/** @param sources path within the jar, as "demo/Twice.java" -> text. Gives the jar's path; it lies in a folder of its own. */
export async function compileJar(flinkVersion: string, sources: Readonly<Record<string, string>>): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'dinghy-jar-'));
  for (const [path, text] of Object.entries(sources)) {
    mkdirSync(dirname(join(dir, 'src', path)), { recursive: true });
    writeFileSync(join(dir, 'src', path), text);
  }
  const lib = await flinkJars({ version: flinkVersion, children: new Children(), say: () => undefined });
  const files = Object.keys(sources).map((path) => join(dir, 'src', path));
  await run(await tool('javac'), ['--release', '11', '-cp', join(lib, '*'), '-d', join(dir, 'classes'), ...files]);
  const jar = join(dir, 'made.jar');
  await run(await tool('jar'), ['--create', '--file', jar, '-C', join(dir, 'classes'), '.']);
  return jar;
}

/** Of the same JDK as the java that runs Flink. */
async function tool(name: 'javac' | 'jar'): Promise<string> {
  const java = await findJava();
  return java.includes('/') ? join(dirname(java), name) : name;
}
