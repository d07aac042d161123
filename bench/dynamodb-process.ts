/**
 * The embedded DynamoDB in a process of its own, as DynamoDB is one: within ours it would take turns with the handler
 * that is being measured. Argument: the port.
 */
import { startDynamodb } from '../local/dynamodb.ts';

await startDynamodb({ port: Number(process.argv[2]) });
