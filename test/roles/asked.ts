/** What a request to DynamoDB asks of a role: an action on a table or an index, with the partition keys that it names. */
import type { Table } from './granted.ts';

export interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly keys: readonly string[];
}

type Tables = Readonly<Record<string, Table>>;
type Attributes = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The fields of requests that matter here. */
export interface RequestBody {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly Key?: Attributes;
  readonly Item?: Attributes;
  readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Attributes;
  readonly RequestItems?: Readonly<Record<string, unknown>>;
  readonly TransactItems?: readonly Readonly<Record<string, RequestBody>>[];
}

const OF_ONE_ITEM = new Set(['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem']);

/** For a batch one for each table, for a transaction one for each of its actions: AWS asks for the right of each. */
export function askedOf(operation: string, body: RequestBody, tables: Tables): Asked[] {
  const { RequestItems = {}, TransactItems = [] } = body;
  if (OF_ONE_ITEM.has(operation)) {
    return [ofItems(operation, tableNamed(tables, body.TableName), [body.Key ?? body.Item ?? {}])];
  }
  switch (operation) {
    case 'Query':
    case 'Scan':
      return [ofPlace(operation, tableNamed(tables, body.TableName), body)];
    case 'BatchGetItem':
      return Object.entries(RequestItems).map(([name, asked]) =>
        ofItems(operation, tableNamed(tables, name), (asked as { Keys: Attributes[] }).Keys),
      );
    case 'BatchWriteItem':
      return Object.entries(RequestItems).map(([name, asked]) =>
        ofItems(operation, tableNamed(tables, name), (asked as Record<string, RequestBody>[]).map(itemOf)),
      );
    case 'TransactGetItems':
    case 'TransactWriteItems':
      return TransactItems.flatMap((one) =>
        Object.entries(one).flatMap(([kind, inner]) => askedOf(actionOf(kind), inner, tables)),
      );
    default:
      throw new Error(`The proxy does not know which right the operation ${operation} needs.`);
  }
}

const actionOf = (kind: string): string => (kind === 'ConditionCheck' ? 'ConditionCheckItem' : `${kind}Item`);

/** Of a PutRequest or DeleteRequest. */
function itemOf(request: Readonly<Record<string, RequestBody>>): Attributes {
  const [{ Item, Key } = {}] = Object.values(request);
  return Item ?? Key ?? {};
}

function tableNamed(tables: Tables, name = ''): Table {
  const table = tables[name];
  if (table === undefined) throw new Error(`The template has no table ${name}.`);
  return table;
}

function ofItems(operation: string, { arn, partitionKey }: Table, items: readonly Attributes[]): Asked {
  const keys = [...new Set(items.map((item) => textOf(item[partitionKey])))];
  return { action: `dynamodb:${operation}`, resource: arn, keys };
}

/** A scan names no partition. */
function ofPlace(operation: string, { arn, partitionKey, indexes }: Table, body: RequestBody): Asked {
  const { IndexName: index } = body;
  const attribute = index === undefined ? partitionKey : indexes[index];
  if (attribute === undefined) throw new Error(`The template has no index ${index} of ${arn}.`);
  const keys = operation === 'Query' ? [partitionOf(attribute, body)] : [];
  return { action: `dynamodb:${operation}`, resource: index === undefined ? arn : `${arn}/index/${index}`, keys };
}

/** The one partition that a query reads: `#pk = :pk`, whatever else its condition says. */
function partitionOf(attribute: string, body: RequestBody): string {
  const {
    KeyConditionExpression: text = '',
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  } = body;
  const equalities = [...text.matchAll(/([#\w]+)\s*=\s*(:\w+)/g)];
  const found = equalities.find(([, name = '']) => (names?.[name] ?? name) === attribute);
  if (found === undefined) throw new Error(`No partition key in the condition of a query: ${text}`);
  return textOf(values?.[found[2] ?? '']);
}

/** A number is compared as its text. */
function textOf(value: Readonly<Record<string, unknown>> | undefined): string {
  const text = value?.['S'] ?? value?.['N'];
  if (typeof text !== 'string') throw new Error(`No text or number as a partition key: ${JSON.stringify(value)}`);
  return text;
}
