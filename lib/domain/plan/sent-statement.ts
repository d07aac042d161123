/** A planned statement as it is sent, and the mapping from Flink's positions to the author's lines. */
import { PLACE } from '../secrets/placed-text.ts';
import { countLineBreaks, createOffsets, createPositions, type Position } from '../sql/positions.ts';
import { withNeeds } from '../sql/unknown-to-flink.ts';
import { lineAt } from '../variables/line-map.ts';
import {
  type Blamed,
  blamedInserts,
  namedElsewhere,
  type RunText,
  settingOf,
  unreadableOption,
} from './blamed-statement.ts';
import type { PlannedStatement, PlanSource, RunPlan } from './plan.ts';
import { joinSegments, offsetInText } from './text-segments.ts';

export interface SentStatement {
  readonly sql: string;
  readonly planned: PlannedStatement;
  readonly body: RunText;
}

export function sentStatement(body: RunText, planned: PlannedStatement): SentStatement {
  return { sql: joinSegments(planned.segments, body.statement), planned, body };
}

const OPTIONS = 'options of the task, its cluster or the deployment';

/**
 * Flink's message with the author's lines in it. Where it names no place, the statement's line is put before it, and that of
 * the SET or CREATE that it is about. Where Flink does not know the statement, the version that does is put behind it.
 */
export function locate(flinkMessage: string, sent: SentStatement): string {
  const message = withNeeds(flinkMessage, sent.sql);
  const { start } = sent.planned;
  if (start === null) return `${functionOf(sent.sql)} of the task's udfRefer: ${message}`;
  const option = unreadableOption(message);
  if (option !== null) return `${optionPlace(option, sent)}: ${message}`;
  const [first] = message.matchAll(PLACE);
  if (first === undefined) return `${linesOf(message, sent, start)}: ${message}`;
  const offsetAt = offsetsInText(sent);
  const placeAt = authorPlaces(sent);
  const inPlace = message.replace(PLACE, (_all, line: string, column: string) =>
    placeAt(offsetAt({ line: Number(line), column: Number(column) })),
  );
  // Where the first place is: INSERTs of both texts may be one statement.
  const { envId } = sourceOf(sent, offsetAt({ line: Number(first[1]), column: Number(first[2]) }));
  return envId === null ? inPlace : `environment task ${envId}: ${inPlace}`;
}

/** Why the job of a run failed, with the place of the SET or CREATE that it is about. Its own places are nobody's of ours. */
export function locateFailure(reason: string, body: RunText): string {
  const text = { sql: '', planned: { segments: [], start: null }, body };
  const option = unreadableOption(reason);
  const setting = option === null ? null : settingOf(option, body);
  if (setting !== null) return `${placeOfBlamed(text, setting)}: ${reason}`;
  const other = option === null ? namedElsewhere(reason, body) : null;
  return other === null ? reason : `see ${other.what} in ${placeOfBlamed(text, other)}: ${reason}`;
}

/** The place of the option that kept Flink from opening a session; null: there is none. */
export function placeOfOption(message: string, options: Pick<RunPlan, 'properties' | 'origins'>): string | null {
  const option = unreadableOption(message);
  const setting = option === null ? null : settingOf(option, { statement: '', plan: { sources: [], ...options } });
  return typeof setting?.at === 'string' ? setting.at : null;
}

/** For messages whose places are not in the text of the statement. */
export function atItsLine(message: string, sent: SentStatement): string {
  const { start } = sent.planned;
  if (start === null) return message;
  const option = unreadableOption(message);
  const setting = option === null ? null : settingOf(option, sent.body);
  return `${setting === null ? linesOf(message, sent, start) : placeOfBlamed(sent, setting)}: ${message}`;
}

/** The one kind of statement that no author wrote (see plan-run.ts). */
function functionOf(sql: string): string {
  return `function ${sql.replace(/^.*? IF NOT EXISTS /s, '')}`;
}

/** A message may name thousands of places: the texts are read once. */
function offsetsInText(sent: SentStatement): (place: Position) => number {
  const offsetInSent = createOffsets(sent.sql);
  return (place) => offsetInText(sent.planned.segments, offsetInSent(place));
}

function authorPlaces(sent: SentStatement): (offset: number) => string {
  const known = new Map<PlanSource, (offset: number) => Position>();
  return (offset) => {
    const source = sourceOf(sent, offset);
    const positions = known.get(source) ?? createPositions(sent.body.statement.slice(source.start));
    known.set(source, positions);
    const { line, column } = positions(offset - source.start);
    // Values that replace variables move the columns, but not the lines.
    const at = `line ${lineAt(source.map, line)}`;
    return source.hasVariables ? at : `${at}, column ${column}`;
  };
}

const MAX_LINES = 5;

/** Flink reads the options of a session with the first statement that needs them, which is not to blame. */
function optionPlace(option: { readonly key: string; readonly value: string }, sent: SentStatement): string {
  const setting = settingOf(option, sent.body);
  return setting === null ? OPTIONS : placeOfBlamed(sent, setting);
}

function linesOf(message: string, sent: SentStatement, start: number): string {
  const line = insertLines(message, sent) ?? lineOfOffset(sent, start);
  const other = namedElsewhere(message, sent.body);
  if (other === null || other.at === start) return line;
  return `${line} (see ${other.what} in ${placeOfBlamed(sent, other)})`;
}

/** For a set of INSERTs Flink does not name the wrong one: each that fits the message may be the cause. */
function insertLines(message: string, sent: SentStatement): string | null {
  const { inserts } = sent.planned;
  if (inserts === undefined) return null;
  const blamed = blamedInserts(message, inserts, sent.body);
  const lines = [...new Set(blamed.slice(0, MAX_LINES).map((offset) => lineOfOffset(sent, offset)))];
  const more = blamed.length > MAX_LINES ? ', …' : '';
  return blamed.length === 1 ? (lines[0] ?? null) : `one of the INSERTs (${lines.join('; ')}${more})`;
}

function placeOfBlamed(sent: SentStatement, { at }: Blamed): string {
  return typeof at === 'string' ? at : lineOfOffset(sent, at);
}

function lineOfOffset(sent: SentStatement, offset: number): string {
  const source = sourceOf(sent, offset);
  const line = countLineBreaks(sent.body.statement.slice(source.start, offset)) + 1;
  const text = `line ${lineAt(source.map, line)}`;
  return source.envId === null ? text : `environment task ${source.envId}, ${text}`;
}

function sourceOf(sent: SentStatement, offset: number): PlanSource {
  const { sources } = sent.body.plan;
  return sources.findLast((source) => source.start <= offset) ?? NOWHERE;
}

const NOWHERE: PlanSource = { start: 0, envId: null, map: [], hasVariables: false };
