/**
 * A SQL gateway whose client goes on by itself: a statement that was handed over is planned and submitted, again and
 * again, whether or not anybody waits for it, and closing the session stops it only sometimes.
 */
import { AppError } from '../../../lib/domain/errors.ts';
import type { Cell } from '../../../lib/domain/results/cell.ts';
import type { ResultPage } from '../../../lib/domain/results/result-page.ts';
import { type Hangs, hangsNowhere, type SimJob, type SimJobManager } from './job-manager.ts';
import { note } from './ledger.ts';
import type { Prng } from './prng.ts';
import type { Sim } from './sim-clock.ts';

type Config = Readonly<Record<string, string>>;

interface Operation {
  readonly number: number;
  readonly sql: string;
  readonly config: Config;
  phase: 'planning' | 'submitting' | 'done';
  killed: boolean;
  pages: readonly ResultPage[] | null;
  failure: AppError | null;
  job: SimJob | null;
}

interface Session {
  readonly tables: Set<string>;
  readonly operations: Map<string, Operation>;
  usedAt: number;
}

const TRIES = 20;
const RETRY_MS = 3_000;
const IDLE_MS = 10 * 60_000;
const CHECK_MS = 60_000;
const END: ResultPage = { kind: 'end', jobId: null, columns: [], rows: [] };

export class SimGateway {
  readonly #sim: Sim;
  readonly #rng: Prng;
  /** The one that answers at the address now. */
  readonly #answering: () => SimJobManager;
  #sessions = new Map<string, Session>();
  #opened = 0;
  #operations = 0;
  up = true;
  cutOff = false;
  frozenUntil = 0;
  /** Requests that it accepts and never answers. */
  hangs: Hangs = hangsNowhere;
  planningMs: (rng: Prng) => number = () => 20;
  ddlMs: (rng: Prng) => number = () => 1;
  /** Whether the client's own reply from the JobManager is lost, so that it asks again. */
  losesReply: (rng: Prng) => boolean = () => false;
  /** Rows of the queries of these worlds, by their text. */
  rowsOf: (sql: string) => { columns: string[]; cells: Cell[]; ends: boolean } = rowsByText;
  trace: (text: string) => void = () => undefined;

  constructor(sim: Sim, rng: Prng, answering: () => SimJobManager) {
    this.#sim = sim;
    this.#rng = rng;
    this.#answering = answering;
  }

