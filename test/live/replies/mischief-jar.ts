/** The jar of what fails on demand, compiled against one Flink. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildJar } from '../../../local/build-jar.ts';
import { Children } from '../../../local/children.ts';
import { flinkJars } from '../../../local/jars.ts';
import { TROUBLED_FUNCTIONS } from './troubled-cases.ts';

const SERVICES = 'META-INF/services/org.apache.flink.table.factories.Factory';
const FACTORIES = 'dinghy.mischief.MischiefTables\ndinghy.mischief.MischiefCatalogs\ndinghy.mischief.ChangedTables\n';

export async function buildMischief(version: string): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'dinghy-mischief-'));
  const lib = await flinkJars({ version, children: new Children(), say: () => undefined });
  const jarFile = join(dir, 'mischief.jar');
  const made = join(dir, 'made');
  mkdirSync(made);
  for (const { name, at, thrown } of TROUBLED_FUNCTIONS) {
    writeFileSync(join(made, `${name}.java`), functionSource(name, at, thrown));
  }
  await buildJar({ sources: [join(import.meta.dirname, 'mischief'), made], lib, jarFile });
  mkdirSync(join(dir, 'META-INF', 'services'), { recursive: true });
  writeFileSync(join(dir, SERVICES), FACTORIES);
  await promisify(execFile)('jar', ['--update', '--file', jarFile, '-C', dir, 'META-INF']);
  return jarFile;
}

function functionSource(name: string, at: string, thrown: string): string {
  return `package dinghy.mischief;

public class ${name} extends MischiefFunctions.Troubled {
    public ${name}() {
        super("${at}", "${thrown}");
    }
}
`;
}
