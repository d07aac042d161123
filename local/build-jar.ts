/** Compiles Java sources against Flink's jars and packs them, with the JDK's own tools. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StartError } from './start-error.ts';

const run = promisify(execFile);

export interface JarBuild {
  /** Java files, or folders of them. */
  readonly sources: readonly string[];
  /** The folder with Flink's jars. */
  readonly lib: string;
  readonly mainClass?: string;
  readonly jarFile: string;
}

/** Java 11 is the oldest that Flink 1.20 and 2.x run on. */
const RELEASE = '11';

export async function buildJar({ sources, lib, mainClass, jarFile }: JarBuild): Promise<void> {
  const classes = mkdtempSync(join(tmpdir(), 'dinghy-classes-'));
  try {
    const files = sources.flatMap(javaFiles);
    await tool('javac', ['--release', RELEASE, '-Xlint:-options', '-cp', join(lib, '*'), '-d', classes, ...files]);
    const entry = mainClass === undefined ? [] : ['--main-class', mainClass];
    await tool('jar', ['--create', '--file', jarFile, ...entry, '-C', classes, '.']);
  } finally {
    rmSync(classes, { recursive: true, force: true });
  }
}

function javaFiles(source: string): string[] {
  if (!statSync(source).isDirectory()) return [source];
  return readdirSync(source)
    .filter((name) => name.endsWith('.java'))
    .map((name) => join(source, name));
}

async function tool(name: string, args: string[]): Promise<void> {
  const command = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', name) : name;
  try {
    await run(command, args);
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT')
      throw new StartError(`${command} was not found. Install a JDK: a Java runtime is not enough.`);
    throw new StartError(`${name} failed: ${stderr ?? String(error)}`);
  }
}
