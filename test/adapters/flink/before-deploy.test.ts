/** A script was refused before a cluster was asked for: told by where it failed, and not known of any other place. */
import { describe, expect, it } from 'vitest';
import { failedBeforeDeploy } from '../../../lib/adapters/flink/before-deploy.ts';

const FLINK = 'org.apache.flink.';
const START = '<Exception on server side:';
const END = 'End of exception on server side>';
const at = (frame: string): string => `\tat ${frame}(X.java:1)`;
const HANDLER = at(`${FLINK}table.gateway.rest.handler.application.DeployScriptHandler.handleRequest`);
const SERVICE = at(`${FLINK}table.gateway.service.SqlGatewayServiceImpl.deployScript`);
const DEPLOYER = at(`${FLINK}client.deployment.application.cli.ApplicationClusterDeployer.run`);
const KUBERNETES = at(`${FLINK}kubernetes.KubernetesClusterDescriptor.deployClusterInternal`);
const TEXT = `${FLINK}table.gateway.service.utils.SqlGatewayException: Failed to deploy script to cluster.`;

const trace = (...frames: readonly string[]): string => [START, TEXT, ...frames, END].join('\n');
/** Thrown here, below the way that every cluster is made. */
const thrownIn = (frame: string): string =>
  trace(at(frame), KUBERNETES, DEPLOYER, SERVICE, HANDLER, at('io.netty.X.y'));

const URI = at('java.net.URI.create');
/** The trunk threw it and had caught something, whose frames and their number are these. Two of the trunk's lie below. */
const wrapping = (more: number, ...frames: readonly string[]): string =>
  trace(SERVICE, HANDLER, at('io.netty.X.y'), 'Caused by: a.B: c', ...frames, `\t... ${more} more`);

describe('nobody was asked for a cluster', () => {
  it.each([
    'java.net.URI.create',
    `${FLINK}configuration.Configuration.get`,
    `${FLINK}client.deployment.DefaultClusterClientServiceLoader.getClusterClientFactory`,
    `${FLINK}kubernetes.kubeclient.parameters.KubernetesJobManagerParameters.getServiceAccount`,
    `${FLINK}kubernetes.utils.KubernetesUtils.checkJobManagerReplicas`,
    `${FLINK}kubernetes.kubeclient.Fabric8FlinkKubeClient.getService`,
    `${FLINK}yarn.YarnClusterDescriptor.checkYarnQueues`,
    `${FLINK}yarn.YarnClusterDescriptor.isReadyForDeployment`,
  ])('where %s has failed', (frame) => {
    expect(failedBeforeDeploy(thrownIn(frame))).toBe(true);
    expect(failedBeforeDeploy(`${thrownIn(frame)}\n\n`)).toBe(true);
  });

  it('where Java calls back what it was given, and where the trunk refuses by itself', () => {
    expect(failedBeforeDeploy(thrownIn('java.util.Optional.map'))).toBe(true);
    expect(failedBeforeDeploy(trace(SERVICE, HANDLER))).toBe(true);
    expect(failedBeforeDeploy(trace(HANDLER))).toBe(true);
    expect(failedBeforeDeploy(trace(URI, HANDLER.replace('handleRequest(', 'handleRequestOnce(')))).toBe(true);
  });
});

describe('what the trunk has caught', () => {
  it('is what failed: it tells where', () => {
    expect(failedBeforeDeploy(wrapping(2, URI, DEPLOYER, SERVICE))).toBe(true);
    expect(failedBeforeDeploy(wrapping(2, at('com.example.Catalog.open'), DEPLOYER, SERVICE))).toBe(false);
  });

  it.each<[string, string]>([
    ['fewer frames below it than the trunk has', wrapping(1, URI, DEPLOYER, SERVICE)],
    ['more frames below it', wrapping(3, URI, DEPLOYER, SERVICE)],
    ['another start', wrapping(2, URI, DEPLOYER, HANDLER)],
    ['no start', wrapping(2, URI)],
  ])('is text of a message if it has %s', (_what, text) => {
    expect(failedBeforeDeploy(text)).toBe(false);
  });
});

describe('it is not known whether somebody was asked', () => {
  it.each([
    'com.example.Catalog.open',
    `${FLINK}kubernetes.KubernetesClusterDescriptor.killCluster`,
    `${FLINK}kubernetes.kubeclient.Fabric8FlinkKubeClient.createTaskManagerPod`,
    `${FLINK}yarn.YarnClusterDescriptor.setApplicationTags`,
    `${FLINK}runtime.rest.RestClient.sendRequest`,
    'io.fabric8.kubernetes.client.dsl.internal.OperationSupport.handleCreate',
    'java.lang.Thread.run',
  ])('where %s has failed', (frame) => {
    expect(failedBeforeDeploy(thrownIn(frame))).toBe(false);
  });

  it.each<[string, string]>([
    [
      'where somebody has made something, wherever that stands',
      `${thrownIn('java.net.URI.create').slice(0, -END.length)}\tSuppressed: x\n${at(`${FLINK}yarn.YarnClusterDescriptor.startAppMaster`)}\n${END}`,
    ],
    [
      'where it is there already',
      trace(SERVICE, HANDLER).replace('Failed to deploy', 'It already exists: failed to deploy'),
    ],
    ['of a trace that has no start', [TEXT, at('java.net.URI.create'), SERVICE, HANDLER, END].join('\n')],
    ['of a trace that begins otherwise', ['x', TEXT, at('java.net.URI.create'), SERVICE, HANDLER, END].join('\n')],
    ['of a trace that was cut', trace(at('java.net.URI.create'), SERVICE, HANDLER).slice(0, -3)],
    ['of a class whose name only ends so', trace(URI, HANDLER.replace('org.', 'com.example.org.'))],
    ['of another request', trace(at('java.net.URI.create'), SERVICE)],
  ])('%s', (_what, text) => {
    expect(failedBeforeDeploy(text)).toBe(false);
  });
});
