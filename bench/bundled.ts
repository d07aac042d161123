/** A module as it is deployed: bundled with the options of serverless.yml. What tsx makes of the sources is slower. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { parse } from 'yaml';
import type { HttpHandler } from '../lib/http/route.ts';

export interface HandlerModule {
  readonly handler: HttpHandler;
}

const ROOT = join(import.meta.dirname, '..');
const plugins = createRequire(import.meta.url)('../serverless/lambda-bundle.cjs') as Plugin[];

/** As serverless.yml has them. */
type DeployedOptions = Required<Pick<BuildOptions, 'alias' | 'format' | 'mainFields' | 'minify' | 'target'>>;

/** `entry`: from the root of the repository. `T`: the module's own type. */
export async function bundled<T>(entry: string): Promise<T> {
  const outdir = mkdtempSync(join(tmpdir(), 'dinghy-bundle-'));
  try {
    await build({ ...deployedOptions(), entryPoints: { bundle: entry }, outdir });
    return (await import(pathToFileURL(join(outdir, 'bundle.mjs')).href)) as T;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function deployedOptions(): BuildOptions {
  const file = parse(readFileSync(join(ROOT, 'serverless.yml'), 'utf8')) as { custom: { esbuild: DeployedOptions } };
  const { alias, format, mainFields, minify, target } = file.custom.esbuild;
  return {
    ...{ alias, format, mainFields, minify, target },
    plugins,
    absWorkingDir: ROOT,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  };
}