  get #jobManager(): SimJobManager {
    return this.#answering();
  }

  hangsOn(what: string): boolean {
    return this.hangs(what);
  }

  open(): string {
    const handle = `session-${(this.#opened += 1)}`;
    this.#sessions.set(handle, { tables: new Set(), operations: new Map(), usedAt: this.#sim.now() });
    this.#expire(handle);
    return handle;
  }

  /** A session that nobody asks anything of is closed like any other. */
  #expire(handle: string): void {
    this.#sim.after(IDLE_MS + CHECK_MS, () => {
      const session = this.#sessions.get(handle);
      if (session === undefined) return;
      if (this.#sim.now() - session.usedAt >= IDLE_MS) this.#end(handle, session, true);
      else this.#expire(handle);
    });
  }

  async configure(handle: string, sql: string): Promise<void> {
    await this.#sim.sleep(this.ddlMs(this.#rng));
    const session = this.#sessionOf(handle);
    if (/^\s*(SELECT|INSERT|SHOW|DESCRIBE|EXPLAIN|EXECUTE)\b/i.test(sql)) {
      throw new AppError('flink.failed', 'Unsupported statement for configuring session');
    }
    const created = /^\s*CREATE\s+(?:TEMPORARY\s+)?(?:TABLE|VIEW)\s+(\w+)/i.exec(sql);
    if (created?.[1] !== undefined) session.tables.add(created[1]);
    this.#executed(sql);
  }

  #executed(sql: string): void {
    const { executed } = this.#jobManager.ledger;
    executed.set(sql, (executed.get(sql) ?? 0) + 1);
  }

  start(handle: string, sql: string, config: Config): string {
    const session = this.#sessionOf(handle);
    const number = (this.#operations += 1);
    const operation: Operation = {
      number,
      sql,
      config,
      phase: 'planning',
      killed: false,
      pages: null,
      failure: null,
      job: null,
    };
    session.operations.set(`operation-${number}`, operation);
    const jobId = config['$internal.pipeline.job-id'] ?? null;
    if (jobId !== null) note(this.#jobManager.ledger.handed, jobId, this.#sim.now());
    this.#run(session, operation, jobId).catch((error: unknown) => this.trace(`gateway: ${String(error)}`));
    return `operation-${number}`;
  }

  async #run(session: Session, operation: Operation, jobId: string | null): Promise<void> {
    const handedAt = this.#sim.now();
    await this.#sim.sleep(this.planningMs(this.#rng));
    if (operation.killed) return;
    if (/^\s*(SHOW|DESCRIBE|DESC|EXPLAIN)\b/i.test(operation.sql)) {
      const rows = [...session.tables].map((name): Cell => ({ op: '+I', fields: [name] }));
      operation.pages = [{ kind: 'page', jobId: null, columns: ['table name'], rows }, END];
      this.#executed(operation.sql);
      return;
    }
    const missing = missingTable(session, operation.sql);
    if (missing !== null || jobId === null) {
      operation.failure = new AppError('flink.rejected', missing ?? 'no job id');
      return;
    }
    operation.phase = 'submitting';
    this.trace(`gateway: operation ${operation.number} submits ${jobId}`);
    await this.#submit(operation, jobId, handedAt);
    operation.phase = 'done';
  }

  async #submit(operation: Operation, jobId: string, handedAt: number): Promise<void> {
    for (let i = 0; i < TRIES; i += 1) {
      if (operation.killed) return;
      const receipt = await this.#jobManager.receive(jobId, operation.number, handedAt, operation.config);
      if (receipt === 'duplicate') {
        operation.failure = new AppError('flink.duplicate', 'Job has already been submitted.');
        this.trace(`gateway: operation ${operation.number}: ${jobId} is a duplicate`);
        return;
      }
      if (receipt !== 'down' && receipt !== 'noReply') {
        this.trace(
          `gateway: operation ${operation.number}: ${jobId} taken by JobManager ${receipt.acceptance.process}`,
        );
        if (!this.losesReply(this.#rng)) {
          await this.#awaitInitialised(operation, receipt);
          return;
        }
      }
      await this.#sim.sleep(RETRY_MS);
    }
    operation.failure = new AppError(
      'flink.failed',
      'Failed to execute sql: Could not complete the operation. Number of retries has been exhausted.',
    );
  }

  async #awaitInitialised(operation: Operation, job: SimJob): Promise<void> {
    operation.job = job;
    while (job.state === 'INITIALIZING' && this.#jobManager.jobs.get(job.id) === job) await this.#sim.sleep(50);
    if (job.ranAt === null && job.state === 'FAILED') {
      operation.failure = new AppError('flink.failed', 'Failed to execute sql: savepoint not found');
      return;
    }
    operation.pages = this.#pagesOf(operation.sql, job);
  }

  #pagesOf(sql: string, job: SimJob): readonly ResultPage[] {
    if (!isQuery(sql)) return [{ kind: 'page', jobId: job.id, columns: ['job id'], rows: [] }, END];
    const { columns, cells, ends } = this.rowsOf(sql);
    const rows: ResultPage = { kind: 'page', jobId: job.id, columns, rows: cells };
    if (!ends) return [rows];
    job.ranAt ??= this.#sim.now();
    this.#jobManager.end(job, 'FINISHED', null);
    return [rows, { ...END, jobId: job.id }];
  }

  fetch(handle: string, name: string, token: number): ResultPage {
    const operation = this.#sessionOf(handle).operations.get(name);
    if (operation === undefined) throw new AppError('flink.failed', 'Can not find the submitted operation');
    if (operation.failure !== null) throw operation.failure;
    const { pages, job } = operation;
    if (pages === null) return { kind: 'notReady', jobId: null, columns: [], rows: [] };
    if (job !== null) this.#jobManager.ledger.rowsRead.add(job.id);
    const last = pages.at(-1)!;
    return pages[token] ?? (last.kind === 'end' ? last : { ...last, rows: [] });
  }

  close(handle: string): void {
    this.#end(handle, this.#sessionOf(handle), false);
  }

  #end(handle: string, session: Session, idle: boolean): void {
    this.#sessions.delete(handle);
    for (const operation of session.operations.values()) {
      // A thread that plans reacts to its interruption as a rule; a client that submits hardly ever does.
      const reacts = operation.phase === 'planning' ? 0.8 : 0.1;
      if (idle || this.#rng.chance(reacts)) operation.killed ||= operation.phase !== 'submitting' || !idle;
      if (isQuery(operation.sql) && operation.job !== null) this.#jobManager.cancel(operation.job.id);
    }
  }

  /** Sessions are gone, and so are the clients in them; the jobs of queries stay behind. */
  stop(): void {
    this.up = false;
    this.frozenUntil = 0;
    for (const session of this.#sessions.values()) {
      for (const operation of session.operations.values()) operation.killed = true;
    }
    this.#sessions = new Map();
  }

  #sessionOf(handle: string): Session {
    const session = this.#sessions.get(handle);
    if (session === undefined) throw new AppError('flink.failed', `Session '${handle}' does not exist.`);
    session.usedAt = this.#sim.now();
    return session;
  }
}

function isQuery(sql: string): boolean {
  return /^\s*(SELECT|WITH|VALUES)\b/i.test(sql);
}

function missingTable(session: Session, sql: string): string | null {
  for (const found of sql.matchAll(/INSERT\s+(?:INTO|OVERWRITE)\s+(\w+)/gi)) {
    const name = found[1] ?? '';
    if (!session.tables.has(name))
      return `Cannot find table '\`default_catalog\`.\`default_database\`.\`${name}\`' in any of the catalogs.`;
  }
  return null;
}

function rowsByText(sql: string): { columns: string[]; cells: Cell[]; ends: boolean } {
  const cell = (text: string): Cell => ({ op: '+I', fields: [text] });
  if (sql.includes('VALUES')) return { columns: ['a'], cells: ['1', '2'].map(cell), ends: true };
  return { columns: ['id'], cells: ['1', '2', '3', '4', '5', '6'].map(cell), ends: false };
}
