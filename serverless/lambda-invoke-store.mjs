/**
 * Stands in for the SDK's store of invocations in the functions' bundles alone (custom.esbuild.alias). It tells invocations
 * apart that one process answers at the same time; Lambda gives a process one after the other, and the SDK then takes the
 * trace id from the environment. The store is 2 KB that would be loaded at each cold start.
 */
export const InvokeStore = { getInstanceAsync: () => Promise.resolve(undefined) };
