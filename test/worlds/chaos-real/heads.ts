/** Every run that DynamoDB has, read past the proxies. */
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { RunHead } from '../../../lib/domain/run/run.ts';
import type { RealWorld } from './real-world.ts';

export async function readHeads({ dynamo, direct }: RealWorld): Promise<ReadonlyMap<number, RunHead>> {
  const heads = new Map<number, RunHead>();
  let after: Record<string, never> | undefined;
  do {
    const page = await dynamo.client.send(
      new ScanCommand({
        TableName: dynamo.jobsTable,
        FilterExpression: 'sk = :head',
        ExpressionAttributeValues: { ':head': { S: 'HEAD' } },
        ProjectionExpression: 'pk',
        ConsistentRead: true,
        ...(after === undefined ? {} : { ExclusiveStartKey: after }),
      }),
    );
    for (const item of page.Items ?? []) {
      const id = Number(item['pk']?.S?.slice('RUN#'.length));
      const head = await direct.store.readHead(id);
      if (head !== null) heads.set(id, head);
    }
    after = page.LastEvaluatedKey as Record<string, never> | undefined;
  } while (after !== undefined);
  return heads;
}
