/** HEAD stays under its stated size, as DynamoDB counts it, whatever the script of its texts. */
import { type AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHeadItem, toHeadUpdate } from '../../../lib/adapters/dynamo/job-items.ts';
import { toIdentity } from '../../../lib/adapters/flink/job-manager.ts';
import type { Principal } from '../../../lib/domain/access/principal.ts';
import { cutText } from '../../../lib/domain/cut-text.ts';
import { hostsProblem } from '../../../lib/domain/definition/addresses.ts';
import { readDeployConfig } from '../../../lib/domain/options/cluster-configuration.ts';
import { jobManagerProblem } from '../../../lib/domain/options/job-manager-address.ts';
import { jobManagerAddress, newDeployment } from '../../../lib/domain/options/own-cluster.ts';
import { deploymentSizeProblem } from '../../../lib/domain/options/own-cluster-size.ts';
import { prepareRun } from '../../../lib/domain/plan/prepare-run.ts';
import { targetOf } from '../../../lib/domain/plan/run-target.ts';
import { boundedChange } from '../../../lib/domain/run/head-size.ts';
import { requestedBy } from '../../../lib/domain/run/history.ts';
import { newRun } from '../../../lib/domain/run/new-run.ts';
import { failedRestart } from '../../../lib/domain/run/restart.ts';
import type { HeadChange, RunEvent, RunHead } from '../../../lib/domain/run/run.ts';
import { doneWish, newWish } from '../../../lib/domain/run/savepoint-wish.ts';
import { headAt } from '../../builders/a-head.ts';
import { thrownAppError } from '../../builders/app-error-of.ts';
import { aCluster, aTask } from '../../fakes/memory-definitions.ts';

const MAX_BYTES = 8 * 1024;
const utf8 = (text: string): number => Buffer.byteLength(text);

/** The rules of DynamoDB's documentation: names and texts in UTF-8, 3 bytes for a list or map and 1 for each of its entries. */
function sizeOf(value: AttributeValue): number {
  if (value.S !== undefined) return utf8(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.replace(/[-.]/g, '').length / 2) + 2;
  if (value.L !== undefined) return value.L.reduce((sum, one) => sum + 1 + sizeOf(one), 3);
  if (value.M !== undefined) return Object.entries(value.M).reduce((sum, [k, v]) => sum + 1 + utf8(k) + sizeOf(v), 3);
  return 1;
}

const itemSize = (head: RunHead): number =>
  Object.entries(marshall(toHeadItem(head))).reduce((sum, [name, value]) => sum + utf8(name) + sizeOf(value), 0);

const SCRIPTS = ['x', '表', '😀', 'é', '"\\', '\u0000', '\ud83d', '\ude00', 'añ😀表'];
const text = (most: number): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom(...SCRIPTS), fc.nat({ max: most })).map(([one, times]) => one.repeat(times));
const address = (most: number): fc.Arbitrary<string> => fc.nat({ max: most }).map((length) => 'h'.repeat(length));
const at = fc.constantFrom(null, 1_769_860_800_000);

/** What Flink and definitions say of a place, of any length; null: it is refused where it comes in. Whole characters only. */
const whole = (most: number): fc.Arbitrary<string> => text(most).map((one) => Buffer.from(one).toString());
const jmId = whole(3_000).map(
  (tmpdir) => toIdentity('jm:8081', JSON.stringify([{ key: 'web.tmpdir', value: tmpdir }])).jmId,
);
const shared = fc.tuple(fc.array(address(300), { minLength: 1, maxLength: 30 }), fc.nat()).map(([hosts, n]) => {
  const all = hosts.map((host) => `${host}x:8081`);
  if (hostsProblem(all.join(',')) !== null) return null;
  return { hosts: all.join(','), address: all[n % all.length]!, deployment: null };
});
const option = fc.oneof(fc.constant(null), whole(100));
const own = fc
  .record({
    type: fc.constantFrom('kubernetes-application', 'yarn-application'),
    pattern: whole(400),
    ids: fc.nat({ max: 30 }),
    option,
  })
  .map(({ type, pattern, ids, option: namespace }) => {
    const jobManager = ids % 5 === 4 ? null : `${pattern}${'{clusterId}{namespace}'.repeat(ids)}`;
    const properties = namespace === null ? {} : { 'kubernetes.namespace': namespace };
    if (deploymentSizeProblem({ type, jobManager, properties }) !== null) return null;
    const deployment = {
      ...newDeployment({ type, jobManager, properties }, 2_147_483_646, 'a'.repeat(32)),
      clusterId: 'i'.repeat(100),
    };
    return { hosts: jobManagerAddress(deployment), address: jobManagerAddress(deployment), deployment };
  });
const place = fc.oneof(shared, own).filter((one) => one !== null);

