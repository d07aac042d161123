/**
 * The work of `explain` for a task: which statements Flink is asked about, how, and in which order; pure. It follows the
 * plan of a submit, but goes on where a submit would refuse the whole task.
 */
import type { TaskDefinition } from '../definition/definitions.ts';
import { AppError } from '../errors.ts';
import { isAtLeast } from '../options/by-version.ts';
import { createsCatalog, isInMemory, usedCatalog, whichLast } from '../plan/lasting-changes.ts';
import type { PlacedStatement as Placed } from '../plan/placed-statement.ts';
import { placeOf } from '../plan/placed-statement.ts';
import type { PlannedStatement, PlanSource } from '../plan/plan.ts';
import {
  checkAllowed,
  functionSteps,
  hiddenParts,
  planSet,
  putTogether,
  startsJob,
  toStep,
  twoJobs,
} from '../plan/plan-run.ts';
import type { ReadScript } from '../plan/read-script.ts';
import { checkOrder, type OrderProblem } from '../plan/statement-order.ts';
import { type Redaction, redactionFor } from '../secrets/redaction.ts';
import type { TextRange } from '../secrets/sensitive-ranges.ts';
import { atPlace } from '../sql/at-place.ts';
import { ddlTarget } from '../sql/ddl-target.ts';
import { nth } from '../sql/nth.ts';
import type { SqlStatement } from '../sql/split.ts';
import { membersOf } from '../sql/statement-set.ts';
import { unknownStart } from '../sql/unknown-start.ts';
import { type ExplainHow, explainHow } from './explain-how.ts';
import { type AskedText, explained } from './explain-text.ts';

export interface ExplainStatement {
  /** The author's line, in the environment task when `envId` is not null. */
  readonly line: number;
  readonly envId: number | null;
  readonly kind: string;
  /** Dinky's name for the sort of statement. */
  readonly type: 'DDL' | 'Modify DML' | 'Query DML';
  /** The text that a submit would run, with secrets masked. */
  readonly sql: string;
  /** Why a submit would refuse it. */
  readonly error: string | null;
  readonly note: string | null;
  /** Name of the object that is not there because the statement is not run; null when nothing can be missing. */
  readonly withheld: string | null;
  /** The table that a CREATE TABLE … AS would make, in the parts that are written; null: none. */
  readonly makes: readonly string[] | null;
}

export interface ExplainStep {
  /** Which statement it is about; null: a function of the task's udfRefer. */
  readonly at: number | null;
  /** configure: run in the session; run: an operation that only reads; explain: the one whose rows are a plan. */
  readonly via: 'configure' | 'run' | 'explain';
  readonly planned: PlannedStatement;
  /** The statement for Flink before 2.0, whose EXPLAIN accepts less; null: the same. */
  readonly older: PlannedStatement | null;
  /**
   * turns: later statements mean another catalog by it; follows: it changes whichever catalog they then mean. When the
   * one fails the other must not be run: it would land in a catalog that it was not written for.
   */
  readonly catalog: 'turns' | 'follows' | null;
  /** The INSERTs of a statement set one by one: asked about to learn which of them is to blame. */
  readonly parts: readonly ExplainPart[];
}

interface ExplainPart {
  readonly at: number;
  readonly planned: PlannedStatement;
}

export interface ExplainPlan {
  readonly text: string;
  readonly sources: readonly PlanSource[];
  /** In the author's order. */
  readonly statements: readonly ExplainStatement[];
  /** In the order of a submit: the statement that starts the job comes last. */
  readonly steps: readonly ExplainStep[];
  /** Some of the steps make, change or drop a catalog: harmless only while the gateway keeps none. */
  readonly changesCatalogs: boolean;
  /** Ranges of the text with plain values that no answer may show. */
  readonly sensitive: readonly TextRange[];
}

/** EXPLAIN CREATE TABLE … AS and EXPLAIN REPLACE TABLE … AS. */
const TAKES_TABLE_AS_SINCE = [2, 0] as const;

/** The statement of a step that this version of Flink takes. */
export function plannedFor({ planned, older }: ExplainStep, flinkVersion: string): PlannedStatement {
  return older !== null && !isAtLeast(flinkVersion, TAKES_TABLE_AS_SINCE) ? older : planned;
}

interface Judged {
  readonly at: number;
  readonly placed: Placed;
  readonly how: ExplainHow;
}

export type ExplainAsks = 'JSON_EXECUTION_PLAN' | null;

export interface ExplainOptions {
  /** The gateway keeps catalogs beyond the session. */
  readonly catalogsLast?: boolean;
  /** A question beside the plan: the nodes of the stream graph, as JSON. */
  readonly asks?: ExplainAsks;
}

export function planExplain(
  scripts: readonly ReadScript[],
  task: TaskDefinition,
  { catalogsLast = false, asks = null }: ExplainOptions = {},
): ExplainPlan {
  const { text, sources, placed } = putTogether(scripts, task.id);
  const isOwn = catalogsLast ? () => false : isInMemory;
  const inCatalogs = whichLast(placed.map(({ statement }) => statement), isOwn); // prettier-ignore
  const extra = extraJobs(placed);
  const order = checkOrder(placed, startsJob);
  const misplaced = textsOf(order.refused);
  const warned = textsOf(order.warnings);
  const judged = placed.map((one, at): Judged => {
    const error = refusalOf(one) ?? unknownTo(one) ?? extra.get(one) ?? misplaced.get(one) ?? null;
    const lasting = changesCatalog(one) ? catalogsLast : inCatalogs[at] === true;
    const how = error === null ? withNote(explainHow(one, lasting), warned.get(one)) : refusedHow(error);
    return { at, placed: one, how };
  });
  const asked: AskedText = { text, explain: asks === null ? 'EXPLAIN ' : `EXPLAIN ${asks} ` };
  const steps = [...stepsBefore(judged, task, asked), ...stepsOfJob(judged, asked)];
  const changesCatalogs = judged.some(({ placed: one, how }) => how.kind === 'configure' && changesCatalog(one));
  const { sensitive } = hiddenParts(scripts, placed, text);
  const hidden = redactionFor({ statement: text, plan: { sensitive } }, {});
  const statements = judged.map((one) => toStatement(one, hidden));
  return { text, sources, statements, steps, changesCatalogs, sensitive };
}

