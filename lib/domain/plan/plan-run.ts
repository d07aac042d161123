/**
 * From the statements of a task to the plan of a run (statements.md). A new kind of statement gets
 * its row in sql/statement-kinds.ts; what a role does in a run is said here.
 */
import type { TaskDefinition } from '../definition/definitions.ts';
import { isApplication, needsClusterConfiguration } from '../definition/run-types.ts';
import { AppError } from '../errors.ts';
import { checkOptions } from '../options/refused.ts';
import { sensitiveLiterals } from '../secrets/mask-sql.ts';
import { refuseLooseSecrets } from '../secrets/refuse-unquoted.ts';
import { sensitiveRanges, type TextRange } from '../secrets/sensitive-ranges.ts';
import { toExecutorText } from '../sql/executor-text.ts';
import { readSetting, type Setting } from '../sql/setting.ts';
import type { SqlStatement } from '../sql/split.ts';
import { joinStatementSet } from '../sql/statement-set.ts';
import { lastingChanges } from './lasting-changes.ts';
import { exactPlaceOf, hasMovedColumns, type PlacedStatement as Placed, placeOf } from './placed-statement.ts';
import type { PlanJob, PlannedStatement, PlanSource, PlanStep, StatementJob } from './plan.ts';
import { planJar } from './plan-jar.ts';
import { forOwnCluster, type NamedStatement, type PlannedStart } from './plan-own-cluster.ts';
import { type ReadScript, secretsOf } from './read-script.ts';
import { refuseStatement } from './refuse-statement.ts';
import type { RunKind } from './run-body.ts';
import { showFragments } from './show-fragments.ts';
import { checkOrder } from './statement-order.ts';
import { toSegments } from './text-segments.ts';

export interface PlannedRun extends PlannedStart {
  readonly text: string;
  readonly sources: readonly PlanSource[];
  /**
   * SET and RESET, in order: what they leave of the options is shown, and a jar's are applied to what
   * main() gets; in a session Flink itself runs them.
   */
  readonly settings: readonly Setting[];
  readonly secrets: Readonly<Record<string, string>>;
  readonly sensitive: readonly TextRange[];
  /** The start path in the statement. */
  readonly savePointPath: string | null;
  /** Warnings for the author, each a sentence with its line. */
  readonly warnings: readonly string[];
}

export function planRun(scripts: readonly ReadScript[], task: TaskDefinition): PlannedRun {
  const { text, sources, placed: written } = putTogether(scripts, task.id);
  written.forEach(checkAllowed);
  const placed = isApplication(task.type) ? forExecutor(written) : written;
  const jobs = oneGroup(placed.filter(startsJob));
  const order = checkOrder(placed, startsJob);
  const [misplaced] = order.refused;
  if (misplaced !== undefined) throw new AppError('sql.refused', misplaced.text);
  const before = placed.filter((statement) => !startsJob(statement));
  const jar = theJar(jobs, task);
  const planned = {
    text,
    sources,
    warnings: order.warnings.map(({ text: warning }) => warning),
    ...(jar === null ? bySql(jobs, before, task, text) : byJar(jar, before, task, text)),
    ...hiddenParts(scripts, placed, text),
  };
  return needsClusterConfiguration(task.type) ? forOwnCluster(planned, task.type, placed.map(toNamed)) : planned;
}

type Planned = Omit<PlannedRun, 'text' | 'sources' | 'secrets' | 'sensitive' | 'warnings'>;

function byJar(jar: Placed, before: readonly Placed[], task: TaskDefinition, text: string): Planned {
  const planned = planJar(jar, toPlanned(jar.statement, jar.offset, text), before, task);
  return { steps: [], kind: 'job', once: !task.repeatable, sessionOnly: false, readOnly: false, ...planned };
}

