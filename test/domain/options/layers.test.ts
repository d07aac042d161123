/** Flink's options of a run: which layer wins, what SET and RESET leave, and what a task may not set. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applySettings, effectiveOptions, type Layers, mergeLayers } from '../../../lib/domain/options/layers.ts';
import { checkOptions } from '../../../lib/domain/options/refused.ts';
import { thrownAppError } from '../../builders/app-error-of.ts';
import { aClusterConfiguration, aTask } from '../../fakes/memory-definitions.ts';

const custom = (customConfig: Record<string, string>) => ({ configJson: { customConfig, udfRefer: {} } });
const stacked = (layers: Partial<Layers>) =>
  mergeLayers({
    deployment: {},
    cluster: {},
    clusterTitle: '3 (prod)',
    clusterConfiguration: null,
    task: aTask(),
    ...layers,
  });
const merged = (layers: Partial<Layers>): Readonly<Record<string, string>> => stacked(layers).options;

const OF_TASK = { 'pipeline.name': 'demo', 'execution.runtime-mode': 'STREAMING' };

describe('the layers', () => {
  it('of a cluster configuration that a gateway can not be given are refused, by its name', () => {
    const clusterConfiguration = aClusterConfiguration({ configJson: { appConfig: { other: 'x' } } });
    const task = aTask({ type: 'kubernetes-application' });
    expect(thrownAppError(() => merged({ clusterConfiguration, task }))).toMatchObject({
      code: 'cluster.invalid',
      message: expect.stringMatching(/^Cluster configuration 5 \(k8s\): appConfig\.other can't be used: /) as string,
    });
  });

  it('come one above the other: deployment, cluster, cluster configuration, fields of the task, its customConfig', () => {
    const all = (value: string, ...keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, value]));
    const name = 'pipeline.name';
    const clusterConfiguration = aClusterConfiguration({
      configJson: { flinkConfig: { configuration: all('configuration', 'c', 'd', 'e', name) } },
    });
    const layers = {
      deployment: all('deployment', 'a', 'b', 'c', 'd', 'e', name),
      cluster: all('cluster', 'b', 'c', 'd', 'e', name),
      clusterConfiguration,
    };
    expect(merged({ ...layers, task: aTask(custom({ e: 'custom' })) })).toEqual({
      ...{ a: 'deployment', b: 'cluster', c: 'configuration', d: 'configuration', e: 'custom', ...OF_TASK },
    });
    expect(merged({ ...layers, task: aTask(custom({ [name]: 'custom' })) })[name]).toBe('custom');
    expect(stacked({ ...layers, task: aTask(custom({ e: 'custom' })) }).origins).toEqual({
      'FLINK_CONFIG of the deployment': ['a'],
      'config of cluster 3 (prod)': ['b'],
      'cluster configuration 5 (k8s)': ['c', 'd'],
      'name of task 1': [name],
      'batchModel of task 1': ['execution.runtime-mode'],
      'customConfig of task 1': ['e'],
    });
  });

  it('of any names and values: each option that counts has one origin, and what is in no layer has none', () => {
    const options = fc.dictionary(
      fc.constantFrom('a', 'b', 'pipeline.name', '__proto__', 'parallelism.default'),
      fc.string(),
    );
    fc.assert(
      fc.property(options, options, options, (deployment, cluster, own) => {
        const all = stacked({ deployment, cluster, task: aTask({ ...custom(own), parallelism: 4 }) });
        const named = Object.values(all.origins).flat();
        expect(named.toSorted()).toEqual(Object.keys(all.options).toSorted());
        for (const [key, value] of Object.entries(own)) {
          expect(all.options[key]).toBe(value);
          expect(all.origins['customConfig of task 1']).toContain(key);
        }
      }),
    );
  });

  it('of a cluster configuration hold its list above its map', () => {
    const flinkConfig = { configuration: { a: 'map', b: 'map' }, flinkConfigList: [{ name: 'b', value: 'list' }] };
    const clusterConfiguration = aClusterConfiguration({ configJson: { flinkConfig } });
    expect(merged({ clusterConfiguration })).toEqual({ a: 'map', b: 'list', ...OF_TASK });
  });

  it('hold what the fields of a task say, and nothing for those that say nothing', () => {
    expect(merged({})).toEqual(OF_TASK);
    const task = aTask({ batchModel: true, parallelism: 4, checkpoint: 5_000, allowNonRestoredState: true });
    expect(merged({ task })).toMatchObject({
      ...{ 'execution.runtime-mode': 'BATCH', 'parallelism.default': '4' },
      'execution.checkpointing.interval': '5000 ms',
    });
    expect(Object.values(merged({ task })).filter((value) => value === 'true')).toHaveLength(1);
    const other = merged({ task: aTask({ allowNonRestoredState: false }) });
    expect(other).toEqual(OF_TASK);
  });

  it('name the application only where the run makes one on YARN', () => {
    const named = (type: string): string | undefined => {
      const clusterConfiguration = aClusterConfiguration({ type });
      return merged({ task: aTask({ type }), clusterConfiguration })['yarn.application.name'];
    };
    expect(['yarn-application', 'yarn-per-job', 'yarn-session'].map(named)).toEqual(['demo', 'demo', undefined]);
    expect(['kubernetes-application', 'local'].map(named)).toEqual([undefined, undefined]);
  });

  it.each(['execution.savepoint.path', 'execution.state-recovery.path'])(
    'that are not of one task start no job from the state in %s',
    (key) => {
      const options = { [key]: 's3://sp', x: 'y' };
      const clusterConfiguration = aClusterConfiguration({ configJson: { flinkConfig: { configuration: options } } });
      expect(merged({ deployment: options, cluster: options, clusterConfiguration })).toEqual({ x: 'y', ...OF_TASK });
    },
  );

  it('know one option by one name', () => {
    const [old, now] = ['kubernetes.container.image', 'kubernetes.container.image.ref'];
    expect(merged({ deployment: { [old]: 'a' } })).toEqual({ [now]: 'a', ...OF_TASK });
    expect(merged({ deployment: { [now]: 'a' }, task: aTask(custom({ [old]: 'b' })) })[now]).toBe('b');
  });
});

describe('SET and RESET', () => {
  const layers = { a: '1', b: '2' };
  const set = (key: string, value: string) => ({ action: 'set', key, value }) as const;
  const reset = (key: string) => ({ action: 'reset', key }) as const;

  it('count in their order, and take away what came from elsewhere', () => {
    expect(applySettings(layers, [])).toEqual(layers);
    expect(applySettings(layers, [set('c', '3'), set('a', '0'), reset('b')])).toEqual({ a: '0', c: '3' });
    expect(applySettings(layers, [reset('b'), set('b', '9')])).toEqual({ a: '1', b: '9' });
    expect(applySettings(layers, [set('c', '3'), { action: 'resetAll' }, set('d', '4')])).toEqual({ d: '4' });
    expect(applySettings(layers, [{ action: 'show' } as never])).toEqual(layers);
  });

  it('are shown masked, and cut where the statement has them in full', () => {
    const long = 'x'.repeat(1_001);
    const settings = [set('a', long), set('c', 'x'.repeat(1_000)), set('p', `secret${long}`)];
    const mask = (options: Readonly<Record<string, string>>) => {
      expect(options['p']).toBe(`secret${long}`);
      return { ...options, p: '***' };
    };
    expect(effectiveOptions({ ...layers, b: long }, settings, mask)).toEqual({
      ...{ a: `${'x'.repeat(1_000)}…`, b: long, c: 'x'.repeat(1_000), p: '***' },
    });
  });
});

describe('an option that a task may not set', () => {
  it.each([
    ...['$internal.pipeline.job-id', 'rest.address', 'rest.port', 'high-availability', 'high-availability.type'],
    ...['recovery.mode', 'security.ssl.enabled', 'execution.target', 'table.dml-sync'],
    ...['execution.savepoint.path', 'execution.state-recovery.path', ' REST.Address '],
  ])('is named with the reason: "%s"', (key) => {
    const { code, message } = thrownAppError(() => checkOptions({ a: 'b', [key]: 'x' }, 'SET in line 3'));
    expect(code).toBe('config.refused');
    expect(message).toMatch(/^The SET in line 3 sets "/);
    expect(message).toMatch(/"\s?[^"]+\s?" \([^)]{10,}\), which a task may not set\. Remove it\.$/);
    expect(message).toContain(`"${key}" (`);
    const task = aTask(custom({ [key]: 'x' }));
    expect(thrownAppError(() => merged({ task })).message).toContain('customConfig of task 1');
  });

  it('is told beside all others of its place', () => {
    const options = { 'rest.port': '1', 'execution.target': 'x' };
    expect(thrownAppError(() => checkOptions(options, 'SET')).message).toMatch(
      /"rest\.port" \(.*\), "execution\.target" \(/,
    );
  });

  it.each(['rest', 'restart-strategy.type', 'execution.target.x', 'table.dml-sync.x', 'securityx', 'highavailability'])(
    'is none of those that only look like it: %s',
    (key) => {
      expect(() => checkOptions({ [key]: 'x' }, 'SET')).not.toThrow();
    },
  );

  it.each(['kubernetes.cluster-id', 'yarn.application.id'])('is %s where a run makes its own cluster', (key) => {
    const type = key.startsWith('yarn') ? 'yarn-application' : 'kubernetes-application';
    const clusterConfiguration = aClusterConfiguration({ type });
    const task = aTask({ type, ...custom({ [key]: 'x' }) });
    const { code, message } = thrownAppError(() => merged({ task, clusterConfiguration }));
    expect([code, message]).toEqual(['config.refused', expect.stringContaining(`"${key}"`)]);
    expect(merged({ task: aTask(custom({ [key]: 'x' })) })[key]).toBe('x');
  });
});
