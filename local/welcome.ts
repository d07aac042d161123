import { LOCAL_ENDPOINT, LOCAL_TABLE } from '../cli/local-stack.ts';
import { shownAddress } from '../lib/domain/secrets/shown-address.ts';
import type { StackUrls } from './stack.ts';

/** What `npm start` says when everything answers. A test holds its calls to the routes of serverless.yml. */
export function welcome({ apiUrl, restUrl, gatewayUrl, dynamodbUrl }: StackUrls, tookMs: number): string {
  const where =
    dynamodbUrl === LOCAL_ENDPOINT ? '--local' : `--endpoint ${shownAddress(dynamodbUrl)} --table ${LOCAL_TABLE}`;
  return `
Dinghy is ready (${Math.round(tookMs / 1000)} s).

  Start a task         curl '${apiUrl}/openapi/submitTask?id=1'
  Look at its run      curl '${apiUrl}/openapi/getJobInstanceByTaskId?id=1'
  Stop it              curl '${apiUrl}/openapi/cancel?id=1'

  Flink's web UI       ${shownAddress(restUrl)}
  SQL gateway          ${shownAddress(gatewayUrl)}
  DynamoDB             ${shownAddress(dynamodbUrl)}
  Tasks                examples/examples.yaml; after a change: npx dinghy apply examples ${where}

Ctrl-C stops everything.
`;
}
