/** As little of a SQL gateway's REST as it takes to have statements run. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface RawReply {
  readonly status: number;
  readonly body: string;
}

const MAX_LOOKS = 2_000;

export class GatewayClient {
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async open(): Promise<string> {
    const { body } = await this.send('POST', '/sessions', { properties: {} });
    return (JSON.parse(body) as { sessionHandle: string }).sessionHandle;
  }

  async close(session: string): Promise<void> {
    await this.send('DELETE', `/sessions/${session}`);
  }

  /** Whether a statement runs well. */
  async runs(session: string, statement: string): Promise<boolean> {
    return (await this.send('POST', `/sessions/${session}/configure-session`, { statement })).status === 200;
  }

  /** The first reply that says how it went: 200 once rows or a job id are there, or Flink's error. */
  async ask(session: string, statement: string, executionConfig: Readonly<Record<string, string>>): Promise<RawReply> {
    const started = await this.send('POST', `/sessions/${session}/statements`, { statement, executionConfig });
    if (started.status !== 200) return started;
    const { operationHandle } = JSON.parse(started.body) as { operationHandle: string };
    let token = 0;
    for (let look = 0; look < MAX_LOOKS; look++) {
      const reply = await this.send('GET', `/sessions/${session}/operations/${operationHandle}/result/${token}`);
      if (reply.status !== 200) return reply;
      const { resultType, results } = JSON.parse(reply.body) as { resultType: string; results?: { data: unknown[] } };
      if (resultType === 'EOS' || (results?.data.length ?? 0) > 0) return reply;
      if (resultType === 'PAYLOAD') token += 1;
      await sleep(15);
    }
    return { status: 200, body: 'nothing came' };
  }

  private async send(method: string, path: string, body?: unknown): Promise<RawReply> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const reply = await fetch(this.url + path, init);
    return { status: reply.status, body: await reply.text() };
  }
}
