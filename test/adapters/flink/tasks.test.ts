/** Whether all tasks of a job run, asked over a real connection: a savepoint is asked for only then. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { jobManager } from '../../../lib/adapters/flink/job-manager.ts';

const JOB = '0f0e0d0c0b0a09080706050403020100';
const MISSING = JSON.stringify({ errors: [`Job ${JOB} not found`] });
let server: Server | undefined;

afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

/** What the JobManager is asked, and what is made of its answer. */
async function asked(status: number, body: string) {
  const requests: string[] = [];
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(status).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const allRun = await jobManager().allTasksRun(address, JOB, new AbortController().signal);
  return { allRun, requests };
}

const job = (state: string, ...tasks: readonly string[]): string =>
  JSON.stringify({ jid: JOB, state, vertices: tasks.map((status) => ({ name: 'a', status })) });

describe('whether all tasks of a job run', () => {
  it('is asked of the job', async () => {
    const { allRun, requests } = await asked(200, job('RUNNING', 'RUNNING', 'RUNNING'));
    expect(allRun).toBe(true);
    expect(requests).toEqual([`GET /jobs/${JOB}`]);
  });

  it.each(['INITIALIZING', 'CREATED', 'SCHEDULED', 'DEPLOYING', 'RECONCILING'])(
    'not while one is %s',
    async (status) => {
      expect((await asked(200, job('RUNNING', 'RUNNING', status))).allRun).toBe(false);
    },
  );

  it('not while the job itself begins, whatever its tasks are', async () => {
    expect((await asked(200, job('INITIALIZING'))).allRun).toBe(false);
    server?.close();
    expect((await asked(200, job('RECONCILING', 'RUNNING'))).allRun).toBe(false);
  });

  it('nothing is to be waited for where one has ended, or where there is no job any more', async () => {
    expect((await asked(200, job('RUNNING', 'FINISHED', 'RUNNING'))).allRun).toBe(true);
    server?.close();
    expect((await asked(404, MISSING)).allRun).toBe(true);
  });

  it('is not known when Flink fails, or when somebody else answers', async () => {
    await expect(asked(500, JSON.stringify({ errors: ['no'] }))).rejects.toMatchObject({ code: 'flink.failed' });
    server?.close();
    await expect(asked(200, '{"state": 1}')).rejects.toMatchObject({ code: 'flink.protocol' });
  });
});
