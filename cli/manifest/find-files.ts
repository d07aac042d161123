import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../usage-error.ts';

/** The file itself, or every *.yaml and *.yml below the folder, in order of their paths. */
export async function findManifestFiles(path: string): Promise<string[]> {
  // Any error: there is nothing to read.
  const found = await stat(path).catch(() => null);
  if (!found) throw new UsageError(`There is no file or folder "${path}".`);
  if (!found.isDirectory()) return [path];
  const names = await readdir(path, { recursive: true });
  const files = names.filter(isManifest).sort();
  if (files.length === 0) throw new UsageError(`There is no .yaml or .yml file below "${path}".`);
  return files.map((name) => join(path, name));
}

const isManifest = (name: string): boolean =>
  /\.ya?ml$/i.test(name) && !/(^|[\\/])(node_modules|\.[^\\/]+)[\\/]/.test(name);
