/** Statements that are always refused, independent of the rest of the task. */
import { AppError } from '../errors.ts';
import { atPlace } from '../sql/at-place.ts';
import { keywords } from '../sql/keywords.ts';
import { classify, type StatementKind } from '../sql/kind.ts';
import type { SqlStatement } from '../sql/split.ts';
import { splitOrNone } from '../sql/split-or-none.ts';
import { isAnyWord, valueOf } from '../sql/token.ts';

/** `where` names the statement's place: "line 3". */
export function refuseStatement(statement: SqlStatement, kind: StatementKind, where: string): void {
  const why = kind.role === 'definition' ? NO_DEFINITION : kind.refusal;
  if (why !== null) throw refused(where, `${nameOf(statement, kind)} can't be run. ${why}`);
  const jar = dinkyJar(statement);
  if (jar !== null) throw refused(where, `${kind.kind} can't be run with the jar '${jar}'. ${NO_RESOURCES}`);
}

/**
 * The same for a text whose variables have no value yet: what is refused anyway needs none. Does nothing where the text can't be
 * taken apart without them.
 */
export function refuseUnresolved(text: string): void {
  for (const statement of splitOrNone(text)) {
    const kind = classify(statement);
    if (kind.role !== 'definition') refuseStatement(statement, kind, `line ${statement.line}`);
  }
}

const NO_DEFINITION =
  'Write name := value; in the text itself, with letters, digits, _ - . $ in the name and no quotes around it.';
const NO_RESOURCES =
  "rs: is Dinky's resource centre, which Dinghy does not have: put the jar where the gateway can read it (s3://, hdfs://, https:// or a path of its machine), and name that.";

function nameOf({ tokens }: SqlStatement, { kind, role }: StatementKind): string {
  return role === 'definition' ? `The definition "${tokens[0]?.text ?? ''} :="` : kind;
}

const JARS = keywords('JAR CUSTOMJAR');

/** The jar of an ADD JAR or of a USING JAR, if Dinky alone knows its address. */
function dinkyJar({ tokens }: SqlStatement): string | null {
  const jar = tokens.find(
    (token, index) => token.kind === 'string' && isAnyWord(tokens[index - 1], JARS) && /^\s*rs:/i.test(valueOf(token)),
  );
  return jar === undefined ? null : valueOf(jar);
}

function refused(where: string, what: string): AppError {
  return new AppError('sql.refused', atPlace(where, what));
}
