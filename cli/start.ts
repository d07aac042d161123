/** The command as a process: its arguments, environment, streams and exit code. */
import { main } from './main.ts';
import { terminalIo } from './terminal-io.ts';

// The AWS SDK's warning about future Node versions is for maintainers of Dinghy, not for users.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

process.exitCode = await main(process.argv.slice(2), process.env, terminalIo(process));
