/** One line that can't control the terminal. Unlike oneLine, it keeps its spaces. */
export function plainLine(line: string): string {
  return line.replace(/\p{Cc}/gu, ' ');
}
