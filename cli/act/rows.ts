import * as v from 'valibot';
import { alignColumns } from '../align-columns.ts';
import { type Api, findApi } from '../api/api.ts';
import { callApi } from '../api/call-api.ts';
import { READ } from '../api/calls.ts';
import { readData } from '../api/read-data.ts';
import type { Call } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-code.ts';
import { oneLine } from '../one-line.ts';
import { readNumber } from '../read-number.ts';
import { UsageError } from '../usage-error.ts';
import { toCsv } from './csv.ts';
import { readDetails } from './run-details.ts';

const PREVIEW = v.object({
  columns: v.array(v.string()),
  rowData: v.array(v.record(v.string(), v.string())),
  truncationFlag: v.boolean(),
});

type Preview = v.InferOutput<typeof PREVIEW>;

/** `dinghy rows`: the rows of a run whose last statement is a SELECT. */
export async function rows(call: Call): Promise<number> {
  const { positionals: [word = ''], json, csv = false, io } = call; // prettier-ignore
  if (json && csv) throw new UsageError('--json and --csv exclude each other. Give one of them.');
  const runId = readNumber('RUN', word);
  const { preview, data } = await readPreview(findApi(call), runId);
  if (json) io.out(JSON.stringify(data, null, 2));
  else for (const line of csv ? toCsv(tableOf(preview)) : shown(preview)) io.out(line);
  if (preview.truncationFlag) io.err('There were more rows: only the first ones are shown (maxRowNum).');
  return EXIT.done;
}

async function readPreview(api: Api, runId: number): Promise<{ preview: Preview; data: unknown }> {
  const { details } = await readDetails(api, runId);
  if (details.jobId === null) {
    throw new CommandError(EXIT.failed, `run ${runId} has no job, so there are no rows (${details.status}).`);
  }
  const { data } = await callApi(api, { ...READ, path: `/openapi/getJobData?jobId=${details.jobId}` });
  return { preview: readData(api, PREVIEW, data), data };
}

const tableOf = ({ columns, rowData }: Preview): string[][] => [
  columns,
  ...rowData.map((row) => columns.map((name) => row[name] ?? '')),
];

function shown(preview: Preview): string[] {
  const count = preview.rowData.length;
  const table = alignColumns(tableOf(preview).map((row) => row.map(oneLine)));
  return [...table, `${count} row${count === 1 ? '' : 's'}`];
}
