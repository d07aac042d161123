/**
 * DolphinScheduler's task of type Dinky, as its plugin (3.1 to 3.4) behaves: probe, submit with all global parameters of the
 * workflow, a poll every few seconds, kill. Written from what it was seen to send, not from its code.
 */
import { setTimeout as sleep } from 'node:timers/promises';

type Json = Readonly<Record<string, unknown>>;

export interface DinkyTask {
  /** Free text before "/openapi/...": a key may travel in it. */
  readonly address: string;
  readonly taskId: number;
  readonly online: boolean;
  /** Of the whole workflow, whether the task uses them or not. */
  readonly globals: Readonly<Record<string, string>>;
  readonly pollMs: number;
}

export interface Outcome {
  /** How the scheduler shows its own task. */
  readonly state: 'success' | 'failure' | 'kill';
  readonly jobInstanceId: string | null;
  readonly says: string;
}

const ENDED_WELL = 'FINISHED';
const ENDED_BADLY = ['FAILED', 'CANCELED', 'UNKNOWN'];

export class DolphinTask {
  readonly #task: DinkyTask;
  #killed = false;

  constructor(task: DinkyTask) {
    this.#task = task;
  }

  /** Until the job has ended, however long that takes. */
  async run(): Promise<Outcome> {
    const answer = await this.submit();
    if (answer['success'] !== true) {
      // Whatever failed: the plugin believes that a job may run, and ends it.
      await this.#sendKill();
      return { state: 'failure', jobInstanceId: null, says: textOf(answer['msg']) };
    }
    const { jobInstanceId } = answer['data'] as Json;
    if (jobInstanceId === null || jobInstanceId === undefined)
      return { state: 'success', jobInstanceId: null, says: '' };
    return await this.track(textOf(jobInstanceId));
  }

  /** The answer in the form of 1.x, whichever dialect was spoken. */
  async submit(): Promise<Json> {
    return (await this.#speaks1()) ? await this.#submit1() : await this.#submit0();
  }

  async track(jobInstanceId: string): Promise<Outcome> {
    for (;;) {
      const { data, msg } = await this.#get('getJobInstance', { id: jobInstanceId });
      const { status, error } = (data ?? {}) as Json;
      if (status === ENDED_WELL) return { state: 'success', jobInstanceId, says: '' };
      if (status === undefined || ENDED_BADLY.includes(textOf(status))) {
        const state = this.#killed ? 'kill' : 'failure';
        return { state, jobInstanceId, says: status === undefined ? textOf(msg) : textOf(error) };
      }
      await sleep(this.#task.pollMs);
    }
  }

  async kill(): Promise<void> {
    this.#killed = true;
    await this.#sendKill();
  }

  /** The answer is not read. */
  async #sendKill(): Promise<void> {
    await this.#post('savepointTask', { taskId: String(this.#task.taskId), type: 'cancel' }).catch(() => null);
  }

  /** No answer, or one without what it looks for: the plugin turns to the older dialect without a word. */
  async #speaks1(): Promise<boolean> {
    const answer = await this.#get('version', {}).catch(() => ({}));
    return 'code' in answer && typeof answer['data'] === 'string' && !answer['data'].startsWith('0');
  }

  async #submit1(): Promise<Json> {
    const { taskId, online, globals } = this.#task;
    const body = { id: String(taskId), isOnline: online, variables: globals };
    return await this.#post('submitTask', body).catch((error: unknown) => ({ success: false, msg: String(error) }));
  }

  async #submit0(): Promise<Json> {
    const call = this.#task.online ? 'onLineTask' : 'submitTask';
    const { code, msg, datas } = await this.#get(call, { id: String(this.#task.taskId) });
    const { success } = datas as Json;
    return { success: code !== 1 && success === true, msg, data: datas };
  }

  /** The HTTP client below it sends a GET again, up to three times, when its connection drops. */
  async #get(call: string, query: Readonly<Record<string, string>>): Promise<Json> {
    const url = `${this.#task.address}/openapi/${call}?${new URLSearchParams(query).toString()}`;
    for (let tries = 1; ; tries++) {
      try {
        return (await (await fetch(url, { headers: { connection: 'close' } })).json()) as Json;
      } catch (error) {
        if (tries > 3) throw error;
      }
    }
  }

  async #post(call: string, body: object): Promise<Json> {
    const headers = { 'content-type': 'application/json', connection: 'close' };
    const url = `${this.#task.address}/openapi/${call}`;
    return (await (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json()) as Json;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
