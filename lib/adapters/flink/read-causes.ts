/** The causes of a Java stack trace, the outermost first. A message may be of many lines, and hold anything. */

export interface Cause {
  /** Java class without its package. */
  readonly type: string;
  readonly message: string;
}

const FRAME = /^\s*(?:at |\.\.\. \d+ more|End of exception on server side)/;
const CAUSED = 'Caused by: ';
const HEADING = /^(?:Caused by: )?((?:[\w$]+\.)+[\w$]+)(?::\s?(.*))?$/;

export function readCauses(trace: string): Cause[] {
  const causes: { type: string; message: string }[] = [];
  // The cause whose message goes on.
  let open: { message: string } | null = null;
  for (const line of trace.replaceAll('<Exception on server side:', '').split('\n')) {
    const heading = HEADING.exec(line);
    if (FRAME.test(line)) {
      open = null;
    } else if (heading !== null && (open === null || line.startsWith(CAUSED))) {
      const [, name = '', message = ''] = heading;
      const cause = { type: name.slice(name.lastIndexOf('.') + 1), message: stripClass(message) };
      causes.push(cause);
      open = cause;
    } else if (open !== null) {
      open.message += `\n${line}`;
    }
  }
  return causes.map((cause) => ({ ...cause, message: stripClass(cause.message.trim()) }));
}

/** A JobManager's whole reply, as the gateway quotes it. */
const WRAPPING = /^\[?Internal server error\.,?\s*/;

/** A message is often the text of the cause below it, class name included. */
function stripClass(message: string): string {
  return message.replace(WRAPPING, '').replace(/^(?:[\w$]+\.)+[\w$]*(?:Exception|Error): /, '');
}
