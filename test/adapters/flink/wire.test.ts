/** What Flink answers, as our own values; and what only looks like an answer (flink-rest.md sections 1.4 and 5). */
import { describe, expect, it } from 'vitest';
import { splitHosts, toIdentity, toJob } from '../../../lib/adapters/flink/job-manager.ts';
import { toPage } from '../../../lib/adapters/flink/sql-gateway.ts';
import { infoSchema, jarsSchema, jobSchema, readAs } from '../../../lib/adapters/flink/wire.ts';
import { AppError } from '../../../lib/domain/errors.ts';

const JOB_ID = '0123456789abcdef0123456789abcdef';

function refusal(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was expected to be refused');
}

const FOREIGN = ['', 'null', '[]', '7', '"x"', '{', '<html>Sign in</html>', '{"errors":["x"]}'];

describe('a JobManager says who it is', () => {
  const identity = (config: Record<string, string>) =>
    toIdentity('jm:8081', JSON.stringify(Object.entries(config).map(([key, value]) => ({ key, value }))));
  const TMP = { 'web.tmpdir': '/tmp/flink-web-1' };

  it.each([
    [{}, false, false],
    [{ 'high-availability.type': 'NONE' }, false, false],
    [{ 'high-availability.type': 'none' }, false, false],
    [{ 'high-availability': 'NONE' }, false, false],
    [{ 'job-result-store.delete-on-commit': 'true' }, false, false],
    [{ 'high-availability.type': 'kubernetes' }, true, true],
    [{ 'high-availability': 'zookeeper' }, true, true],
    [{ 'high-availability.type': 'ZOOKEEPER', 'job-result-store.delete-on-commit': 'true' }, true, true],
    [{ 'high-availability.type': 'zookeeper', 'job-result-store.delete-on-commit': 'false' }, true, false],
  ])('%j: high availability %s, forgets what has ended %s', (config, highAvailability, forgetsEnded) => {
    const { haCluster, ...base } = identity({ ...TMP, ...config });
    expect(haCluster !== undefined).toBe(highAvailability);
    expect(base).toStrictEqual({
      address: 'jm:8081',
      jmId: '/tmp/flink-web-1',
      highAvailability,
      forgetsEnded,
    });
  });

  const HA = {
    ...{ 'high-availability.type': 'zookeeper', 'high-availability.storageDir': 's3://flink/ha' },
    ...{ 'high-availability.cluster-id': '/etl', 'high-availability.zookeeper.quorum': 'zk:2181' },
  };

  it.each([
    { 'web.tmpdir': '/tmp/flink-web-2', 'rest.port': '8082', 'jobmanager.rpc.address': 'other' },
    { 'high-availability.storageDir': 's3://flink/ha/' },
    { 'high-availability.type': 'ZooKeeper' },
    { 'job-result-store.delete-on-commit': 'false', 'taskmanager.numberOfTaskSlots': '7' },
  ])('with high availability, %j makes no other cluster of it: a standby shows the same', (other) => {
    expect(identity({ ...HA, ...other }).haCluster).toBe(identity(HA).haCluster);
  });

  it.each([
    { 'high-availability.cluster-id': '/web' },
    { 'high-availability.storageDir': 's3://flink/ha-2' },
    { 'high-availability.type': 'kubernetes' },
    { 'high-availability.zookeeper.quorum': 'zk-2:2181' },
    { 'high-availability.zookeeper.path.root': '/two' },
    { 'job-result-store.storage-path': 's3://flink/results' },
    { 'kubernetes.cluster-id': 'etl-2' },
    { 'kubernetes.namespace': 'two' },
  ])('with high availability, %j makes another cluster of it', (other) => {
    expect(identity({ ...HA, ...other }).haCluster).not.toBe(identity(HA).haCluster);
  });

  it('its name is short, whatever the paths are', () => {
    const long = identity({ ...HA, 'high-availability.storageDir': `s3://${'x'.repeat(9_000)}` });
    expect(long.haCluster).toMatch(/^[0-9a-f]{16}$/);
  });

  it('its own name is kept with runs: one of more than 200 bytes is known by its hash', () => {
    const nameOf = (path: string): string => identity({ 'web.tmpdir': path }).jmId ?? '';
    const most = 'ü'.repeat(100);
    expect(nameOf(most)).toBe(most);
    const [long, other] = [nameOf(`${most}/a`), nameOf(`${most}/b`)];
    expect(long).toMatch(/^ü{1,30}…?#[0-9a-f]{64}$/);
    expect(nameOf(`${most}/a`)).toBe(long);
    expect(other).not.toBe(long);
  });

  it('without web.tmpdir it has no name', () => expect(identity({}).jmId).toBeNull());

  it.each(FOREIGN.filter((text) => text !== '[]'))('%j is not an answer of Flink', (text) => {
    const error = refusal(() => toIdentity('jm:8081', text));
    expect(error.code).toBe('flink.protocol');
    expect(error.message).toContain('jm:8081');
  });

  it('several addresses stand between commas', () => {
    expect(splitHosts(' a:1, https://b:2 ,,[::1]:3 ')).toEqual(['a:1', 'https://b:2', '[::1]:3']);
    expect(splitHosts('')).toEqual([]);
  });
});

describe('a job', () => {
  const detail = (changes: object = {}) =>
    JSON.stringify({
      ...{ jid: JOB_ID, name: 'x', state: 'RUNNING', 'start-time': 5, 'end-time': -1, duration: 7, vertices: [] },
      timestamps: { INITIALIZING: 5, CREATED: 6, RUNNING: 7, FINISHED: 0 },
      ...changes,
    });

  it.each([
    [{}, { state: 'RUNNING', ranAt: 7, endedAt: null }],
    [
      { state: 'FINISHED', 'end-time': 9 },
      { state: 'FINISHED', ranAt: 7, endedAt: 9 },
    ],
    [
      { state: 'FAILED', 'end-time': 9, timestamps: { RUNNING: 0 } },
      { state: 'FAILED', ranAt: null, endedAt: 9 },
    ],
    [
      { state: 'INITIALIZING', timestamps: { INITIALIZING: 5 } },
      { state: 'INITIALIZING', ranAt: null, endedAt: null },
    ],
    [
      { state: 'CREATED', 'end-time': 0, timestamps: {} },
      { state: 'CREATED', ranAt: null, endedAt: null },
    ],
  ])('%j', (changes, expected) => expect(toJob(detail(changes), 'jm:8081')).toEqual(expected));

  it.each<[string, object[], boolean | undefined]>([
    ['all wait', [{ tasks: { SCHEDULED: 2, CREATED: 0, RUNNING: 0 } }], true],
    ['some wait for those that wait', [{ tasks: { SCHEDULED: 2 } }, { tasks: { CREATED: 3 } }], true],
    ['none is to run yet', [{ tasks: { CREATED: 2 } }], false],
    ['some run', [{ tasks: { SCHEDULED: 1, RUNNING: 1 } }], false],
    ['others have run', [{ tasks: { FINISHED: 1 } }, { tasks: { SCHEDULED: 1 } }], false],
    ['they are being deployed', [{ tasks: { DEPLOYING: 1, SCHEDULED: 1 } }], false],
    ['there are none', [{ tasks: { SCHEDULED: 0 } }, {}], undefined],
    ['nothing is said of them', [{ status: 'SCHEDULED' }], undefined],
  ])('whose tasks are counted: %s', (_what, vertices, waits) =>
    expect(toJob(detail({ vertices }), 'jm:8081').waitsForSlots).toBe(waits),
  );

  it.each([
    ...['INITIALIZING', 'CREATED', 'RUNNING', 'RESTARTING', 'RECONCILING', 'SUSPENDED'],
    ...['FAILING', 'FAILED', 'CANCELLING', 'CANCELED', 'FINISHED'],
  ])('may be %s', (state) => expect(toJob(detail({ state }), 'jm:8081').state).toBe(state));

  it.each([...FOREIGN, detail({ state: 'DANCING' }), detail({ 'end-time': 'x' }), detail({ timestamps: null })])(
    '%j is not an answer of Flink',
    (text) => {
      const error = refusal(() => toJob(text, 'jm:8081'));
      expect(error.code).toBe('flink.protocol');
      expect(error.message).toContain('jm:8081');
      expect(error.message.length).toBeLessThan(400);
    },
  );
});

describe('a page of rows', () => {
  const columns = [
    { name: 'id', logicalType: { type: 'BIGINT', nullable: true }, comment: null },
    { name: 'name', logicalType: { type: 'VARCHAR', nullable: true, length: 10 }, comment: null },
  ];
  const page = (changes: object = {}) =>
    JSON.stringify({
      ...{ resultType: 'PAYLOAD', isQueryResult: true, jobID: JOB_ID, resultKind: 'SUCCESS_WITH_CONTENT' },
      results: { columns, rowFormat: 'PLAIN_TEXT', data: [] },
      nextResultUri: '/v2/sessions/s/operations/o/result/1?rowFormat=PLAIN_TEXT',
      ...changes,
    });
  const rows = (data: unknown) => ({ results: { columns, rowFormat: 'PLAIN_TEXT', data } });

  it('that is not ready has nothing yet', () => {
    const text = '{"resultType":"NOT_READY","nextResultUri":"/v2/sessions/s/operations/o/result/0"}';
    expect(toPage(text, 'gw')).toEqual({ kind: 'notReady', jobId: null, columns: [], rows: [] });
  });

  it('may be empty and still go on', () => {
    expect(toPage(page(), 'gw')).toEqual({ kind: 'page', jobId: JOB_ID, columns: ['id', 'name'], rows: [] });
  });

  it('keeps digits, nulls and the kind of each change', () => {
    const data = [
      { kind: 'INSERT', fields: ['9223372036854775807', null] },
      { kind: 'UPDATE_BEFORE', fields: ['1', ''] },
      { kind: 'UPDATE_AFTER', fields: ['1', 'x'] },
      { kind: 'DELETE', fields: ['1', 'x'] },
    ];
    expect(toPage(page(rows(data)), 'gw').rows).toEqual([
      { op: '+I', fields: ['9223372036854775807', null] },
      { op: '-U', fields: ['1', ''] },
      { op: '+U', fields: ['1', 'x'] },
      { op: '-D', fields: ['1', 'x'] },
    ]);
  });

  it('at the end is the end, with or without results and job', () => {
    expect(toPage(page({ resultType: 'EOS', nextResultUri: undefined }), 'gw')).toMatchObject({
      kind: 'end',
      rows: [],
    });
    expect(toPage('{"resultType":"EOS"}', 'gw')).toEqual({ kind: 'end', jobId: null, columns: [], rows: [] });
    expect(toPage(page({ jobID: null }), 'gw').jobId).toBeNull();
  });

  it.each([
    ...FOREIGN,
    page({ resultType: 'SOMETHING' }),
    page({ results: { columns } }),
    page(rows([{ kind: 'UPSERT', fields: [] }])),
    page(rows([{ kind: 'INSERT', fields: [1] }])),
    page(rows([{ kind: 'INSERT' }])),
    page({ jobID: 7 }),
  ])('%j is not an answer of Flink', (text) => {
    const error = refusal(() => toPage(text, 'SQL gateway gw:8083'));
    expect(error.code).toBe('flink.protocol');
    expect(error.message).toContain('SQL gateway gw:8083');
    expect(error.message.length).toBeLessThan(400);
  });
});

describe('what is no answer of Flink is told', () => {
  const told = (text: string, schema: Parameters<typeof readAs>[0] = infoSchema): string =>
    refusal(() => readAs(schema, text, 'gw')).message;

  it.each([
    ['7', 'gw sent a reply that is not from Flink: the reply: '],
    ['{"productName":"x","version":7}', 'gw sent a reply that is not from Flink: version: '],
  ])('by the place that is wrong: %s', (text, start) => expect(told(text)).toMatch(new RegExp(`^${start}`)));

  it('in few words, whatever the place says', () => {
    const files = JSON.stringify({
      files: [
        { id: '1', name: 'password=hunter2' },
        { id: '1', name: 7 },
      ],
    });
    expect(told(files, jarsSchema)).toContain(': files.1.name: ');
    const picked = JSON.stringify({ resultType: 'hunter2'.repeat(2_000) });
    const { message } = refusal(() => toPage(picked, 'gw'));
    expect(message).toMatch(
      /^gw sent a reply that is not from Flink: resultType: expected \(.{10,200}\), but it is a text\.$/,
    );
    expect(message).not.toContain('hunter2');
  });

  it.each([
    ['{"productName":"x","version":7}', 'version: expected string, but it is a number.'],
    ['{"productName":"x","version":true}', 'version: expected string, but it is a boolean.'],
    ['{"productName":"x","version":null}', 'version: expected string, but it is null.'],
    ['{"productName":"x","version":["hunter2"]}', 'version: expected string, but it is a list.'],
    ['{"productName":"x","version":{"a":"hunter2"}}', 'version: expected string, but it is an object.'],
    ['{}', 'but it is missing.'],
    ['"hunter2"', 'the reply: expected Object, but it is a text.'],
  ])('never with the value that is there: %s', (text, expected) => expect(told(text)).toContain(expected));

  it('also where no kind of value was expected, and not longer than a line', () => {
    const job = { jid: JOB_ID, state: 'RUNNING', 'end-time': -1, timestamps: {} };
    const toldOf = (changes: object): string => told(JSON.stringify({ ...job, ...changes }), jobSchema);
    expect(toldOf({ 'end-time': 1.5 })).toContain(': end-time: expected something else, but it is a number.');
    expect(toldOf({ timestamps: { ['x'.repeat(9_000)]: 'y' } })).toMatch(/: timestamps\.x{200,300}\.$/);
  });

  it.each([
    ['  Sign \n\t in  ', 'Sign in'],
    [`${' '.repeat(400_000)}<html>`, '<html>'],
    ['x'.repeat(101), 'x'.repeat(100)],
    [`a${' '.repeat(1_000)}b`, 'a'],
    [`${'a  '.repeat(49)}bcd`, `${'a '.repeat(49)}bc`],
  ])('by how it begins, where it is no JSON', (text, start) => {
    expect(told(text)).toBe(`gw sent a reply that is not from Flink: "${start}". Check the address.`);
  });

  it('without a secret, also one that is cut', () => {
    expect(told(`x 'password' = '${'s3cr3t-'.repeat(40)}'`)).toContain("x 'password' = '***");
    expect(told(`${'y'.repeat(85)} 'password' = 'hunter2-hunter2'`)).not.toContain('hunter');
  });

  it.each(['<html>pin-4711', '{"productName":"x","version":["pin-4711"],"pin-4711":1}'])(
    'without what a run hides, before anything is cut: %s',
    (text) => {
      const long = text.replaceAll('pin-4711', `pin-${'4'.repeat(300)}`);
      const error = refusal(() => readAs(infoSchema, long, 'gw'));
      const told = error.masked(
        (whole) => whole.replaceAll(/pin-4{300}/g, '?'),
        () => 'cut already',
      );
      expect(told).toMatch(/^gw sent a reply that is not from Flink/);
      expect(told).not.toContain('pin');
    },
  );

  it('with what could not be read as its cause', () => {
    expect(refusal(() => readAs(infoSchema, '<html>', 'gw')).cause).toBeInstanceOf(SyntaxError);
  });
});
