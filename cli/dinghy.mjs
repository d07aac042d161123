#!/usr/bin/env node
// The command is TypeScript and runs from the sources: tsx reads them, no build step.
import { register } from 'tsx/esm/api';

// The AWS SDK's note on Node versions of the future is for whoever maintains Dinghy, not for whoever runs this.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

register();
const { main } = await import('./main.ts');

// A line that moves is taken back before anything else is printed. One that is wider than the terminal could not be.
let clear = '';
const print = (stream, line) => {
  if (clear !== '') process.stdout.write(clear);
  clear = '';
  stream.write(`${line}\n`);
};
const move = (line) => {
  process.stdout.write(`\r\u001b[2K${line.slice(0, (process.stdout.columns || 80) - 1)}`);
  clear = '\r\u001b[2K';
};

process.exitCode = await main(process.argv.slice(2), process.env, {
  out: (line) => print(process.stdout, line),
  err: (line) => print(process.stderr, line),
  moving: process.stdout.isTTY ? move : undefined,
});
