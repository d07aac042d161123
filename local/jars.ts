import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Child, Children } from './children.ts';
import { requireMaven } from './java.ts';
import { ROOT, STATE_DIR } from './paths.ts';
import { StartError } from './start-error.ts';
import { lastLines } from './wait-until.ts';

const POM = join(ROOT, 'local', 'pom.xml');
/** Written last, with the pom's hash: without it, or with another hash, the folder is not what the pom asks for. */
const MARKER = '.complete';
const PROGRESS_EVERY_MS = 3_000;

export interface JarsOptions {
  version: string;
  children: Children;
  say: (line: string) => void;
}

/** The folder with Flink's jars, fetched with Maven when it is missing, unfinished or older than the pom. */
export async function flinkJars({ version, children, say }: JarsOptions): Promise<string> {
  if (!/^[\w.-]+$/.test(version)) throw new StartError(`"${version}" is no Flink version; write it like 2.3.0.`);
  const home = join(STATE_DIR, 'flink', version);
  const lib = join(home, 'lib');
  if (isComplete(lib)) return lib;

  await requireMaven();
  mkdirSync(home, { recursive: true });
  const fresh = join(home, `fetching-${process.pid}-${randomUUID()}`);
  try {
    await fetchInto(fresh, { version, children, say });
    putInPlace(fresh, lib);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return lib;
}

function isComplete(lib: string): boolean {
  const marker = join(lib, MARKER);
  return existsSync(marker) && readFileSync(marker, 'utf8') === pomHash();
}

function pomHash(): string {
  return createHash('sha256').update(readFileSync(POM)).digest('hex');
}

async function fetchInto(fresh: string, { version, children, say }: JarsOptions): Promise<void> {
  say(`Fetching Flink ${version} with Maven (about 57 jars, 130 MB, once)`);
  const maven = children.start({
    name: 'Maven',
    command: 'mvn',
    args: ['-B', '-f', POM, `-Dflink.version=${version}`, `-DoutputDirectory=${fresh}`, 'dependency:copy-dependencies'],
    logFile: join(STATE_DIR, 'flink', version, `maven-${process.pid}.log`),
  });
  const progress = startProgress(maven, say);
  const how = await maven.ended;
  clearInterval(progress);
  if (how !== 'exit code 0') throw notFetched(version, maven, how);
  rmSync(maven.logFile, { force: true });
  writeFileSync(join(fresh, MARKER), pomHash());
}

function startProgress(maven: Child, say: (line: string) => void): NodeJS.Timeout {
  let shown = 0;
  return setInterval(() => {
    const lines = lastLines(maven.logFile, Infinity);
    const count = lines.filter((line) => /Downloaded .*\.jar/.test(line)).length;
    if (count > shown) say(`  ${count} jars downloaded`);
    shown = count;
  }, PROGRESS_EVERY_MS);
}

/** Two processes may fetch at once: whoever renames first has it, and the other's copy is as good and thrown away. */
function putInPlace(fresh: string, lib: string): void {
  const old = `${fresh}-old`;
  try {
    if (existsSync(lib) && !isComplete(lib)) renameSync(lib, old);
    renameSync(fresh, lib);
  } catch (error) {
    if (!isComplete(lib)) throw error;
  } finally {
    rmSync(old, { recursive: true, force: true });
  }
}

function notFetched(version: string, { logFile }: Child, how: string): StartError {
  const error = lastLines(logFile, Infinity).find((line) => line.startsWith('[ERROR]'));
  const reason = (error ?? how)
    .replace(/^\[ERROR\] /, '')
    .replace(/ -> \[Help \d+\]/, '')
    .slice(0, 400);
  return new StartError(
    `Flink ${version} could not be fetched: is there such a version, and can Maven reach its repository? Maven's log, ${logFile}, says: ${reason}`,
  );
}

/** The versions whose jars are here already. */
export function fetchedVersions(): string[] {
  const home = join(STATE_DIR, 'flink');
  return existsSync(home) ? readdirSync(home).filter((version) => isComplete(join(home, version, 'lib'))) : [];
}
