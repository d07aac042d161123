/** GET /openapi/exportSql. Dinky answers with the SQL in `msg`, and its clients read it there. */
import type { Route } from './route.ts';
import { readTaskQuery } from './task-query.ts';

export const exportSqlRoute: Route<ReturnType<typeof readTaskQuery>, string> = {
  bothDialects: true,
  parse: readTaskQuery,
  task: ({ task }) => task,
  answer: (sql) => ({ success: true, msg: sql, data: sql }),
};
