// Makes dist/dinghy.mjs: the command as one file. npm runs it after an install in the checkout, and before it packs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** Null where the tools for development are not installed: the command then runs from its sources. */
const esbuild = await import('esbuild').catch(() => null);

if (esbuild !== null) {
  const { metafile } = await esbuild.build({
    ...{ absWorkingDir: ROOT, entryPoints: ['cli/start.ts'], outfile: 'dist/dinghy.mjs' },
    ...{ bundle: true, minify: true, metafile: true, logLevel: 'warning' },
    ...{ platform: 'node', format: 'esm', target: 'node20.19', mainFields: ['module', 'main'] },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const own = Object.keys(metafile.inputs).filter((path) => !path.startsWith('node_modules/'));
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  writeFileSync(
    join(ROOT, 'dist', 'inputs.json'),
    JSON.stringify([...own, 'package-lock.json'].filter((path) => !path.includes('..'))),
  );
}
