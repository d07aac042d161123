/**
 * Many callers at once, on a real Flink and a real DynamoDB API: 200 submits of which half are repeats, and as many
 * polls of one run as this machine can do. What Flink got is asked of Flink, or counted on the way to it. Times are
 * printed, never asserted: docs/operate/load.md says what they mean.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { REFRESH_FIRST_MS } from '../../lib/domain/limits.ts';
import { Children } from '../../local/children.ts';
import { answersDynamodb, dynamodbClient } from '../../local/dynamodb.ts';
import { freePorts } from '../../local/ports.ts';
import { createMissingTables, readTables } from '../../local/tables.ts';
import { waitUntil } from '../../local/wait-until.ts';
import { type Call, callHandler, type Envelope } from '../builders/event.ts';
import { aCluster, aTask } from '../fakes/memory-definitions.ts';
import { type Bed, startBed } from '../handlers/bed.ts';

const { restUrl, gatewayUrl } = inject('flink');
const MINUTE = 60_000;
let bed: Bed;
let store: Store;

beforeAll(async () => {
  store = await startStore();
  const AWS_ENDPOINT_URL_DYNAMODB = store.endpoint;
  bed = await startBed({ SQL_GATEWAY_URL: gatewayUrl, FLINK_REST: new URL(restUrl).host, AWS_ENDPOINT_URL_DYNAMODB });
});

afterAll(async () => {
  await bed.stop();
  await store.stop();
});

interface Store {
  readonly endpoint: string;
  put(pk: string, sk: string, item: object): Promise<void>;
  heads(): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/** DynamoDB in a process of its own: in this one it would take turns with 200 callers and answer none of them in time. */
