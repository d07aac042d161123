/** The command as a process: its words, its environment, its streams and its exit code. */
import { main } from './main.ts';
import { terminalIo } from './terminal-io.ts';

// The AWS SDK's note on Node versions of the future is for whoever maintains Dinghy, not for whoever runs this.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

process.exitCode = await main(process.argv.slice(2), process.env, terminalIo(process));
