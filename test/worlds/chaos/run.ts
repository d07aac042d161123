/**
 * `npm run chaos -- [--seed N] [--submits N] [--world K] [--real]`: submits by the thousand under faults of every kind. The
 * last line is the sum; the exit status is 0 only when nothing was started twice, lost or ended wrongly.
 */
import { readOptions } from './options.ts';
import { runChaos } from './run-chaos.ts';

const options = readOptions(process.argv.slice(2));
process.exitCode = (await runChaos(options, (line) => void process.stdout.write(`${line}\n`))) ? 0 : 1;
