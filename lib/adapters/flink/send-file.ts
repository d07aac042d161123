/** Sends a file as the one part of a form (multipart/form-data), straight from the disk: it is never in memory as a whole. */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { AppError } from '../../domain/errors.ts';
import { type HttpReply, ownLimit, readText } from './http.ts';

export interface FileUpload {
  readonly url: string;
  readonly path: string;
  readonly sizeBytes: number;
  /** The name for the receiver: letters, digits and `._-` only. */
  readonly fileName: string;
  readonly signal: AbortSignal;
}

type OpenFile = (path: string) => Readable;

export async function sendFile(upload: FileUpload, openFile: OpenFile = createReadStream): Promise<HttpReply> {
  const url = new URL(upload.url);
  const boundary = randomBytes(16).toString('hex');
  const disposition = `Content-Disposition: form-data; name="jarfile"; filename="${upload.fileName}"`;
  const head = `--${boundary}\r\n${disposition}\r\nContent-Type: application/x-java-archive\r\n\r\n`;
  const tail = `\r\n--${boundary}--\r\n`;
  const headers = {
    accept: 'application/json',
    'content-type': `multipart/form-data; boundary=${boundary}`,
    'content-length': head.length + upload.sizeBytes + tail.length,
  };
  return await new Promise<HttpReply>((resolve, reject) => {
    const file = openFile(upload.path);
    const fail = (cause: Error): void => {
      file.destroy();
      outgoing.destroy();
      reject(failure(upload, url, cause));
    };
    // A new connection: a kept one may be dead, and a whole file would have to be sent again.
    const options = { method: 'POST', headers, signal: upload.signal, agent: false };
    const outgoing = (url.protocol === 'https:' ? https : http).request(url, options, (incoming) => {
      // A server that refuses answers before it has read everything.
      readText(incoming)
        .then((text) => resolve({ status: incoming.statusCode ?? 0, text }), fail)
        .finally(() => file.destroy());
    });
    outgoing.on('error', fail);
    file.on('error', fail);
    outgoing.write(head);
    file.pipe(outgoing, { end: false });
    file.on('end', () => outgoing.end(tail));
  });
}

/** An upload starts nothing: it can be repeated after any error. */
function failure({ fileName, signal }: FileUpload, url: URL, cause: Error): AppError {
  const own = ownLimit(url, cause);
  if (own !== null) return own;
  const reason = signal.aborted ? 'the time ran out' : ((cause as NodeJS.ErrnoException).code ?? cause.message);
  return new AppError('flink.noReply', `${fileName} could not be uploaded to Flink at ${url.host}: ${reason}.`, {
    cause,
  });
}
