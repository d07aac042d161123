/** Jars on this machine's own disk: for the local stack, where the deployment allows it. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../domain/errors.ts';
import { type OpenJar, shownUri } from './opened-jar.ts';

export function openFile(allowed: boolean): OpenJar {
  return async (uri, known) => {
    if (!allowed) {
      const advice = 'Put the jar into a bucket (s3://bucket/key) or on a server (https://).';
      throw new AppError('jar.invalid', `${shownUri(uri)} is refused: this deployment reads no files. ${advice}`);
    }
    const path = pathOf(uri);
    // Any error: the file can't be used, whatever the reason.
    const found = await stat(path).catch(() => null);
    if (found?.isFile() !== true) throw new AppError('jar.invalid', `${shownUri(uri)} does not exist. Check its path.`);
    const etag = `${found.mtimeMs}-${found.size}`;
    if (etag === known?.etag) return { kind: 'unchanged' };
    const validators = { etag, lastModified: null };
    return { kind: 'jar', bytes: createReadStream(path), sizeBytes: found.size, validators };
  };
}

function pathOf(uri: URL): string {
  try {
    return fileURLToPath(uri);
  } catch (cause) {
    throw new AppError(
      'jar.invalid',
      `${shownUri(uri)} does not name a file on this machine. Write file:///path/to/job.jar.`,
      { cause },
    );
  }
}
