/** The lines of a command on the streams of a process. */
import type { Io } from './io.ts';

type Stream = Pick<NodeJS.WriteStream, 'write' | 'on'> & Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>>;

interface Streams {
  readonly stdout: Stream;
  readonly stderr: Stream;
}

const CLEAR = '\r\u001b[2K';

export function terminalIo({ stdout, stderr }: Streams): Io {
  const isGone = watchReader(stdout);
  watchReader(stderr);
  // A line that moves is erased before anything else is printed. One wider than the terminal could not be erased.
  let moved = false;
  const print = (stream: Stream, line: string): void => {
    if (moved) stdout.write(CLEAR);
    moved = false;
    stream.write(`${line}\n`);
  };
  const moving = (line: string): void => {
    stdout.write(`${CLEAR}${line.slice(0, (stdout.columns ?? 80) - 1)}`);
    moved = true;
  };
  return {
    out: (line) => {
      print(stdout, line);
    },
    err: (line) => {
      print(stderr, line);
    },
    moving: stdout.isTTY === true ? moving : undefined,
    isGone,
  };
}

/**
 * A closed pipe (`| head`) is no error. The command finishes its work: half of it would be worse than all of it without output.
 */
function watchReader(stream: Stream): () => boolean {
  let isGone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    isGone = true;
  });
  return () => isGone;
}
