/** Whether a file can be a jar at all: what is no zip, or only the beginning of one, need not be carried to Flink. */
import { open } from 'node:fs/promises';

const FIRST_ENTRY = Buffer.from('PK\x03\x04');
const END_RECORD = Buffer.from('PK\x05\x06');
/** The end record and the longest comment after it. */
const MAX_END_BYTES = 22 + 65_535;

/** Null: it begins and ends as a zip file does. */
export async function zipProblem(path: string): Promise<string | null> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const head = await readAt(0, FIRST_ENTRY.length);
    if (!head.equals(FIRST_ENTRY)) return 'it does not begin like a zip file with entries.';
    const tailBytes = Math.min(size, MAX_END_BYTES);
    const tail = await readAt(size - tailBytes, tailBytes);
    return tail.includes(END_RECORD) ? null : 'it is incomplete: the end of the zip file is missing.';
  } finally {
    await file.close();
  }

  async function readAt(position: number, length: number): Promise<Buffer> {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  }
}