const born = fc
  .tuple(
    fc.record({
      name: text(4_000),
      createdBy: text(2_000),
      principal: fc.record({
        kind: fc.constantFrom<Principal['kind']>('key', 'jwt', 'none'),
        name: text(2_000),
        keyId: fc.constantFrom(null, 'k'.repeat(12)),
        sourceIp: fc.oneof(fc.constant(null), text(100)),
        requestId: text(500),
      }),
      jmId,
      savePointPath: fc.oneof(fc.constant(null), text(3_000)),
    }),
    place,
  )
  .map(([run, where]) => ({ ...run, ...where }));

const change: fc.Arbitrary<{ change: HeadChange; cause: string | null }> = fc.record({
  change: fc.record(
    {
      error: text(4_000),
      refusal: text(4_000),
      triedWhy: text(4_000),
      cancelAskedBy: text(4_000),
      otherJobId: text(4_000),
      savepoint: fc
        .tuple(text(4_000), text(4_000))
        .map(([by, path]) => doneWish(newWish('stop', 't'.repeat(32), by, 1), path, 1)),
      restart: text(4_000).map((reason) => failedRestart({ runId: 9, state: 'wanted', reason: null }, reason)),
      shownBy: jmId,
      missedBy: fc.tuple(jmId, place).map(([by, { address: there }]) => ({ jmId: by, address: there })),
      cancelAskedAt: at,
      missedAt: at,
      lastSeenAt: at,
      finishedAt: at,
      open: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 40 }),
      status: fc.constantFrom('RUNNING', 'RESTARTING', 'FAILED'),
    },
    { requiredKeys: [] },
  ),
  cause: fc.oneof(fc.constant(null), text(400)),
});

describe('the size of HEAD', () => {
  it('stays under 8 KB for any texts and any history', () => {
    fc.assert(
      fc.property(born, fc.array(change, { maxLength: 60 }), (run, changes) => {
        const what = {
          id: 2_147_483_646,
          kind: 'job',
          taskId: 2_147_483_647,
          taskVersion: 9,
          fp: 'f'.repeat(64),
        } as const;
        const how = {
          step: 2,
          clusterId: 9,
          jobId: 'a'.repeat(32),
          highAvailability: true,
          haCluster: 'c'.repeat(16),
          once: false,
        };
        let head = newRun(
          { ...what, ...how, ...run, writer: 'w'.repeat(16), nonce: 'n'.repeat(32) },
          1_769_860_800_000,
        );
        expect(itemSize(head)).toBeLessThan(MAX_BYTES);
        for (const { change: next, cause } of changes) {
          const requester =
            cause?.length === 1 ? { caller: run.createdBy } : { caller: run.createdBy, principal: run.principal };
          const event =
            cause === null ? null : { at: 1_769_860_800_000, cause, by: 'w'.repeat(16), ...requestedBy(requester) };
          head = { ...toHeadUpdate(head, next, event, 'm'.repeat(32)).next };
          expect(itemSize({ ...head, refreshedAt: 1_769_860_800_000 })).toBeLessThan(MAX_BYTES);
        }
        expect(JSON.stringify(head)).not.toMatch(/\\ud[89a-f]/i);
      }),
      { numRuns: 60 },
    );
  });
});

describe('what an update sets', () => {
  const AT = 1_769_860_800_000;
  const event = { at: AT, cause: 'seen', by: 'w1' };
  const events = (count: number): RunEvent[] =>
    Array.from({ length: count }, (_, n) => ({
      seq: n + 1,
      at: AT,
      status: 'CREATED',
      cause: 'x'.repeat(20),
      by: 'w1',
    }));

  it('is the change, and no history where nothing has happened and all fits', () => {
    expect(boundedChange(headAt(AT), { missedAt: 5 }, null)).toEqual({ missedAt: 5 });
  });

  it('is the change with its event: of the new status, or of the one that stays', () => {
    const head = headAt(AT, { status: 'CREATED', events: events(2) });
    expect(boundedChange(head, { status: 'RUNNING' }, event)).toEqual({
      status: 'RUNNING',
      events: [...events(2), { ...event, seq: 3, status: 'RUNNING' }],
    });
    expect(boundedChange(head, { missedAt: 5 }, event).events?.at(-1)).toEqual({ ...event, seq: 3, status: 'CREATED' });
  });

  it.each([1_000, 5_000])('leaves the history what the rest leaves of 8 KB, with room to spare (%i bytes)', (most) => {
    const head = headAt(AT, { hosts: 'h'.repeat(most), events: events(80) });
    const { events: folded = [], ...changed } = boundedChange(head, { missedAt: 5 }, null);
    expect(changed).toEqual({ missedAt: 5 });
    const bytes = utf8(JSON.stringify({ ...head, ...changed, events: folded }));
    // 400 bytes to spare, of which the name of the list takes ten here.
    expect(bytes).toBeLessThanOrEqual(MAX_BYTES - 390);
    // And no more is folded than must be.
    if (most === 5_000) expect(bytes).toBeGreaterThan(MAX_BYTES - 800);
    else expect(utf8(JSON.stringify(folded))).toBeGreaterThan(4_600);
    expect(utf8(JSON.stringify(folded))).toBeLessThanOrEqual(5_000);
  });
});

