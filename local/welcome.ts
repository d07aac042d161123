import { LOCAL_ENDPOINT, LOCAL_JOBS_TABLE, LOCAL_TABLE } from '../cli/local-stack.ts';
import { shownAddress } from '../lib/domain/secrets/shown-address.ts';
import type { StackUrls } from './stack.ts';

/** What `npm start` says when everything answers. A test holds its calls to the routes of serverless.yml. */
export function welcome(urls: StackUrls, tookMs: number, auth: 'none' | 'keys' = 'none'): string {
  const { apiUrl, restUrl, gatewayUrl, dynamodbUrl } = urls;
  const where =
    dynamodbUrl === LOCAL_ENDPOINT ? '--local' : `--endpoint ${shownAddress(dynamodbUrl)} --table ${LOCAL_TABLE}`;
  const withKey = auth === 'none' ? '' : ` -H "dinky-token: $KEY"`;
  const makeKey =
    auth === 'none'
      ? ''
      : `\n  Make a key           npx dinghy keys create me ${keyTables(dynamodbUrl)}; then KEY=dk_...`;
  return `
Dinghy is ready (${Math.round(tookMs / 1000)} s).
${makeKey}
  Start a task         curl${withKey} '${apiUrl}/openapi/submitTask?id=1'
  Look at its run      curl${withKey} '${apiUrl}/openapi/getJobInstanceByTaskId?id=1'
  Stop it              curl${withKey} '${apiUrl}/openapi/cancel?id=1'

  Flink's web UI       ${shownAddress(restUrl)}
  SQL gateway          ${shownAddress(gatewayUrl)}
  DynamoDB             ${shownAddress(dynamodbUrl)}
  Tasks                examples/examples.yaml; after a change: npx dinghy apply examples ${where}

Ctrl-C stops everything.
`;
}

function keyTables(dynamodbUrl: string): string {
  if (dynamodbUrl === LOCAL_ENDPOINT) return '--local';
  return `--endpoint ${shownAddress(dynamodbUrl)} --table ${LOCAL_TABLE} --jobs-table ${LOCAL_JOBS_TABLE}`;
}
