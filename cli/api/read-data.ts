import * as v from 'valibot';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Api } from './api.ts';

/** The part of an answer that the command uses. */
export function readData<Schema extends v.GenericSchema>(
  { place }: Api,
  schema: Schema,
  data: unknown,
): v.InferOutput<Schema> {
  const read = v.safeParse(schema, data);
  if (read.success) return read.output;
  const [issue] = read.issues;
  const where = v.getDotPath(issue) ?? 'data';
  const hint = 'Use the version of the command that matches the deployment.';
  throw new CommandError(
    EXIT.failed,
    `the answer of ${place} is not understood: "${where}" is not as expected. ${hint}`,
  );
}
