/** A text that is too long for the record of its run is in the log as a whole, once. */
import { expect, it } from 'vitest';
import { MOST_ERROR_LENGTH } from '../../lib/domain/constants.ts';
import { record } from '../../lib/usecases/record.ts';
import { world } from './world.ts';

it.each([
  ['表'.repeat(900), 1],
  ['x'.repeat(MOST_ERROR_LENGTH), 0],
])('the reason of an end', async (reason, lines) => {
  const w = world();
  const { head } = await w.submit();
  const evidence = { kind: 'over', status: 'UNKNOWN', reason } as const;
  const deps = { ...w, secrets: null };
  const ended = await record(deps, head, evidence, new AbortController().signal);
  expect(await record(deps, ended, evidence, new AbortController().signal)).toEqual(ended);
  expect(ended.error === reason).toBe(lines === 0);
  const told = w.log.lines.filter(({ message }) => message.includes('beginning of this text'));
  expect(told).toEqual(
    Array(lines).fill(expect.objectContaining({ level: 'warn', fields: { runId: 1, text: reason } })),
  );
});
