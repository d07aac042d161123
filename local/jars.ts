import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Child, Children } from './children.ts';
import { requireMaven } from './java.ts';
import { ROOT, STATE_DIR } from './paths.ts';
import { StartError } from './start-error.ts';
import { lastLines } from './wait-until.ts';

const POM = join(ROOT, 'local', 'pom.xml');
/** Written last, with the pom's hash: without it, or with another hash, the folder is incomplete or out of date. */
const MARKER = '.complete';
const FETCHING = 'fetching-';
const CACHE_DIR = join(STATE_DIR, 'flink');
const PROGRESS_EVERY_MS = 3_000;

export interface JarsOptions {
  version: string;
  children: Children;
  say: (line: string) => void;
  cacheDir?: string;
}

/** The folder with Flink's jars. Maven fetches them if they are missing, incomplete or older than the pom. */
export async function flinkJars({ cacheDir = CACHE_DIR, ...options }: JarsOptions): Promise<string> {
  const { version } = options;
  if (!/^[\w.-]+$/.test(version)) throw new StartError(`"${version}" is not a Flink version; write it like 2.3.0.`);
  const home = join(cacheDir, version);
  const lib = join(home, 'lib');
  if (isComplete(lib)) return lib;

  await requireMaven();
  mkdirSync(home, { recursive: true });
  removeLeftovers(home);
  const fresh = join(home, `${FETCHING}${process.pid}-${randomUUID()}`);
  try {
    await fetchInto(fresh, options);
    putInPlace(fresh, lib);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return lib;
}

/** Remains of a fetch that was killed; the name has its process id. */
function removeLeftovers(home: string): void {
  for (const name of readdirSync(home)) {
    const pid = name.startsWith(FETCHING) ? Number.parseInt(name.slice(FETCHING.length), 10) : undefined;
    if (pid !== undefined && !isAlive(pid)) rmSync(join(home, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function isComplete(lib: string): boolean {
  const marker = join(lib, MARKER);
  return existsSync(marker) && readFileSync(marker, 'utf8') === pomHash();
}

function pomHash(): string {
  return createHash('sha256').update(readFileSync(POM)).digest('hex');
}

async function fetchInto(fresh: string, { version, children, say }: Omit<JarsOptions, 'cacheDir'>): Promise<void> {
  say(`Fetching Flink ${version} with Maven (about 57 jars, 130 MB, once)`);
  const maven = children.start({
    name: 'Maven',
    command: 'mvn',
    args: ['-B', '-f', POM, `-Dflink.version=${version}`, `-DoutputDirectory=${fresh}`, 'dependency:copy-dependencies'],
    logFile: `${fresh}.log`,
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

/** Two processes may fetch at once: the first to rename wins, and the other copy is deleted. */
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
    `Flink ${version} could not be fetched. Check that this version exists and that Maven can reach its repository. Maven's log, ${logFile}, says: ${reason}`,
  );
}

/** Whether a start needs no Maven. */
export function hasJars(version: string): boolean {
  return isComplete(join(CACHE_DIR, version, 'lib'));
}