function bySql(jobs: readonly Placed[], before: readonly Placed[], task: TaskDefinition, text: string): Planned {
  const job = planJob(jobs, text);
  const steps = withFunctions(before, functionSteps(task), text);
  const changes = lastingChanges(before.map(({ statement }) => statement));
  const lasting = changes !== 'nothing' || before.some(({ kind }) => kind.unrepeatable);
  const once = changes === 'once' || job === null || [...before, ...jobs].some(({ kind }) => kind.unrepeatable);
  const sessionOnly = !lasting && !once;
  const settings = before.flatMap(({ statement }) => readSetting(statement) ?? []);
  const readOnly =
    !lasting && (job === null ? steps.some(({ via }) => via === 'rows' || via === 'known') : job.kind === 'preview');
  return { steps, job, kind: runKindOf(job), once, sessionOnly, readOnly, settings, savePointPath: null };
}

function forExecutor(written: readonly Placed[]): Placed[] {
  const isOnlyJob = written.filter(startsJob).length === 1;
  return written.map((placed) => {
    const statement = toExecutorText(placed.statement, placeOf(placed), isOnlyJob && startsJob(placed));
    return { ...placed, statement };
  });
}

function toNamed(placed: Placed): NamedStatement {
  const { kind, role } = placed.kind;
  const lists = readSetting(placed.statement)?.action === 'list';
  return { kind, givesRows: role === 'rows' || role === 'fragments' || lists, where: placeOf(placed) };
}

/** Names of secrets, and where plain values stand that no answer may show. */
export function hiddenParts(
  scripts: readonly ReadScript[],
  placed: readonly Placed[],
  text: string,
): Pick<PlannedRun, 'secrets' | 'sensitive'> {
  const values = scripts.flatMap(({ resolved }) => [...resolved.sensitive]);
  const literals = placed.flatMap(({ statement, offset }) =>
    sensitiveLiterals(statement.tokens).map(([start, end]) => [start + offset, end + offset] as const),
  );
  const secrets = secretsOf(scripts);
  const known = { strings: literalRanges(placed), secrets: new Set(Object.keys(secrets)) };
  return { secrets, sensitive: sensitiveRanges(text, values, literals, known) };
}

/** One after the other: hardly any run asks for them. */
function* literalRanges(placed: readonly Placed[]): Generator<TextRange> {
  for (const { statement, offset } of placed)
    for (const { kind, start, end } of statement.tokens)
      if (kind === 'string' || kind === 'raw') yield [start + offset, end + offset];
}

/** Except for previews, a run is one job that goes on. */
function runKindOf(job: PlanJob | null): RunKind {
  if (job === null) return 'none';
  return job.kind === 'preview' ? 'preview' : 'job';
}

/** Functions come after the jars that bring their classes. */
function withFunctions(before: readonly Placed[], functions: readonly PlanStep[], text: string): PlanStep[] {
  const jars = before.findLastIndex(({ kind }) => kind.kind.startsWith('ADD ')) + 1;
  const steps = before.map((statement) => toStep(statement, text));
  return [...steps.slice(0, jars), ...functions, ...steps.slice(jars)];
}

/** udfRefer: functions of the session by class name, independent of its catalogs. */
export function functionSteps(task: TaskDefinition): PlanStep[] {
  return Object.entries(task.configJson.udfRefer).map(([name, className]) => {
    const quoted = `\`${name.replaceAll('`', '``')}\` AS '${className.replaceAll("'", "''")}'`;
    return { via: 'configure', segments: [`CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS ${quoted}`], start: null };
  });
}

export function putTogether(
  scripts: readonly ReadScript[],
  ownTaskId: number,
): { text: string; sources: PlanSource[]; placed: Placed[] } {
  let text = '';
  const sources: PlanSource[] = [];
  const placed: Placed[] = [];
  for (const { task, resolved, statements } of scripts) {
    if (text !== '') text += '\n';
    const offset = text.length;
    const envId = task.id === ownTaskId ? null : task.id;
    sources.push({ start: offset, envId, map: resolved.map, hasVariables: hasMovedColumns(resolved) });
    for (const statement of statements) placed.push({ ...statement, offset, envId, resolved });
    text += resolved.text;
  }
  return { text, sources, placed };
}