/** As much as each text may hold, all at once. */
describe('the largest HEAD', () => {
  const longest = 'j'.repeat(4_000);
  const hashed = toIdentity('jm:8081', JSON.stringify([{ key: 'web.tmpdir', value: longest.slice(0, 200) }])).jmId!;
  const host = (n: number): string => `${'h'.repeat(n)}:8081`;
  const ofType = { type: 'yarn-application', properties: { 'kubernetes.namespace': 'n'.repeat(63) } };
  const pattern = `${'p'.repeat(200)}{clusterId}`;
  const deployment = { ...newDeployment({ ...ofType, jobManager: pattern }, 2_147_483_646, 'a'.repeat(32)) };
  const own = { ...deployment, namespace: 'n'.repeat(63), clusterId: 'i'.repeat(100) };
  const places = [
    { hosts: [host(262), host(262), host(259)].join(','), address: host(262), deployment: null },
    { hosts: jobManagerAddress(own), address: jobManagerAddress(own), deployment: own },
  ];

  it.each(places)('is under 8 KB, and keeps its last two events: %#', (place) => {
    expect(place.deployment === null ? hostsProblem(place.hosts) : null).toBeNull();
    expect(place.deployment === null || jobManagerAddress(own).length === 300).toBe(true);
    const at = 1_769_860_800_000;
    const run = { id: 2_147_483_646, kind: 'preview', taskId: 2_147_483_647, taskVersion: 2_147_483_647 } as const;
    const how = { fp: 'f'.repeat(64), step: 2_147_483_647, clusterId: 2_147_483_647, jobId: 'a'.repeat(32) };
    const born = { ...run, ...how, ...place, highAvailability: true, once: false, forgetsEnded: true, lostAfterMs: at };
    const texts = { name: longest, createdBy: longest, jmId: hashed, savePointPath: '表'.repeat(1_000) };
    const principal = {
      kind: 'jwt',
      name: longest,
      keyId: 'k'.repeat(12),
      sourceIp: longest,
      requestId: longest,
    } as const;
    let head = newRun({ ...born, ...texts, principal, writer: 'w'.repeat(16), nonce: 'n'.repeat(32) }, at);
    const times = { cancelAskedAt: at, missedAt: at, twinSince: at, triedAt: at, endSeenAt: at, lastSeenAt: at };
    const more = {
      unreachableSince: at,
      refreshedAt: at,
      answeredAt: at,
      finishedAt: at,
      sqlRefusedSend: 99,
      sends: 99,
    };
    const said = { error: longest, refusal: longest, triedWhy: longest, cancelAskedBy: longest, otherJobId: longest };
    const who = { shownBy: hashed, missedBy: { jmId: hashed, address: place.address }, givenUpFor: 2_147_483_646 };
    const asked = { type: 'cancel', triggerId: 't'.repeat(32), askedAt: at, firstSentAt: at, sentAt: at } as const;
    const savepoint = doneWish(
      { ...newWish('cancel', 't'.repeat(32), longest, at), ...asked, missedAt: at },
      `s3://${longest}`,
      at,
    );
    const restart = failedRestart({ runId: 2_147_483_646, state: 'wanted', reason: null }, longest);
    const follows = { runId: 2_147_483_646, isWaiting: false, isGiven: false };
    const open = Array.from({ length: 60 }, (_, i) => i + 1);
    const change = {
      ...times,
      ...more,
      ...said,
      ...who,
      savepoint,
      restart,
      follows,
      open,
      status: 'INITIALIZING',
      active: 'INTENT#3',
    } as const;
    for (let n = 0; n < 5; n += 1) {
      const event = { at, cause: longest, by: 'w'.repeat(16), ...requestedBy({ caller: longest, principal }) };
      head = toHeadUpdate(head, change, event, 'm'.repeat(32)).next;
      expect(itemSize(head)).toBeLessThan(MAX_BYTES);
    }
    expect(head.events.length).toBeGreaterThanOrEqual(2);
    expect(head.events.at(-1)?.principal).toMatchObject({ kind: 'jwt', keyId: 'k'.repeat(12) });
    expect(head.error).toMatch(/^j{100}/);
  });
});

