/**
 * Jars on this machine's disk: written as they arrive, hashed on the way, never held in memory. Those that nobody uses any
 * more stay for the next run, as long as there is room.
 */
import { createHash } from 'node:crypto';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../domain/errors.ts';
import { zipProblem } from './zip-problem.ts';

export interface JarFile {
  readonly sha256: string;
  readonly path: string;
  readonly sizeBytes: number;
}

export interface JarLimits {
  readonly maxJarBytes: number;
  /** The maximum size of unused jars together. */
  readonly maxKeptBytes: number;
}

export class JarFiles {
  readonly #limits: JarLimits;
  /** By hash, sorted by their last use. */
  readonly #files = new Map<string, JarFile>();
  readonly #users = new Map<string, number>();
  #dir: string | null = null;
  #parts = 0;

  constructor(limits: JarLimits) {
    this.#limits = limits;
  }

  /** Writes a jar to disk. `shown` is what messages call it. */
  async write(jar: Readable, shown: string, signal: AbortSignal): Promise<JarFile> {
    this.#makeRoom(this.#limits.maxKeptBytes - this.#limits.maxJarBytes);
    const part = join(this.#directory(), `part-${(this.#parts += 1)}`);
    try {
      const written = await this.#hashed(jar, part, shown, signal);
      const problem = await zipProblem(part);
      if (problem !== null) throw new AppError('jar.invalid', `${shown} is not a jar: ${problem}`);
      const path = join(this.#directory(), written.sha256);
      await rename(part, path);
      const file = { ...written, path };
      this.#files.set(file.sha256, file);
      return file;
    } finally {
      await rm(part, { force: true });
    }
  }

  /** Null when it is not here any more. Who gets it must give it back. */
  take(sha256: string): JarFile | null {
    const file = this.#files.get(sha256);
    if (file === undefined) return null;
    this.#files.delete(sha256);
    this.#files.set(sha256, file);
    this.#users.set(sha256, this.#usersOf(sha256) + 1);
    return file;
  }

  giveBack(sha256: string): void {
    this.#users.set(sha256, this.#usersOf(sha256) - 1);
    this.#makeRoom(this.#limits.maxKeptBytes);
  }

  /** Removes jars that nobody uses, oldest first, until the rest fits. */
  #makeRoom(maxBytes: number): void {
    const unused = [...this.#files.values()].filter(({ sha256 }) => this.#usersOf(sha256) === 0);
    let bytes = unused.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    for (const { sha256, path, sizeBytes } of unused) {
      if (bytes <= maxBytes) return;
      this.#files.delete(sha256);
      this.#users.delete(sha256);
      rmSync(path, { force: true });
      bytes -= sizeBytes;
    }
  }

  async #hashed(jar: Readable, path: string, shown: string, signal: AbortSignal): Promise<Omit<JarFile, 'path'>> {
    const hash = createHash('sha256');
    const { maxJarBytes } = this.#limits;
    let sizeBytes = 0;
    const watch = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        sizeBytes += chunk.length;
        hash.update(chunk);
        if (sizeBytes > maxJarBytes) done(tooLarge(shown, maxJarBytes));
        else done(null, chunk);
      },
    });
    await pipeline(jar, watch, createWriteStream(path), { signal });
    return { sha256: hash.digest('hex'), sizeBytes };
  }

  #usersOf(sha256: string): number {
    return this.#users.get(sha256) ?? 0;
  }

  #directory(): string {
    if (this.#dir !== null) return this.#dir;
    this.#dir = mkdtempSync(join(tmpdir(), 'dinghy-jars-'));
    if (DIRECTORIES.length === 0) process.once('exit', removeAll);
    DIRECTORIES.push(this.#dir);
    return this.#dir;
  }
}

/** A function's disk goes with it; that of a developer does not. */
const DIRECTORIES: string[] = [];

function removeAll(): void {
  for (const dir of DIRECTORIES) rmSync(dir, { recursive: true, force: true });
}

export function tooLarge(shown: string, maxBytes: number): AppError {
  const most = `${maxBytes / 1024 / 1024} MB`;
  const advice = "Leave out what is already on the cluster's class path, such as Flink itself.";
  return new AppError('jar.invalid', `${shown} is larger than ${most}, the limit for a jar. ${advice}`);
}
