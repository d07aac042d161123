import type { TaskSchedule } from '../lib/domain/definition/definitions.ts';
import { isNumbered } from '../lib/domain/definition/kinds.ts';
import { sameJson } from '../lib/domain/definition/same-json.ts';
import { maskStatement, maskValue } from '../lib/domain/secrets/mask-sql.ts';
import { isSensitiveName } from '../lib/domain/secrets/sensitive-name.ts';
import { shownAddress } from '../lib/domain/secrets/shown-address.ts';
import type { Call } from './command.ts';
import { connect } from './connect.ts';
import { describeItem } from './describe-item.ts';
import type { Io } from './io.ts';
import { SINGULAR } from './manifest/draft.ts';
import { isAddress } from './mask-definition.ts';
import { plainLine } from './plain-line.ts';
import { lineDiff } from './plan/line-diff.ts';
import { type Change, type FieldChange, type Plan } from './plan/make-plan.ts';
import { planJson } from './plan/plan-json.ts';
import type { Stored } from './plan/stored.ts';
import { planChanges } from './plan-changes.ts';

const SIGN = { create: '+', update: '~' } as const;

/** With --exit-code, as of `git diff`: 0 nothing would change; 2, since 1 is an error. */
const CHANGES = 2;
const MOST_NAMES = 20;

type Changed = Exclude<Change, { readonly kindOfChange: 'unchanged' }>;

export async function diff({ positionals: [path = ''], json, io, env, ...options }: Call): Promise<number> {
  const plan = await planChanges(path, connect(options, env), io);
  if (!plan) return 1;
  const changed = plan.changes.filter((change) => change.kindOfChange !== 'unchanged');
  if (json) io.out(JSON.stringify(planJson(plan), null, 2));
  else print(plan, changed, io);
  return options['exit-code'] === true && changed.length > 0 ? CHANGES : 0;
}

function print({ changes, others }: Plan, changed: readonly Changed[], io: Io): void {
  for (const change of changed) linesOf(change).forEach((line) => io.out(line));
  io.out(changed.length === 0 ? 'Nothing would change.' : `${changed.length} of ${changes.length} would change.`);
  if (others.length > 0) io.out(othersText(others));
}

/** apply does not change them. */
function othersText(others: readonly Stored[]): string {
  const names = others.slice(0, MOST_NAMES).map(({ kind, id, name }) => {
    return `${SINGULAR[kind]} ${isNumbered(kind) && id !== null ? `${id} ` : ''}"${name}"`;
  });
  const more = others.length > names.length ? ` and ${others.length - names.length} more` : '';
  return `Only in the table: ${names.join(', ')}${more}.`;
}

function linesOf(change: Changed): string[] {
  const fields = change.kindOfChange === 'update' ? change.fields : [];
  const secret = isSensitiveName(change.definition.name);
  const head = `${SIGN[change.kindOfChange]} ${describeItem(change.kind, change.definition)}`;
  return [head, ...fields.flatMap((field) => fieldLines(field, secret).map((line) => `    ${line}`))];
}

/** SQL of several lines is shown line by line, with its secrets masked. */
function fieldLines(change: FieldChange, secret: boolean): string[] {
  const { field, from, to } = change;
  const isScript = field === 'statement' && typeof from === 'string' && typeof to === 'string';
  if (!isScript || !`${from}${to}`.trim().includes('\n')) return [fieldLine(change, secret)];
  const [before, after] = [maskStatement(from), maskStatement(to)];
  // The visible part is the same.
  if (before === after) return [`${field} changed`];
  return [`${field}:`, ...lineDiff(before, after).map((line) => `  ${plainLine(line)}`.trimEnd())];
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

/** Names long and structured values without showing them; never prints values of sensitive variables. */
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
