/** Who may run statements that no task has: where the deployment allows it, whoever is let in; nobody where it does not. */
import { expect, it } from 'vitest';
import type { Admit, Presented } from '../../lib/domain/access/admission.ts';
import { AppError } from '../../lib/domain/errors.ts';
import { admitAdhoc } from '../../lib/usecases/admit-adhoc.ts';
import { appErrorOf } from '../builders/app-error-of.ts';

const presented = {} as Presented;
const admitted = {} as Awaited<ReturnType<Admit>>;
const letsIn: Admit = () => Promise.resolve(admitted);
const keepsOut: Admit = () => Promise.reject(new AppError('request.unauthorized', 'This needs an API key.'));

it('is whoever is let in, where the deployment allows it', async () => {
  expect(await admitAdhoc(letsIn, true)(presented)).toBe(admitted);
});

it('is nobody where it does not, and the answer says how to turn it on', async () => {
  const { code, message } = await appErrorOf(admitAdhoc(letsIn, false)(presented));
  expect(code).toBe('request.forbidden');
  expect(message).toMatch(/^This deployment does not allow statements .* setting ADHOC is not "true"/);
  expect(message).toMatch(
    /--param adhoc=true .*npm start -- --adhoc.* store the statement .*"dinghy apply", and call submitTask\.$/,
  );
});

it.each([true, false])('is nobody who is not let in, and only that is said (allowed: %s)', async (isAllowed) => {
  const { code } = await appErrorOf(admitAdhoc(keepsOut, isAllowed)(presented));
  expect(code).toBe('request.unauthorized');
});