function textsOf(problems: readonly OrderProblem[]): ReadonlyMap<Placed, string> {
  return new Map(problems.map(({ placed, text }) => [placed, text]));
}

function refusedHow(error: string): ExplainHow {
  return { kind: 'refused', error };
}

function withNote(how: ExplainHow, warning: string | undefined): ExplainHow {
  if (warning === undefined || how.kind === 'refused') return how;
  return { ...how, note: [how.note, warning].filter((note) => note !== null).join('; ') };
}

function changesCatalog({ statement }: Placed): boolean {
  return ddlTarget(statement)?.object === 'CATALOG';
}

function refusalOf(placed: Placed): string | null {
  try {
    checkAllowed(placed);
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

/** Statements that might take effect at once, so that Flink is not asked, but that no Flink knows. */
function unknownTo(placed: Placed): string | null {
  if (placed.kind.role !== 'statement') return null;
  const problem = unknownStart(placed.statement);
  return problem === null ? null : atPlace(placeOf(placed), problem);
}

/** Statements that would start another job; all INSERTs are one group. */
function extraJobs(placed: readonly Placed[]): ReadonlyMap<Placed, string> {
  const [first, ...rest] = placed.filter((one) => refusalOf(one) === null && startsJob(one));
  if (first === undefined) return new Map();
  const others = rest.filter(({ kind }) => first.kind.role !== 'insert' || kind.role !== 'insert');
  return new Map(others.map((other) => [other, twoJobs(first, other).message]));
}

function stepsBefore(judged: readonly Judged[], task: TaskDefinition, asked: AskedText): ExplainStep[] {
  const before = judged.filter(({ placed }) => !startsJob(placed));
  const jars = before.findLastIndex(({ placed }) => placed.kind.kind.startsWith('ADD ')) + 1;
  const steps = (some: readonly Judged[]): ExplainStep[] => some.flatMap((one) => stepOf(one, asked));
  const functions = functionSteps(task).map((planned): ExplainStep => ({
    at: null,
    via: 'configure',
    planned,
    older: null,
    catalog: null,
    parts: [],
  }));
  return [...steps(before.slice(0, jars)), ...functions, ...steps(before.slice(jars))];
}

function stepsOfJob(judged: readonly Judged[], asked: AskedText): ExplainStep[] {
  const jobs = judged.filter(({ placed, how }) => startsJob(placed) && how.kind === 'explain');
  // Several that are not refused are INSERTs.
  if (jobs.length < 2) return jobs.flatMap((one) => stepOf(one, asked));
  const set = planSet(jobs.map(({ placed }) => placed), asked.text); // prettier-ignore
  const parts = jobs.map(({ at, placed }) => ({ at, planned: explained(toStep(placed, asked.text), asked) }));
  return [{ at: nth(jobs, 0).at, via: 'explain', planned: explained(set, asked), older: null, catalog: null, parts }];
}

function stepOf({ at, placed, how }: Judged, asked: AskedText): ExplainStep[] {
  const { via: _via, ...planned } = toStep(placed, asked.text);
  const plain = { at, planned, older: null, catalog: catalogOf(placed.statement), parts: [] };
  switch (how.kind) {
    case 'configure':
    case 'run':
      return [{ ...plain, via: how.kind }];
    case 'asWritten':
      return [{ ...plain, via: 'explain' }];
    case 'explain': {
      const older = how.olderAfter === undefined ? null : explained(planned, asked, how.olderAfter);
      const parts = partsOf(at, placed, asked);
      return [{ ...plain, via: 'explain', planned: explained(planned, asked, how.after), older, catalog: null, parts }];
    }
    case 'notRun':
    case 'refused':
      return [];
  }
}

function catalogOf(statement: SqlStatement): ExplainStep['catalog'] {
  const target = ddlTarget(statement);
  if (target === null) return usedCatalog(statement) === null ? null : 'turns';
  if (createsCatalog(target)) return 'turns';
  return target.temporary || target.catalog !== null ? null : 'follows';
}

function partsOf(at: number, placed: Placed, asked: AskedText): ExplainPart[] {
  const { text } = asked;
  const members = membersOf(text.slice(placed.offset), placed.statement);
  return members.map((statement) => ({ at, planned: explained(toStep({ ...placed, statement }, text), asked) }));
}

function toStatement({ placed, how }: Judged, hidden: Redaction): ExplainStatement {
  const { line, envId, kind, statement } = placed;
  const target = how.kind === 'notRun' ? ddlTarget(statement) : null;
  return {
    line,
    envId,
    kind: kind.kind,
    type: typeOf(placed),
    sql: hidden.maskSql(statement.text),
    error: how.kind === 'refused' ? how.error : null,
    note: how.kind === 'refused' ? null : how.note,
    makes: how.kind === 'explain' && how.olderAfter !== undefined ? (ddlTarget(statement)?.name ?? null) : null,
    withheld: target !== null && target.action !== 'DROP' ? (target.name.at(-1) ?? null) : null,
  };
}

function typeOf({ kind: { role } }: Placed): ExplainStatement['type'] {
  if (role === 'preview') return 'Query DML';
  return role === 'insert' || role === 'statementSet' || role === 'job' ? 'Modify DML' : 'DDL';
}
