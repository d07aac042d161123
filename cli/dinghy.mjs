#!/usr/bin/env node
// The command is TypeScript and runs from the sources: tsx reads them, no build step.
import { register } from 'tsx/esm/api';

// The AWS SDK's note on Node versions of the future is for whoever maintains Dinghy, not for whoever runs this.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

register();
const { main } = await import('./main.ts');
process.exitCode = await main(process.argv.slice(2), process.env, {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
});