describe('what is kept with a run and may not be cut', () => {
  it("is the name of a JobManager's process: a long one is told from every other by its hash", () => {
    const named = (value: string): string | null =>
      toIdentity('jm:8081', JSON.stringify([{ key: 'web.tmpdir', value }])).jmId;
    expect(named('/tmp/flink-web-3c1d')).toBe('/tmp/flink-web-3c1d');
    const names = ['a', 'b', '表', 'ab'].map((one) => named(`${'/tmp/x'.repeat(400)}${one}`));
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(utf8(name!)).toBeLessThanOrEqual(200);
    expect(named(`${'/tmp/x'.repeat(400)}a`)).toBe(names[0]);
    expect(names[0]).toMatch(/^\/tmp\/x/);
  });

  it.each([
    ['one address', 'h'.repeat(300) + ':8081', /has 305 characters \(maximum 267\)/],
    ['all addresses', Array.from({ length: 90 }, (_, i) => `host-${i}:8081`).join(','), /\(maximum 800\)/],
  ])('is the address of a cluster, when it is defined and when a run is submitted: %s', (_what, hosts, problem) => {
    expect(hostsProblem(hosts)).toMatch(problem);
    expect(hostsProblem(hosts)!.length).toBeLessThan(250);
    const defaults = { sqlGatewayUrl: 'http://gw:8083', flinkRest: hosts };
    expect(thrownAppError(() => targetOf(aTask(), null, null, defaults)).message).toMatch(problem);
    const cluster = aCluster({ hosts });
    const told = thrownAppError(() => targetOf(aTask({ clusterId: cluster.id }), cluster, null, defaults));
    expect(told).toMatchObject({
      code: 'cluster.invalid',
      message: expect.stringContaining(`Cluster ${cluster.id} (`),
    });
  });

  it.each([
    ['namespace', { 'kubernetes.namespace': 'n'.repeat(64) }, null],
    ['port', { 'rest.port': '8'.repeat(300) }, null],
    ['address', {}, `https://${'h'.repeat(300)}/{clusterId}`],
    ['address with a long id in its place', {}, `https://h/${'{clusterId}/'.repeat(10)}`],
  ])('is the place of a cluster that a run starts: its %s', (_what, properties, jobManager) => {
    const problem = deploymentSizeProblem({ type: 'kubernetes-application', properties, jobManager });
    expect(problem).toMatch(/characters \(maximum (63|300)\); use a shorter name\.$/);
    const withPassword = `https://ada:hunter2@${'h'.repeat(300)}/{clusterId}`;
    const told = deploymentSizeProblem({ type: 'yarn-application', properties, jobManager: withPassword });
    expect(told).not.toContain('hunter2');
    if (jobManager !== null) expect(jobManagerProblem(jobManager)).toBe(problem);
    const namespace = { kubernetesConfig: { configuration: properties } };
    const { problems } = readDeployConfig('kubernetes-application', namespace);
    expect(problems.length > 0).toBe('kubernetes.namespace' in properties);
  });
});

describe('a submit of a run that starts its own cluster', () => {
  const type = 'kubernetes-application';
  const asked = (namespace: string, jobManager: string | null = null): unknown => {
    const target = { hosts: '', gatewayUrl: 'http://gw:8083', clusterId: null, clusterConfig: {} };
    const layers = { flinkConfig: { 'kubernetes.namespace': namespace }, variables: [], databases: [] };
    return prepareRun({
      ...{ task: aTask({ type, dialect: 'FlinkSql' }), target: { ...target, deploy: { type, jobManager } } },
      ...{ ...layers, clusterConfiguration: null, envTask: null, request: { variables: {}, savePointPath: null } },
    });
  };

  it('is refused where its namespace or its address is too long, whichever layer says so', () => {
    expect(() => asked('n'.repeat(63))).not.toThrow();
    const long = thrownAppError(() => asked('n'.repeat(64)));
    expect(long.code).toBe('cluster.invalid');
    expect(long.message).toMatch(/^Task 1 \(.*\): kubernetes\.namespace "n+…" has 64 characters/);
    expect(thrownAppError(() => asked('n', `${'h'.repeat(400)}{clusterId}:80`)).message).toMatch(
      /JobManager's address/,
    );
  });
});

describe('a text that is cut', () => {
  it('keeps whole characters, says that it was cut, and takes no more than it may', () => {
    fc.assert(
      fc.property(text(500), fc.integer({ min: 3, max: 400 }), (whole, most) => {
        const cut = cutText(whole, most);
        expect(utf8(cut)).toBeLessThanOrEqual(most);
        expect(Buffer.from(cut).toString()).toBe(cut);
        const wellFormed = Buffer.from(whole).toString();
        if (utf8(wellFormed) <= most) expect(cut).toBe(wellFormed);
        else expect(cut.endsWith('…') && wellFormed.startsWith(cut.slice(0, -1))).toBe(true);
      }),
    );
  });
});
