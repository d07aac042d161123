import type { TaskSchedule } from '../lib/domain/definition/definitions.ts';
import { sameJson } from '../lib/domain/definition/same-json.ts';
import { maskValue } from '../lib/domain/secrets/mask-sql.ts';
import { isSensitiveName } from '../lib/domain/secrets/sensitive-name.ts';
import { shownAddress } from '../lib/domain/secrets/shown-address.ts';
import type { Call } from './command.ts';
import { connect } from './connect.ts';
import { describeItem } from './describe-item.ts';
import { isAddress } from './mask-definition.ts';
import { type Change, type FieldChange } from './plan/make-plan.ts';
import { planChanges } from './plan-changes.ts';

const SIGN = { create: '+', update: '~', unchanged: ' ' } as const;

export async function diff({ positionals: [path = ''], io, env, ...where }: Call): Promise<number> {
  const plan = await planChanges(path, connect(where, env), io);
  if (!plan) return 1;
  for (const change of plan.changes) linesOf(change).forEach((line) => io.out(line));
  const changed = plan.changes.filter(({ kindOfChange }) => kindOfChange !== 'unchanged').length;
  io.out(changed === 0 ? 'Nothing would change.' : `${changed} of ${plan.changes.length} would change.`);
  return 0;
}

function linesOf(change: Change): string[] {
  const fields = change.kindOfChange === 'update' ? change.fields : [];
  const secret = isSensitiveName(change.definition.name);
  const head = `${SIGN[change.kindOfChange]} ${describeItem(change.kind, change.definition)}`;
  return [head, ...fields.map((field) => `    ${fieldLine(field, secret)}`)];
}

const masked = (value: unknown): unknown => (typeof value === 'string' ? maskValue(value) : value);
const shownIfText = (value: unknown): unknown => (typeof value === 'string' ? shownAddress(value) : value);

/** `+ nightly, ~ hourly, - weekly` */
function schedulesText(from: unknown, to: unknown): string {
  const [before, after] = [from, to].map((list) => (list ?? []) as readonly TaskSchedule[]);
  const had = (name: string): TaskSchedule | undefined => before?.find((it) => it.name === name);
  const there = (after ?? []).flatMap((schedule) => {
    const old = had(schedule.name);
    if (old === undefined) return [`+ ${schedule.name}`];
    return sameJson(old, schedule) ? [] : [`~ ${schedule.name}`];
  });
  const gone = (before ?? []).filter(({ name }) => !after?.some((it) => it.name === name));
  const lines = [...there, ...gone.map(({ name }) => `- ${name}`)];
  return lines.length > 0 ? lines.join(', ') : 'in another order';
}

/** Long and structured values are named only; values of sensitive variables never printed. */
function fieldLine({ field, from, to }: FieldChange, secret: boolean): string {
  if (secret && field === 'value') return `${field} changed`;
  if (field === 'schedules') return `${field}: ${schedulesText(from, to)}`;
  const shown = isAddress(field) ? shownIfText : masked;
  const [before, after] = [from, to].map((value) =>
    typeof value === 'object' && value !== null ? null : JSON.stringify(shown(value ?? null)),
  );
  const short = before != null && after != null && before !== after && before.length + after.length <= 100;
  return short ? `${field}: ${before} → ${after}` : `${field} changed`;
}
