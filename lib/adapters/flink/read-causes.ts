/** The causes of a Java stack trace, the outermost first. A message may be of many lines, and hold anything. */

export interface Cause {
  /** Java class without its package. */
  readonly type: string;
  readonly message: string;
}

const FRAME = /^\s*(?:at |\.\.\. \d+ more|End of exception on server side)/;
const HEADING = /^(?:<Exception on server side:\s*|Caused by: )?((?:[\w$]+\.)+[\w$]+)(?::\s?(.*))?$/;

export function readCauses(trace: string): Cause[] {
  const causes: { type: string; message: string }[] = [];
  let inMessage = false;
  for (const line of trace.replaceAll('<Exception on server side:', '').split('\n')) {
    const heading = HEADING.exec(line);
    if (FRAME.test(line)) {
      inMessage = false;
    } else if (heading !== null && (!inMessage || line.startsWith('Caused by: '))) {
      causes.push({ type: heading[1]?.split('.').at(-1) ?? '', message: stripClass(heading[2] ?? '') });
      inMessage = true;
    } else if (inMessage) {
      const current = causes.at(-1);
      if (current !== undefined) current.message += `\n${line}`;
    }
  }
  return causes.map((cause) => ({ ...cause, message: stripClass(cause.message.trim()) }));
}

/** A JobManager's whole reply, as the gateway quotes it. */
const WRAPPING = /^\[?Internal server error\.,?\s*(?:<Exception on server side:)?\s*/;

/** A message is often the text of the cause below it, class name included. */
function stripClass(message: string): string {
  return message.replace(WRAPPING, '').replace(/^(?:[\w$]+\.)+[\w$]*(?:Exception|Error): /, '');
}