export function checkAllowed(placed: Placed): void {
  const { kind, statement } = placed;
  const where = placeOf(placed);
  refuseStatement(statement, kind, where);
  const setting = readSetting(statement, exactPlaceOf(placed));
  refuseLooseSecrets(statement, where);
  if (setting?.action === 'set') checkOptions({ [setting.key]: setting.value }, `SET in ${where}`);
}

export function startsJob({ kind }: Placed): boolean {
  return ['insert', 'statementSet', 'job', 'preview', 'jar'].includes(kind.role);
}

/** All INSERTs of a task are one group; each other statement that starts a job is its own group. */
function oneGroup(jobs: readonly Placed[]): readonly Placed[] {
  const inserts = jobs.filter(({ kind }) => kind.role === 'insert');
  const [first, second] = jobs.filter((statement) => statement === inserts[0] || statement.kind.role !== 'insert');
  if (first !== undefined && second !== undefined) throw twoJobs(first, second);
  return jobs;
}

/** A task of dialect FlinkJar is an EXECUTE JAR, and nothing else starts its job. */
function theJar([job]: readonly Placed[], { dialect }: TaskDefinition): Placed | null {
  if (job?.kind.role === 'jar') return job;
  if (dialect !== 'FlinkJar') return null;
  const what = job === undefined ? 'no EXECUTE JAR' : `starts its job with ${job.kind.kind} (${placeOf(job)})`;
  const advice = "Write EXECUTE JAR WITH ('uri' = '…', 'main-class' = '…'), or use dialect FlinkSql.";
  throw new AppError('sql.refused', `This task has dialect FlinkJar but ${what}. ${advice}`);
}

function planJob(group: readonly Placed[], text: string): StatementJob | null {
  const [first] = group;
  if (first === undefined) return null;
  const kind = first.kind.role === 'preview' ? 'preview' : 'job';
  return { kind, ...(group.length > 1 ? planSet(group, text) : toPlanned(first.statement, first.offset, text)) };
}

export function planSet(inserts: readonly Placed[], text: string): PlannedStatement {
  const shifted = inserts.map(({ statement, offset }) => shift(statement, offset));
  return { ...toPlanned(joinStatementSet(shifted), 0, text), inserts: shifted.map(({ start }) => start) };
}

function shift(statement: SqlStatement, offset: number): SqlStatement {
  const pieces = statement.pieces.map(([at, from]) => [at, from + offset] as const);
  return { ...statement, start: statement.start + offset, end: statement.end + offset, pieces };
}

export function twoJobs(first: Placed, second: Placed): AppError {
  const name = (placed: Placed): string => `${placed.kind.kind} (${exactPlaceOf(placed)})`;
  const hint = 'A task starts one job: split it into two tasks, or put the INSERTs into one statement set.';
  return new AppError('sql.refused', `Both ${name(first)} and ${name(second)} would start a job. ${hint}`);
}

export function toStep(placed: Placed, text: string): PlanStep {
  const { statement, kind, offset } = placed;
  if (kind.role === 'fragments') {
    const rows = showFragments(statement, placed.resolved, placeOf(placed));
    return { via: 'known', rows, ...toPlanned(statement, offset, text) };
  }
  const lists = readSetting(statement)?.action === 'list';
  const via = kind.role === 'rows' || lists ? 'rows' : kind.configure ? 'configure' : 'statement';
  return { via, ...toPlanned(statement, offset, text) };
}

function toPlanned(statement: SqlStatement, offset: number, text: string): PlannedStatement {
  const { text: sent, pieces, start } = shift(statement, offset);
  return { segments: toSegments(sent, text, pieces), start };
}
