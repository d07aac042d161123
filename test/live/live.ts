/** The real handlers, a real Flink behind a recorder, and a DynamoDB API: what a live suite needs to submit and to ask. */
import { inject } from 'vitest';
import type { TaskDefinition } from '../../lib/domain/definition/definitions.ts';
import { callHandler } from '../builders/event.ts';
import { aTask } from '../fakes/memory-definitions.ts';
import { type Bed, startBed } from '../handlers/bed.ts';
import { type GatewayRecorder, recordGateway } from './gateway-recorder.ts';

interface Rows {
  readonly columns: readonly string[];
  readonly rowData: readonly Readonly<Record<string, string>>[];
  readonly total: number;
  readonly truncated?: boolean;
  readonly truncationFlag?: boolean;
}

/** The answer to a submit, with what every test looks at. */
export interface Answer {
  readonly msg: string;
  readonly success: boolean;
  readonly data: Readonly<Record<string, unknown>>;
  readonly runId: string;
  readonly jobId: string;
  /** Rows of the preview, and of every statement that has some. */
  readonly result: Rows;
  readonly results: readonly Rows[];
}

interface FlinkJob {
  readonly state: string;
  readonly name: string;
  readonly 'job-type': string;
  readonly vertices: readonly { readonly name: string; readonly parallelism: number; readonly status: string }[];
}

interface SubmitOptions {
  readonly variables?: Readonly<Record<string, string>>;
  /** What Lambda says is left of the function's time. */
  readonly remainingMs?: number;
}

export interface Live {
  readonly bed: Bed;
  readonly gateway: GatewayRecorder;
  /** Defines a task under a new id and submits it. */
  submit(task: Partial<TaskDefinition> | string, options?: SubmitOptions): Promise<Answer>;
  /** Submits a task that is there. */
  resubmit(taskId: number, variables: Readonly<Record<string, string>>): Promise<Answer>;
  /** What the JobManager says: the job itself, or what lies below it ("config", "checkpoints/config"). */
  job(jobId: string): Promise<FlinkJob>;
  ofJob(jobId: string, below: string): Promise<Record<string, unknown>>;
  /** The run as a poll shows it. */
  poll(runId: string): Promise<Readonly<Record<string, unknown>>>;
  /** The item of a run in the Jobs table: "HEAD", "RESULT", or the beginning of "BODY#...". */
  item(runId: string, sk: string): Promise<Readonly<Record<string, unknown>>>;
  /** What the gateway answers for a session: true while it has it. */
  hasSession(handle: string): Promise<boolean>;
  /** Ends all jobs that were started: the next test needs their slots. */
  endJobs(): Promise<void>;
  stop(): Promise<void>;
}

export async function startLive(environment: Readonly<Record<string, string>> = {}): Promise<Live> {
  const { restUrl, gatewayUrl } = inject('flink');
  const gateway = await recordGateway(gatewayUrl);
  const where = { SQL_GATEWAY_URL: gateway.url, FLINK_REST: new URL(restUrl).host };
  const bed = await startBed({ ...where, ...environment });
  const started: string[] = [];
  let taskId = 0;

  const ofJob = async (jobId: string, below: string): Promise<Record<string, unknown>> => {
    const reply = await fetch(`${restUrl}/jobs/${jobId}${below === '' ? '' : `/${below}`}`);
    if (reply.status !== 200) throw new Error(`job ${jobId}: HTTP ${reply.status}`);
    return (await reply.json()) as Record<string, unknown>;
  };

  const submit = async (id: number, { variables = {}, remainingMs }: SubmitOptions): Promise<Answer> => {
    const body = JSON.stringify({ id, variables });
    const answer = toAnswer(await callHandler(bed.submit, { method: 'POST', body }, remainingMs));
    if (answer.jobId !== '') started.push(answer.jobId);
    return answer;
  };

  const endJobs = async (): Promise<void> => {
    const ids = started.splice(0);
    await Promise.all(ids.map((jobId) => fetch(`${restUrl}/jobs/${jobId}?mode=cancel`, { method: 'PATCH' })));
  };

  return {
    bed,
    gateway,
    endJobs,
    submit: async (task, options = {}) => {
      taskId += 1;
      await bed.putTask(aTask({ id: taskId, ...(typeof task === 'string' ? { statement: task } : task) }));
      return await submit(taskId, options);
    },
    resubmit: (id, variables) => submit(id, { variables }),
    job: async (jobId) => (await ofJob(jobId, '')) as unknown as FlinkJob,
    ofJob,
    poll: async (runId) => {
      const query = `id=${runId}`;
      const { data } = await callHandler(bed.getJobInstance, { path: '/openapi/getJobInstance', query });
      return data ?? {};
    },
    item: async (runId, sk) => {
      const items = await bed.jobItems();
      const found = items.find((item) => item['pk'] === `RUN#${runId}` && String(item['sk']).startsWith(sk));
      if (found === undefined) throw new Error(`run ${runId} has no item ${sk}`);
      return found;
    },
    hasSession: async (handle) => {
      const reply = await fetch(`${gatewayUrl}/sessions/${handle}`);
      if (reply.ok) return true;
      const text = await reply.text();
      if (text.includes('does not exist')) return false;
      throw new Error(text);
    },
    stop: async () => {
      await endJobs();
      await bed.stop();
      await gateway.stop();
    },
  };
}

const NO_ROWS: Rows = { columns: [], rowData: [], total: -1 };

function toAnswer({ msg, success, data }: { msg: string; success: boolean; data: Answer['data'] | null }): Answer {
  const has = data ?? {};
  return {
    msg,
    success,
    data: has,
    runId: textOf(has['id']),
    jobId: textOf(has['jobId']),
    result: (has['result'] ?? NO_ROWS) as Rows,
    results: (has['results'] ?? []) as Rows[],
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
