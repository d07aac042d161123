/** The jars of every Flink that the tests start, one after the other. Whoever needs one that can't be fetched says so. */
import { Children } from '../../local/children.ts';
import { flinkJars } from '../../local/jars.ts';

for (const version of ['2.3.0', '1.20.3']) {
  const children = new Children();
  try {
    await flinkJars({ version, children, say: (line) => void process.stderr.write(`${line}\n`) });
  } catch (error) {
    // Any error: the stages that need this Flink fail with it.
    console.error(error instanceof Error ? error.message : error);
  } finally {
    await children.endAll();
  }
}
