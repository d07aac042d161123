/**
 * Whether a script failed before the gateway asked anybody to make a cluster for it (protocol.md section 11). What counts is
 * where it failed, not with which text: the frames of the thread that handled the request, read from its start upwards.
 *
 *   SqlGatewayException: Failed to deploy script to cluster.       the gateway's own, without a word of anybody else's
 *       at ...SqlGatewayServiceImpl.deployScript(...)
 *       at ...DeployScriptHandler.handleRequest(...)               the start
 *       ...
 *   Caused by: <what went wrong>                                   any text, of any number of lines
 *       at ...                                                     where it was thrown
 *       at ...KubernetesJobManagerFactory.build...(...)            the branch: the objects are only being written down
 *       at ...KubernetesClusterDescriptor.deployClusterInternal()  the trunk: every cluster is made this way
 *       ... 44 more                                                as many as the exception above has below
 *
 * As in where-it-failed.ts, a frame of code that makes a cluster counts anywhere in the trace.
 */
import { bottomOf, CAUSED_BY, END, readLine, type Stack, stacksOf, START, startsWithAny } from './where-it-failed.ts';

const PACKAGE = 'org.apache.flink.';
const HANDLER = `${PACKAGE}table.gateway.rest.handler.application.DeployScriptHandler.handleRequest`;
const SERVICE = `${PACKAGE}table.gateway.service.SqlGatewayServiceImpl.deployScript`;
const DEPLOYER = `${PACKAGE}client.deployment.application.cli.ApplicationClusterDeployer.run`;
const STANDALONE = `${PACKAGE}client.deployment.StandaloneClusterDescriptor.deployApplicationCluster`;
const KUBERNETES = `${PACKAGE}kubernetes.KubernetesClusterDescriptor.`;
const KUBERNETES_CLIENT = `${PACKAGE}kubernetes.kubeclient.Fabric8FlinkKubeClient.`;
const YARN = `${PACKAGE}yarn.YarnClusterDescriptor.`;

/** The way from the request to the first thing that is made. */
const TRUNK = [
  HANDLER,
  SERVICE,
  DEPLOYER,
  STANDALONE,
  `${KUBERNETES}deployApplicationCluster`,
  `${KUBERNETES}deployClusterInternal`,
  `${YARN}deployApplicationCluster`,
  `${YARN}deployInternal`,
];

/** Branches that end before anything is made: they read options or look at existing objects. */
const BRANCHES = [
  'java.net.URI.create',
  `${PACKAGE}table.gateway.service.session.`,
  `${PACKAGE}client.deployment.DefaultClusterClientServiceLoader.getClusterClientFactory`,
  `${PACKAGE}client.deployment.AbstractContainerizedClusterClientFactory.getClusterSpecification`,
  `${PACKAGE}client.deployment.application.ApplicationConfiguration.applyToConfiguration`,
  `${PACKAGE}client.program.PackagedProgramUtils.`,
  `${PACKAGE}configuration.`,
  `${PACKAGE}runtime.jobmanager.HighAvailabilityMode.`,
  `${PACKAGE}util.Preconditions.`,
  `${PACKAGE}kubernetes.KubernetesClusterClientFactory.`,
  `${PACKAGE}kubernetes.artifact.`,
  `${PACKAGE}kubernetes.configuration.`,
  `${PACKAGE}kubernetes.kubeclient.factory.`,
  `${PACKAGE}kubernetes.kubeclient.parameters.`,
  `${PACKAGE}kubernetes.utils.`,
  `${KUBERNETES}lambda$deployApplicationCluster`,
  `${KUBERNETES}lambda$deployClusterInternal`,
  `${KUBERNETES_CLIENT}getService`,
  `${PACKAGE}yarn.YarnClusterClientFactory.`,
  `${PACKAGE}yarn.configuration.`,
  `${YARN}isReadyForDeployment`,
  `${YARN}checkYarnQueues`,
  `${YARN}validateClusterResources`,
];

/** Frames of those who may have made something: also where another thread waited for them ("Suppressed: ...: waiting here"). */
const MADE = [
  `${KUBERNETES_CLIENT}createJobManagerComponent`,
  `${KUBERNETES}createClusterClientProvider`,
  `${KUBERNETES}lambda$createClusterClientProvider`,
  `${YARN}startAppMaster`,
  'org.apache.hadoop.yarn.client.api.impl.YarnClientImpl.submitApplication',
  `${PACKAGE}client.program.rest.`,
];

/** Calls back what it was given. */
const JAVA_IN_BETWEEN = 'java.util.';

/** It exists already, but that proves nothing about this request. */
const IS_THERE = ' already exists';

/** A whole answer about a script, and nobody had been asked for a cluster. */
export function failedBeforeDeploy(trace: string): boolean {
  const texts = trace.split('\n');
  const isWhole = texts[0] === START && texts.findLast((text) => text !== '') === END;
  const lines = texts.map(readLine);
  if (!isWhole || MADE.some((frame) => trace.includes(frame))) return false;
  const first = firstStack(lines.slice(2).map(({ frame }) => frame));
  if (first === null) return false;
  const causes = texts.filter((text) => text.startsWith(CAUSED_BY));
  // Stryker disable next-line StringLiteral: a whole trace has two lines at least; the compiler does not know that
  return isBefore(first, stacksOf(lines), causes.at(-1) ?? texts[1] ?? '', causes.length);
}

/** The exception of the request itself: its one line of text, with all its frames. */
function firstStack(frames: readonly (string | null)[]): Stack | null {
  const end = frames.findIndex((frame) => frame === null);
  // Stryker disable next-line MethodExpression,ConditionalExpression: for the compiler; `end` is at the first null
  const all = frames.slice(0, end).filter((frame) => frame !== null);
  const start = all.findIndex((frame) => frame.startsWith(HANDLER));
  if (start < 0) return null;
  return { frames: all.slice(0, start + 1), more: all.length - start - 1, length: all.length };
}

/** `header` of the last of `causesLeft` causes. Where there are several that it could be, some are text of a message: each must be before. */
function isBefore(stack: Stack, all: readonly Stack[], header: string, causesLeft: number): boolean {
  const branch = stack.frames.findLast((frame) => !startsWithAny(frame, TRUNK) && !frame.startsWith(JAVA_IN_BETWEEN));
  if (branch !== undefined) return startsWithAny(branch, BRANCHES);
  // An exception that the trunk throws itself refuses the request, unless it wraps another one.
  if (causesLeft === 0) return !header.includes(IS_THERE);
  const [top] = stack.frames;
  const more = stack.frames.length + stack.more - 1;
  const causes = all.filter((cause) => cause.more === more && bottomOf(cause) === top);
  return causes.length > 0 && causes.every((cause) => isBefore(cause, all, header, causesLeft - 1));
}
