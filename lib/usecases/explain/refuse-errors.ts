/** A script with a mistake in any statement has no plan. */
import { AppError } from '../../domain/errors.ts';
import type { Explained } from './explain-in-session.ts';

export function refuseErrors({ plan: { statements }, byStatement, problems }: Explained): void {
  const errors = statements.flatMap(({ error }, at) => error ?? byStatement.get(at)?.error ?? []);
  const [first] = [...errors, ...problems];
  if (first !== undefined) throw new AppError('flink.rejected', first);
}
