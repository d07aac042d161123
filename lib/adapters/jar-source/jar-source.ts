/**
 * Brings jars from where they are kept to this machine's disk. A jar that has not changed since it was read by this process
 * is not read again.
 */
import { AppError } from '../../domain/errors.ts';
import type { JarSource } from '../../domain/ports.ts';
import type { LocalJar } from '../../domain/run/jar.ts';
import type { HttpRules } from './http-rules.ts';
import { type JarFile, JarFiles, type JarLimits, tooLarge } from './jar-files.ts';
import { openFile } from './open-file.ts';
import { openHttp, orUnavailable } from './open-http.ts';
import { openS3, type S3Access } from './open-s3.ts';
import { decoded, type OpenedJar, type OpenJar, shownUri, type Validators } from './opened-jar.ts';

export interface JarSourceOptions extends JarLimits {
  readonly s3: S3Access;
  readonly http: HttpRules;
  /** Whether file: is read. */
  readonly allowFiles: boolean;
}

interface Known {
  readonly validators: Validators;
  readonly sha256: string;
}

export function jarSource(options: JarSourceOptions): JarSource {
  const reader = new JarReader(options);
  // One after the other: side by side they would share the way to the network, and the disk might not hold them all.
  let last: Promise<unknown> = Promise.resolve();
  return {
    read: (uri, signal) => {
      const turn = last;
      const mine = turnOrEnd(turn, signal).then(() => reader.read(uri, signal));
      last = Promise.allSettled([turn, mine]);
      return mine;
    },
  };
}

/** Reads one jar at a time, and knows those that it has read. */
class JarReader {
  readonly #maxJarBytes: number;
  readonly #ways: Readonly<Record<string, OpenJar>>;
  readonly #files: JarFiles;
  readonly #known = new Map<string, Known>();

  constructor(options: JarSourceOptions) {
    this.#maxJarBytes = options.maxJarBytes;
    this.#files = new JarFiles(options);
    this.#ways = {
      'https:': openHttp(options.http),
      'http:': openHttp(options.http),
      's3:': openS3(options.s3),
      'file:': openFile(options.allowFiles),
    };
  }

  async read(uri: string, signal: AbortSignal): Promise<LocalJar> {
    const url = new URL(uri);
    const way = this.#ways[url.protocol];
    if (way === undefined)
      throw new AppError(
        'jar.invalid',
        `${shownUri(url)} has a scheme that Dinghy can't read. Use an https:// or s3:// URL.`,
      );
    const before = this.#known.get(uri) ?? null;
    const kept = before === null ? null : this.#files.take(before.sha256);
    const opened = await way(url, kept === null ? null : (before?.validators ?? null), signal).catch(
      (error: unknown) => {
        if (kept !== null) this.#files.giveBack(kept.sha256);
        throw error;
      },
    );
    if (opened.kind === 'unchanged' && kept !== null) return this.#toLocal(url, kept);
    if (kept !== null) this.#files.giveBack(kept.sha256);
    return this.#toLocal(url, await this.#fetched(url, uri, opened, signal));
  }

  async #fetched(url: URL, uri: string, opened: OpenedJar, signal: AbortSignal): Promise<JarFile> {
    if (opened.kind === 'unchanged') throw new AppError('jar.unavailable', `${shownUri(url)} could not be read.`);
    const { bytes, sizeBytes, validators } = opened;
    if (sizeBytes !== null && sizeBytes > this.#maxJarBytes) {
      bytes.destroy();
      throw tooLarge(shownUri(url), this.#maxJarBytes);
    }
    const { sha256 } = await orUnavailable(url, this.#files.write(bytes, shownUri(url), signal), signal);
    this.#known.set(uri, { validators, sha256 });
    const file = this.#files.take(sha256);
    if (file !== null) return file;
    throw new AppError('internal', `${shownUri(url)} is gone from the disk. This is a bug in Dinghy.`);
  }

  #toLocal(url: URL, { sha256, path, sizeBytes }: JarFile): LocalJar {
    let held = true;
    const release = (): void => {
      if (held) this.#files.giveBack(sha256);
      held = false;
    };
    return { sha256, path, sizeBytes, name: nameOf(url), release };
  }
}

/** Its turn may come after its time: then it is not waited for, and the read ends at once. */
async function turnOrEnd(turn: Promise<unknown>, signal: AbortSignal): Promise<void> {
  let giveUp = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    giveUp = resolve;
    signal.addEventListener('abort', giveUp);
    if (signal.aborted) giveUp();
  });
  await Promise.race([turn, ended]).finally(() => signal.removeEventListener('abort', giveUp));
}

const MAX_NAME_LENGTH = 80;

/** The last part of its address, as a file name that every system takes. */
function nameOf({ pathname }: URL): string {
  const last = decoded(pathname.split('/').at(-1) ?? '');
  const plain = last.replace(/\.jar$/i, '').replace(/[^\w.-]+/g, '_');
  return `${plain.slice(0, MAX_NAME_LENGTH) || 'job'}.jar`;
}
