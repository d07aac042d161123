import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { shownAddress } from '../lib/domain/secrets/shown-address.ts';
import { STATE_DIR } from './paths.ts';
import { StartError } from './start-error.ts';

export interface StackOptions {
  /** Who may call: everybody on this machine, or callers with an API key. */
  auth: 'none' | 'keys';
  /** Whether they may run statements and jars without a stored task. */
  adhoc: boolean;
  port: number;
  dynamodb: { url: string } | { port: number };
  flink: { restUrl: string; gatewayUrl: string } | { version: string; restPort: number; gatewayPort: number };
  dataDir: string;
}

export const HELP = `npm start -- [options]      Dinghy on this machine: a real Flink, an embedded DynamoDB, the API

  --port N               port of the API (8888)
  --flink-version V      Flink to run (2.3.0)
  --flink-port N         port of Flink's web UI and REST API (8081)
  --gateway-port N       port of Flink's SQL gateway (8083)
  --dynamodb-port N      port of the embedded DynamoDB (8000)
  --data-dir DIR         where logs, tables and savepoints are kept (.dinghy)
  --auth none|keys       keys: calls need an API key, as in a deployment (none)
  --adhoc                executeSql and executeJar run what they are sent; without it only stored tasks run

  --flink-rest URL       use a Flink that runs already ...
  --sql-gateway URL      ... through its SQL gateway (both or neither; no Flink is started)
  --dynamodb URL         use a DynamoDB that runs already
  --help                 this text`;

const OPTIONS = {
  port: { type: 'string', default: '8888' },
  'flink-version': { type: 'string', default: '2.3.0' },
  'flink-port': { type: 'string', default: '8081' },
  'gateway-port': { type: 'string', default: '8083' },
  'dynamodb-port': { type: 'string', default: '8000' },
  'data-dir': { type: 'string', default: STATE_DIR },
  auth: { type: 'string', default: 'none' },
  adhoc: { type: 'boolean', default: false },
  'flink-rest': { type: 'string' },
  'sql-gateway': { type: 'string' },
  dynamodb: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** The options of `npm start`, or 'help'. @throws StartError that names a bad option */
export function readOptions(args: readonly string[]): StackOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const dynamodbUrl = values.dynamodb;
  return {
    port: readPort('--port', values.port),
    dynamodb:
      dynamodbUrl === undefined
        ? { port: readPort('--dynamodb-port', values['dynamodb-port']) }
        : { url: readUrl('--dynamodb', dynamodbUrl) },
    flink: readFlink(values),
    dataDir: resolve(values['data-dir']),
    auth: readAuth(values.auth),
    adhoc: values.adhoc,
  };
}

type Values = ReturnType<typeof parse>;

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true }).values;
  } catch (error) {
    // Node adds advice on "--", which does not help here.
    const problem = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw new StartError(`${problem.replace(/\.$/, '')}. See npm start -- --help`, { cause: error });
  }
}

function readFlink(values: Values): StackOptions['flink'] {
  const restUrl = values['flink-rest'];
  const gatewayUrl = values['sql-gateway'];
  if (restUrl !== undefined && gatewayUrl !== undefined) {
    return { restUrl: readUrl('--flink-rest', restUrl), gatewayUrl: readUrl('--sql-gateway', gatewayUrl) };
  }
  if (restUrl !== undefined || gatewayUrl !== undefined) {
    throw new StartError(
      'Give --flink-rest and --sql-gateway together. With neither of them, npm start starts a Flink.',
    );
  }
  return {
    version: values['flink-version'],
    restPort: readPort('--flink-port', values['flink-port']),
    gatewayPort: readPort('--gateway-port', values['gateway-port']),
  };
}

function readAuth(text: string): StackOptions['auth'] {
  if (text === 'none' || text === 'keys') return text;
  throw new StartError(`--auth ${text}: write none or keys.`);
}

function readPort(option: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new StartError(`${option} ${text}: a port is a number from 1 to 65535.`);
}

function readUrl(option: string, text: string): string {
  if (!/^https?:\/\/./.test(text) || !URL.canParse(text)) {
    throw new StartError(`${option} ${shownAddress(text)}: write a URL such as http://127.0.0.1:8081`);
  }
  return text.replace(/\/+$/, '');
}
