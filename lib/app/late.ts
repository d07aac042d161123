/**
 * For the function that needs no table for its answers. It loads the SDK only when it must look up a caller, to make cold
 * starts faster. Not in app.ts, whose imports are loaded at the start.
 */
import type { Admit } from '../domain/access/admission.ts';
import { once } from '../domain/once.ts';
import { admitEverybody } from '../usecases/admit-caller.ts';
import { config, eventContext, machine } from './process.ts';

const admit = once((): Admit => {
  if (config().auth === 'none') return admitEverybody;
  const loaded = once(async () => (await import('./callers.ts')).admitAlone(config(), machine()));
  return async (presented) => (await loaded())(presented);
});

export const httpContext = once(() => ({ ...eventContext(), admit: admit() }));

export const appVersion = once(() => {
  const { openapiVersion } = config();
  return () => Promise.resolve(openapiVersion);
});
