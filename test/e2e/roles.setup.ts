import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { build } from '../package/build.ts';
import { type Granted, grantedBy } from '../roles/granted.ts';
import { startRolesProxy } from '../roles/roles-proxy.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** What the template grants, and the proxy that keeps the functions of all stacks to it. */
    roles: { readonly granted: Granted; readonly proxyUrl: string };
  }
}

/** Packages the functions as for a deployment of the stage that the local stack runs, so that its roles name the same tables. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { directory, resources, template } = build(['--stage', 'local']);
  rmSync(directory, { recursive: true });
  const granted = grantedBy({ Conditions: template.Conditions, Resources: resources });
  const proxy = await startRolesProxy(granted);
  project.provide('roles', { granted, proxyUrl: proxy.url });
  return () => proxy.stop();
}
