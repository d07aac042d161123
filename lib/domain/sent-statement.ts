/** A planned statement as it is sent, and the way back from Flink's positions to the author's lines. */
import type { PlannedStatement, PlanSource } from './plan.ts';
import { PLACE } from './placed-text.ts';
import { joinSegments, offsetInText } from './segments.ts';
import { countLineBreaks, offsetOf, positionAt } from './sql/positions.ts';
import { withNeeds } from './sql/unknown-to-flink.ts';
import { lineAt } from './variables-line-map.ts';

/** The text that statements are taken from, and whose it is: of a run, its body. */
export interface SentFrom {
  readonly statement: string;
  readonly plan: { readonly sources: readonly PlanSource[] };
}

export interface SentStatement {
  readonly sql: string;
  readonly planned: PlannedStatement;
  readonly body: SentFrom;
}

export function sentStatement(body: SentFrom, planned: PlannedStatement): SentStatement {
  return { sql: joinSegments(planned.segments, body.statement), planned, body };
}

/**
 * Flink's message with the author's lines in it. Where it names no place, the statement's line is put before it. Where
 * Flink does not know the statement, the version that does is put behind it.
 */
export function locate(flinkMessage: string, sent: SentStatement): string {
  const message = withNeeds(flinkMessage, sent.sql);
  const { start } = sent.planned;
  if (start === null) return `functions of the task (udfRefer): ${message}`;
  if (message.search(PLACE) < 0) return `${lineOfOffset(sent, start)}: ${message}`;
  const inPlace = message.replace(PLACE, (_all, line: string, column: string) =>
    authorPlace(sent, { line: Number(line), column: Number(column) }),
  );
  const { envId } = sourceOf(sent, start);
  return envId === null ? inPlace : `environment task ${envId}: ${inPlace}`;
}

function authorPlace(sent: SentStatement, place: { line: number; column: number }): string {
  const offset = offsetInText(sent.planned.segments, offsetOf(sent.sql, place));
  const source = sourceOf(sent, offset);
  const { line, column } = positionAt(sent.body.statement.slice(source.start), offset - source.start);
  // Values that stand in for variables move the columns, but not the lines.
  const at = `line ${lineAt(source.map, line)}`;
  return source.hasVariables ? at : `${at}, column ${column}`;
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
