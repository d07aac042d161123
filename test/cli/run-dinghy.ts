/** The command against the tables of a test. */
import { main } from '../../cli/main.ts';
import type { TestDynamodb } from '../live/dynamodb.ts';

export interface Output {
  readonly code: number;
  readonly out: string[];
  readonly err: string[];
}

export async function runDinghy(
  { endpoint, jobsTable }: Pick<TestDynamodb, 'endpoint' | 'jobsTable'>,
  ...args: readonly string[]
): Promise<Output> {
  const [out, err]: [string[], string[]] = [[], []];
  const io = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const code = await main([...args, '--endpoint', endpoint, '--jobs-table', jobsTable], {}, io);
  return { code, out, err };
}
