/** POST /openapi/explainSql (contract.md, "explainSql"). */
import { bytesOf, cutText } from '../domain/cut-text.ts';
import { isoLocalTime } from '../domain/time.ts';
import { MAX_PLANS_BYTES } from './answer-size.ts';
import type { Answer } from './envelope.ts';
import type { Route, Scope } from './route.ts';
import { readTaskBody, subjectOf, type TaskBody } from './task-body.ts';

/** The result for one statement, from the use case. */
interface Explained {
  readonly index: number;
  readonly type: string;
  readonly sql: string;
  readonly ok: boolean;
  readonly plan: string | null;
  readonly error: string | null;
  readonly note: string | null;
  readonly explainedAt: number;
}

interface ExplainedTask {
  readonly statements: readonly Explained[];
  readonly problems: readonly string[];
}

export const explainRoute: Route<TaskBody, ExplainedTask> = {
  bothDialects: true,
  parse: readTaskBody,
  task: subjectOf,
  answer: toAnswer,
};

/** The call succeeds even if a statement has a mistake; it fails for all other errors. */
function toAnswer({ statements, problems }: ExplainedTask, scope: Scope): Answer {
  const success = problems.length === 0;
  let left = MAX_PLANS_BYTES;
  const data = statements.map((one) => {
    const explain = one.plan === null ? one.note : cutText(one.plan, left);
    left = Math.max(0, left - bytesOf(one.plan ?? ''));
    return toRow(one, explain, scope);
  });
  return { success, msg: success ? 'Execute Successfully' : problems.join(' '), data };
}

function toRow({ index, type, sql, error, ok, explainedAt }: Explained, explain: string | null, scope: Scope): object {
  const explainTime = isoLocalTime(explainedAt, scope.timeZone);
  return { index, type, sql, parse: null, explain, error, parseTrue: ok, explainTrue: ok, explainTime };
}