async function startStore(): Promise<Store> {
  const [port = 0] = await freePorts(1);
  const endpoint = `http://127.0.0.1:${port}`;
  const main = fileURLToPath(new URL('../../bench/dynamodb-process.ts', import.meta.url));
  const dir = mkdtempSync(join(tmpdir(), 'dinghy-load-'));
  const children = new Children();
  const args = ['--import', 'tsx', main, String(port)];
  const start = { name: 'The embedded DynamoDB', command: process.execPath, args };
  const child = children.start({ ...start, logFile: join(dir, 'dynamodb.log'), cwd: process.cwd() });
  await waitUntil(child.name, () => answersDynamodb(endpoint), { timeoutMs: MINUTE, needs: [child] });
  const raw = dynamodbClient(endpoint);
  const [DefinitionsTable, JobsTable] = ['definitions-test', 'jobs-test'];
  await createMissingTables(raw, readTables({ DefinitionsTable, JobsTable }));
  const client = DynamoDBDocumentClient.from(raw);
  return {
    endpoint,
    put: async (pk, sk, item) => {
      const Item = { pk, sk, schemaVersion: 1, ...item };
      await client.send(new PutCommand({ TableName: DefinitionsTable, Item }));
    },
    heads: async () => {
      const FilterExpression = 'sk = :head';
      const ExpressionAttributeValues = { ':head': 'HEAD' };
      const heads: Record<string, unknown>[] = [];
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const input = { TableName: JobsTable, ConsistentRead: true, FilterExpression, ExpressionAttributeValues };
        const page = await client.send(new ScanCommand({ ...input, ExclusiveStartKey }));
        heads.push(...(page.Items ?? []));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
      return heads;
    },
    stop: async () => {
      raw.destroy();
      await children.endAll();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

function report(what: string, figures: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`\n${what}: ${JSON.stringify(figures, null, 2)}\n`);
}

function spread(times: readonly number[]): Record<string, number> {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!);
  return { median: at(0.5), p95: at(0.95), max: at(1) };
}

describe('200 submits at once, half of them repeats', () => {
  const TASKS = 10;
  const VALUES = 10;
  /**
   * Ends by itself and needs its slot for a moment only: the jobs queue for 16 slots, their submissions do not. Flink fails a
   * job that finds no free slot, so each restarts until it has one: on a busy machine more than 16 may run at once.
   */
  const STATEMENT = `SET 'restart-strategy.type' = 'fixed-delay';
SET 'restart-strategy.fixed-delay.attempts' = '1000';
SET 'restart-strategy.fixed-delay.delay' = '200 ms';
CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO snk SELECT CAST(\${value} AS BIGINT);`;
  const ENVELOPE_KEYS = ['code', 'data', 'datas', 'msg', 'success', 'time'];
  /** It says what is out of reach and what to do. */
  const CLEAR_REFUSAL = /(did not answer|could not be used|is out of reach).*(Try again|submit again)\./;
  const MAX_RESENT = 40;

  /** One request, sent by two callers. */
  interface Work {
    readonly name: string;
    readonly call: Call;
  }

  interface Answer {
    readonly work: Work;
    readonly envelope: Envelope;
    readonly ms: number;
  }

  const works = Array.from({ length: TASKS * VALUES }, (_, n): Work => {
    const [id, value] = [101 + Math.floor(n / VALUES), 1 + (n % VALUES)];
    return { name: `${id}/${value}`, call: { method: 'POST', body: JSON.stringify({ id, variables: { value } }) } };
  });

  const warmUp: Work = { name: 'warm-up', call: { method: 'POST', body: '{"id": 101, "variables": {"value": 0}}' } };

  async function send(work: Work): Promise<Answer> {
    const from = performance.now();
    const envelope = await callHandler(bed.submit, work.call);
    return { work, envelope, ms: performance.now() - from };
  }

  const isRefusal = ({ envelope }: Answer): boolean => envelope.data === null;

  async function knownToFlink(): Promise<Set<string>> {
    const reply = (await (await fetch(`${restUrl}/jobs/overview`)).json()) as { jobs: { jid: string }[] };
    return new Set(reply.jobs.map(({ jid }) => jid));
  }

  /** A refused caller sends again, as it was told to; not all of them in the same moment. */
  async function sendUntilTaken(first: readonly Answer[]): Promise<{ taken: Answer[]; refusals: Answer[] }> {
    const taken: Answer[] = [];
    const refusals: Answer[] = [];
    const callers = first.map(async (answer, n) => {
      let last = answer;
      for (let resent = 0; isRefusal(last); resent++) {
        refusals.push(last);
        if (resent === MAX_RESENT) throw new Error(`${last.work.name} is refused for ever: ${last.envelope.msg}`);
        await pause(1_000 + ((n * 97) % 5_000));
        last = await send(last.work);
      }
      taken.push(last);
    });
    await Promise.all(callers);
    return { taken, refusals };
  }

  /** What was answered INITIALIZE is followed by its callers and by the reconciler until it is decided. */
  async function settled(before: ReadonlySet<string>): Promise<Record<string, unknown>[]> {
    const { handler: reconcile } = await import('../../handlers/reconcile.ts');
    for (;;) {
      const heads = (await store.heads()).filter(
        (head) => head['status'] !== 'VOID' && !before.has(String(head['jobId'])),
      );
      if (heads.every((head) => head['submitStatus'] !== 'INITIALIZE')) return heads;
      await reconcile({});
      await pause(2_000);
    }
  }

  async function endOf(id: unknown): Promise<string> {
    for (;;) {
      const { data } = await callHandler(bed.getJobInstance, { query: `id=${String(id)}` });
      if (data?.['status'] === 'FINISHED' || data?.['status'] === 'FAILED') return data['status'];
      await pause(250);
    }
  }

  const onlyDuplicates = (taken: readonly Answer[], name: string): boolean =>
    taken.filter(({ work }) => work.name === name).every(({ envelope }) => envelope.data?.['duplicate'] === true);

  async function waitForEnds(ids: readonly unknown[]): Promise<Map<string, number>> {
    const states = new Map<string, number>();
    for (const id of ids) {
      const status = await endOf(id);
      states.set(status, (states.get(status) ?? 0) + 1);
    }
    return states;
  }

  it(
    'starts every job once, and refuses nobody without saying why',
    async () => {
      for (let id = 101; id < 101 + TASKS; id++) {
        const how = { dedupeSeconds: 600, parallelism: 1 };
        await store.put(`TASK#${id}`, 'TASK', aTask({ id, name: `load-${id}`, statement: STATEMENT, ...how }));
      }
      // The first submit of a process and of a gateway takes seconds: it loads their code.
      await sendUntilTaken([await send(warmUp)]);
      const before = await knownToFlink();
      const from = performance.now();
      const first = await Promise.all([...works, ...works].map(send));
      const answeredMs = performance.now() - from;

      const { taken, refusals } = await sendUntilTaken(first);
      const heads = await settled(before);
      const settledMs = performance.now() - from;
      const started = [...(await knownToFlink())].filter((jobId) => !before.has(jobId));
      const statuses = await waitForEnds(heads.map((head) => head['id']));
      const told = (status: string): number =>
        first.filter(({ envelope }) => envelope.data?.['status'] === status).length;
      report('200 submits at once', {
        answeredMs: Math.round(answeredMs),
        latencyMs: spread(first.map(({ ms }) => ms)),
        successAtOnce: told('SUCCESS'),
        initializeAtOnce: told('INITIALIZE'),
        failedAtOnce: told('FAILED'),
        refusedAtOnce: first.filter(isRefusal).length,
        refusalsInAll: refusals.length,
        refusalTexts: [...new Set(refusals.map(({ envelope }) => envelope.msg))].slice(0, 5),
        settledMs: Math.round(settledMs),
        endedMs: Math.round(performance.now() - from),
        jobsInFlink: started.length,
        runs: heads.length,
        voidNumbers: (await store.heads()).filter((head) => head['status'] === 'VOID').length,
        endedAs: Object.fromEntries(statuses),
        refusedYetStarted: works.filter(({ name }) => onlyDuplicates(taken, name)).length,
      });

      for (const { envelope } of [...first, ...taken]) expect(Object.keys(envelope).sort()).toEqual(ENVELOPE_KEYS);
      for (const { envelope } of refusals) {
        expect(envelope.code).toBe(1);
        expect(envelope.msg).toMatch(CLEAR_REFUSAL);
      }
      expect(taken).toHaveLength(2 * works.length);
      for (const { envelope } of taken) {
        expect(envelope).toMatchObject({ code: 0, data: { success: true, id: expect.any(Number), error: null } });
      }
      for (const { name } of works) {
        const pair = taken.filter(({ work }) => work.name === name).map(({ envelope }) => envelope.data ?? {});
        expect(new Set(pair.map((data) => data['id']))).toHaveProperty('size', 1);
        expect(new Set(pair.map((data) => data['jobId']))).toHaveProperty('size', 1);
        const firsts = pair.filter((data) => data['duplicate'] === false).length;
        // None: the intent of a caller whose write got no reply came to be after all, and its next try met its own run.
        if (firsts === 0) expect(refusals.some(({ work }) => work.name === name)).toBe(true);
        else expect(firsts).toBe(1);
      }
      const answered = new Set(taken.map(({ envelope }) => String(envelope.data?.['jobId'])));
      expect(answered.size).toBe(works.length);
      expect(new Set(started)).toEqual(answered);
      expect(new Set(heads.map((head) => String(head['jobId'])))).toEqual(answered);
      expect(Object.fromEntries(statuses)).toEqual({ FINISHED: works.length });

      const { taken: again } = await sendUntilTaken(await Promise.all(works.map(send)));
      expect(again.filter(({ envelope }) => envelope.data?.['duplicate'] === true)).toHaveLength(works.length);
      expect((await knownToFlink()).size).toBe(before.size + works.length);
    },
    8 * MINUTE,
  );
});

/** Hands every request on to Flink's JobManager and remembers when it came. */
async function startCountingProxy(): Promise<{ host: string; seen: string[]; stop(): void }> {
  const seen: string[] = [];
  const server = http.createServer((request, response) => {
    seen.push(`${String(request.method)} ${String(request.url)}`);
    const { method, headers, url = '/' } = request;
    const onward = http.request(new URL(url, restUrl), { method, headers }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen, stop };
}

describe('1,000 polls a second of one run', () => {
  const WANTED_A_SECOND = 1_000;
  const POLL_FOR_MS = 16_000;
  /** Polls go out in small groups; with so many under way the machine has no more to give, and they would only queue. */
  const GROUP_EVERY_MS = 5;
  const MAX_UNDER_WAY = 40;

  async function pollFor(
    query: string,
  ): Promise<{ statuses: Map<string, number>; times: number[]; elapsedMs: number }> {
    const statuses = new Map<string, number>();
    const times: number[] = [];
    const underWay = new Set<Promise<void>>();
    const poll = async (): Promise<void> => {
      const from = performance.now();
      const { data, code, msg } = await callHandler(bed.getJobInstance, { path: '/openapi/getJobInstance', query });
      const status = code === 0 ? String(data?.['status']) : msg;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      times.push(performance.now() - from);
    };
    const from = performance.now();
    let sent = 0;
    while (performance.now() - from < POLL_FOR_MS) {
      const due = Math.floor(((performance.now() - from) / 1_000) * WANTED_A_SECOND);
      for (; sent < due && underWay.size < MAX_UNDER_WAY; sent++) {
        const one = poll().finally(() => underWay.delete(one));
        underWay.add(one);
      }
      await pause(GROUP_EVERY_MS);
    }
    await Promise.all(underWay);
    return { statuses, times, elapsedMs: performance.now() - from };
  }

  it(
    'costs Flink at most one request in an interval, however many poll',
    async () => {
      const proxy = await startCountingProxy();
      try {
        await store.put('CLUSTER#90', 'CLUSTER', aCluster({ id: 90, hosts: proxy.host, sqlGateway: gatewayUrl }));
        await store.put('TASK#190', 'TASK', aTask({ id: 190, name: 'polled', type: 'standalone', clusterId: 90 }));
        const { data, msg } = await callHandler(bed.submit, { query: 'id=190' });
        expect(msg).toBe('Execute Successfully');
        const query = `id=${String(data?.['id'])}`;
        const running = async (): Promise<unknown> =>
          (await callHandler(bed.getJobInstance, { query })).data?.['status'];
        await expect.poll(running, { interval: 500 }).toBe('RUNNING');
        expect(proxy.seen.length).toBeGreaterThan(0);

        proxy.seen.length = 0;
        const { statuses, times, elapsedMs } = await pollFor(query);
        const asked = [...proxy.seen];
        await fetch(`${restUrl}/jobs/${String(data?.['jobId'])}?mode=cancel`, { method: 'PATCH' });
        report('polls of one run', {
          polls: times.length,
          seconds: Math.round(elapsedMs / 100) / 10,
          pollsPerSecond: Math.round(times.length / (elapsedMs / 1_000)),
          latencyMs: spread(times),
          answers: Object.fromEntries(statuses),
          requestsToFlink: asked,
        });
        // RECONNECTING: Flink took longer than the 500 ms it is given for a poll. No poll fails because of that; a DynamoDB
        // that this many polls starve is another matter.
        const fine = /^(RUNNING|RECONNECTING|DynamoDB could not be used .*)$/;
        expect([...statuses.keys()].filter((status) => !fine.test(status))).toEqual([]);
        expect(statuses.get('RUNNING')).toBeGreaterThan(0);
        expect(asked.length).toBeGreaterThan(0);
        expect(asked.length).toBeLessThanOrEqual(Math.floor(elapsedMs / REFRESH_FIRST_MS) + 1);
      } finally {
        proxy.stop();
      }
    },
    5 * MINUTE,
  );
});
