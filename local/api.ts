import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Child, Children } from './children.ts';
import { LOCAL_AWS } from './dynamodb.ts';
import { ROOT } from './paths.ts';
import { freePorts } from './ports.ts';
import { getJson, waitUntil } from './wait-until.ts';

const SERVERLESS = join(ROOT, 'node_modules', 'serverless', 'bin', 'serverless.js');
const GUARDS = ['refuse-web-pages.mjs', 'hide-keys.mjs'].map((name) => join(ROOT, 'local', name));
const READY_MS = 90_000;
/** Otherwise a function that is idle for a minute would be loaded again, as at a cold start. */
const KEEP_LOADED_SEC = 3_600;

export interface ApiOptions {
  port: number;
  dynamodbUrl: string;
  sqlGatewayUrl: string;
  /** host:port of the default session cluster. */
  flinkRest: string;
  /** Secrets of tasks (docs/guide/secrets.md). The file need not exist. */
  secretsFile: string;
  children: Children;
  logFile: string;
  auth?: 'none' | 'keys';
  adhoc?: boolean;
  /** They win over those set here. */
  env?: NodeJS.ProcessEnv;
}

export interface Api {
  url: string;
  /** Where the function `scheduled` is invoked. */
  scheduledUrl: string;
  process: Child;
}

/** The functions of serverless.yml behind HTTP, without an AWS account; waits until it answers. */
export async function startApi(options: ApiOptions): Promise<Api> {
  const url = `http://127.0.0.1:${options.port}`;
  const [lambdaPort = 0, albPort = 0, websocketPort = 0] = await freePorts(3);
  const process = options.children.start({
    name: 'The API',
    command: globalThis.process.execPath,
    args: [
      ...GUARDS.flatMap((guard) => ['--import', pathToFileURL(guard).href]),
      SERVERLESS,
      'offline',
      ...argsOf({ httpPort: options.port, lambdaPort, albPort, websocketPort }),
      '--param',
      `auth=${options.auth ?? 'none'}`,
      '--param',
      `adhoc=${options.adhoc ?? false}`,
    ],
    logFile: options.logFile,
    env: environment(options),
    cwd: ROOT,
  });
  const isUp = async (): Promise<boolean> => (await getJson(`${url}/openapi/version`, 10_000)) !== undefined;
  await waitUntil('The API', isUp, { timeoutMs: READY_MS, needs: [process] });
  const scheduledUrl = `http://127.0.0.1:${lambdaPort}/2015-03-31/functions/dinghy-local-scheduled/invocations`;
  return { url, scheduledUrl, process };
}

function argsOf(ports: Record<string, number>): string[] {
  const settings = { stage: 'local', host: '127.0.0.1', terminateIdleLambdaTime: KEEP_LOADED_SEC, ...ports };
  return [
    ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    '--noPrependStageInUrl',
    // Secrets of the kind env:DINGHY_SECRET_…
    '--localEnvironment',
  ];
}

/** Without the AWS variables of the shell: nothing here may reach an account. */
function environment({ dynamodbUrl, sqlGatewayUrl, flinkRest, secretsFile, env }: ApiOptions): NodeJS.ProcessEnv {
  const inherited = Object.entries(globalThis.process.env).filter(
    ([name]) => !name.startsWith('AWS_') || name.startsWith('AWS_SDK_JS_'),
  );
  return {
    ...Object.fromEntries(inherited),
    ...LOCAL_AWS,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL_DYNAMODB: dynamodbUrl,
    SQL_GATEWAY_URL: sqlGatewayUrl,
    FLINK_REST: flinkRest,
    SECRET_STORE: 'file',
    SECRETS_FILE: secretsFile,
    SECRETS_ENV: 'true',
    JAR_FILES: 'allowed',
    JAR_HOSTS: '127.0.0.1,localhost',
    METRICS: 'false',
    SLS_TELEMETRY_DISABLED: '1',
    SLS_NOTIFICATIONS_MODE: 'off',
    ...env,
  };
}
