/** `npm run example-jar`: compiles the example job against the jars of the local stack's Flink, and prints how to run it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildJar } from './build-jar.ts';
import { Children } from './children.ts';
import { flinkJars } from './jars.ts';
import { ROOT, STATE_DIR } from './paths.ts';
import { StartError } from './start-error.ts';

/** The version of `npm start`, or the first argument. */
const FLINK_VERSION = '2.3.0';

const say = (line: string): void => {
  console.log(line);
};

async function build(version: string): Promise<string> {
  const children = new Children();
  try {
    const lib = await flinkJars({ version, children, say });
    const jarFile = join(STATE_DIR, 'numbers.jar');
    mkdirSync(STATE_DIR, { recursive: true });
    const sources = [join(ROOT, 'local', 'example-job')];
    await buildJar({ sources, lib, mainClass: 'dinghy.example.NumbersJob', jarFile });
    return jarFile;
  } finally {
    await children.endAll();
  }
}

try {
  const jarFile = await build(process.argv[2] ?? FLINK_VERSION);
  say(`${jarFile} is built. Run it with this statement in a task:\n`);
  say(`EXECUTE JAR WITH ('uri' = '${pathToFileURL(jarFile).href}', 'args' = '--per-second 2');`);
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
