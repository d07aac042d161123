import { stackWords } from '../cli/running-stack.ts';
import { shownAddress } from '../lib/domain/secrets/shown-address.ts';
import type { StackOptions } from './options.ts';
import type { StackUrls } from './stack.ts';

interface Started {
  readonly urls: StackUrls;
  readonly tookMs: number;
  readonly options: Pick<StackOptions, 'auth' | 'dataDir'>;
}

/** The text of `npm start` when all parts answer. A test compares its calls with the routes of serverless.yml. */
export function welcome({ urls, tookMs, options: { auth, dataDir } }: Started): string {
  const { apiUrl, restUrl, gatewayUrl, dynamodbUrl } = urls;
  const here = stackWords(dataDir);
  const withKey = auth === 'none' ? '' : ` -H "dinky-token: $KEY"`;
  const makeKey = auth === 'none' ? '' : `\n  Make a key           npx dinghy keys create me ${here}; then KEY=dk_...`;
  return `
Dinghy is ready (${Math.round(tookMs / 1000)} s).
${makeKey}
  Start a task         curl${withKey} '${apiUrl}/openapi/submitTask?id=1'
  Look at its run      curl${withKey} '${apiUrl}/openapi/getJobInstanceByTaskId?id=1'
  Stop it              curl${withKey} '${apiUrl}/openapi/cancel?id=1'

  Flink's web UI       ${shownAddress(restUrl)}
  SQL gateway          ${shownAddress(gatewayUrl)}
  DynamoDB             ${shownAddress(dynamodbUrl)}
  Tasks                examples/examples.yaml; after a change: npx dinghy apply examples ${here}

Ctrl-C stops everything.
`;
}
