/** GET /health: shows everybody that the function answers. */
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

export function health(): Promise<APIGatewayProxyStructuredResultV2> {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return Promise.resolve({ statusCode: 200, headers, body: JSON.stringify({ status: 'ok' }) });
}
