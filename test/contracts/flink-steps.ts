/** What the suites of a Flink do again and again. */
import { AppError } from '../../lib/domain/errors.ts';
import type { GatewaySession, JobManager, SqlGateway } from '../../lib/domain/ports.ts';
import type { ResultPage } from '../../lib/domain/results/result-page.ts';

export interface FlinkUnderTest {
  readonly gateway: SqlGateway;
  readonly jobManager: JobManager;
  readonly gatewayUrl: string;
  readonly hosts: string;
  readonly version: string;
  newJobId(): string;
  /** Lets a little time pass. */
  pause(): Promise<void>;
}

export const SOURCE = "CREATE TABLE src (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1')";
export const SINK = "CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole')";
export const INSERT = 'INSERT INTO snk SELECT id FROM src';
export const PATIENCE_MS = 60_000;

type Config = Readonly<Record<string, string>>;

export interface FlinkSteps {
  readonly signal: AbortSignal;
  config(jobId: string): Config;
  open(): Promise<GatewaySession>;
  untilReady(session: GatewaySession, operation: string, token?: number): Promise<ResultPage>;
  startInsert(jobId: string, options?: Config): Promise<ResultPage>;
}

export function flinkSteps(f: FlinkUnderTest): FlinkSteps {
  const { signal } = new AbortController();
  const open = (): Promise<GatewaySession> => f.gateway.open(f.gatewayUrl, { 'pipeline.name': 'contract' }, signal);
  const config = (jobId: string): Config => {
    const [host = '', port = ''] = f.hosts.split(':');
    const target = { 'execution.target': 'remote', 'rest.address': host, 'rest.port': port };
    return { ...target, '$internal.pipeline.job-id': jobId };
  };
  const untilReady = async (session: GatewaySession, operation: string, token = 0): Promise<ResultPage> => {
    for (;;) {
      const page = await session.fetch(operation, token, signal);
      if (page.kind !== 'notReady') return page;
      await f.pause();
    }
  };
  const startInsert = async (jobId: string, options: Config = {}): Promise<ResultPage> => {
    const session = await open();
    try {
      for (const ddl of [SOURCE, SINK]) await session.configure(ddl, signal);
      return await untilReady(session, await session.start(INSERT, { ...config(jobId), ...options }, signal));
    } finally {
      await session.close(signal);
    }
  };
  return { signal, config, open, untilReady, startInsert };
}

export async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => 'nothing went wrong',
    (thrown: unknown) => thrown,
  );
  return error instanceof AppError ? error.code : String(error);
}
