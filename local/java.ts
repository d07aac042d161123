import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StartError } from './start-error.ts';

const run = promisify(execFile);
const OLDEST_JAVA = 11;

/** The java to run: of JAVA_HOME, else on the PATH, if it is new enough for Flink. */
export async function findJava(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const java = env.JAVA_HOME ? join(env.JAVA_HOME, 'bin', 'java') : 'java';
  const version = await javaVersion(java, env);
  if (version === undefined) {
    throw new StartError(
      `Java was not found (${java}). Flink needs Java 11 or later (17 recommended): install it, or set JAVA_HOME.`,
    );
  }
  if (version < OLDEST_JAVA) {
    throw new StartError(
      `${java} is Java ${version}, Flink needs 11 or later (17 recommended): install it, or set JAVA_HOME.`,
    );
  }
  return java;
}

/** Maven is needed only until the jars are there. */
export async function requireMaven(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  try {
    await run('mvn', ['--version'], { env });
  } catch {
    throw new StartError('Maven was not found (mvn). It fetches Flink the first time: install Maven 3.6 or later.');
  }
}

async function javaVersion(java: string, env: NodeJS.ProcessEnv): Promise<number | undefined> {
  try {
    const { stderr, stdout } = await run(java, ['-version'], { env });
    return readJavaVersion(stderr + stdout);
  } catch {
    return undefined;
  }
}

/** 17 of `openjdk version "17.0.15"`, 8 of `java version "1.8.0_292"`. */
export function readJavaVersion(text: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(text);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
