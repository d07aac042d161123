/** A planned statement as it is sent, and the way back from Flink's positions to the author's lines. */
import type { PlannedStatement, PlanSource } from './plan.ts';
import { PLACE } from './placed-text.ts';
import type { RunBody } from './run.ts';
import { joinSegments, offsetInText } from './segments.ts';
import { countLineBreaks, offsetOf, positionAt } from './sql/positions.ts';
import { lineAt } from './variables-line-map.ts';

export interface SentStatement {
  readonly sql: string;
  readonly planned: PlannedStatement;
  readonly body: RunBody;
}

export function sentStatement(body: RunBody, planned: PlannedStatement): SentStatement {
  return { sql: joinSegments(planned.segments, body.statement), planned, body };
}

/**
 * Flink's message with the author's lines in it. Where it names no place, the statement's line is put before it.
 */
export function locate(message: string, sent: SentStatement): string {
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
