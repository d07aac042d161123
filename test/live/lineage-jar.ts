/** A jar with functions and a connector for the queries of the lineage tests, compiled against the jars of a Flink. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildJar } from '../../local/build-jar.ts';
import { Children } from '../../local/children.ts';
import { flinkJars } from '../../local/jars.ts';
import { ROOT } from '../../local/paths.ts';

export async function buildLineageJar(version: string): Promise<string> {
  const lib = await flinkJars({ version, children: new Children(), say: () => undefined });
  const dir = mkdtempSync(join(tmpdir(), 'dinghy-lineage-'));
  const jarFile = join(dir, 'lineage.jar');
  await buildJar({ sources: [join(ROOT, 'test', 'live', 'lineage-jar')], lib, jarFile });
  // Flink finds a connector by this file.
  mkdirSync(join(dir, 'META-INF', 'services'), { recursive: true });
  const service = join('META-INF', 'services', 'org.apache.flink.table.factories.Factory');
  writeFileSync(join(dir, service), 'demo.Dims\n');
  const home = process.env['JAVA_HOME'];
  const command = home === undefined ? 'jar' : join(home, 'bin', 'jar');
  const { status, stderr } = spawnSync(command, ['uf', jarFile, '-C', dir, service], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return jarFile;
}
