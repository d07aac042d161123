/** CRC-32 as zip files have it: it notices every change within 32 neighbouring bits, so any one character and any swap. */
const POLYNOMIAL = 0xedb88320;

/** For a text of ASCII characters. */
export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (const char of text) {
    crc ^= char.charCodeAt(0);
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) * POLYNOMIAL);
  }
  return ~crc >>> 0;
}
