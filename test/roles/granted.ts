/** What the role of each function grants in DynamoDB, read from the template that a deployment would send. */
import {
  nameOfTable,
  NotUnderstood,
  tableArn,
  type Template,
  texts,
  type ValueOf,
  valuesOf,
} from './template-values.ts';

/** Actions and resources may have the wildcards * and ?. */
export interface Grant {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** What the partition keys of a request must be; null: anything. */
  readonly keys: { readonly like: boolean; readonly values: readonly string[] } | null;
}

export interface Table {
  readonly arn: string;
  /** The attribute that is its partition key, and that of each of its indexes. */
  readonly partitionKey: string;
  readonly indexes: Readonly<Record<string, string>>;
}

/** Names of functions and tables are those that they have in AWS. */
export interface Granted {
  readonly functions: Readonly<Record<string, readonly Grant[]>>;
  readonly tables: Readonly<Record<string, Table>>;
}

type Fields = Readonly<Record<string, unknown>>;

export function grantedBy(template: Template): Granted {
  const valueOf = valuesOf(template);
  const ofType = (type: string): [string, Fields][] =>
    Object.entries(template.Resources)
      .filter(([, { Type }]) => Type === type)
      .map(([id, { Properties = {} }]) => [id, Properties]);
  for (const { Type } of Object.values(template.Resources)) {
    if (Type.startsWith('AWS::IAM::') && Type !== 'AWS::IAM::Role') throw new NotUnderstood('resource', Type);
  }
  const roles = new Map(ofType('AWS::IAM::Role').map(([id, role]) => [id, grantsOf(role, valueOf)]));
  const functions = ofType('AWS::Lambda::Function').map(([, { FunctionName, Role }]) => {
    const grants = roles.get(roleIdOf(Role));
    if (grants === undefined) throw new NotUnderstood('Role', Role);
    return [String(FunctionName), grants] as const;
  });
  const tables = Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::DynamoDB::Table')
    .map((resource) => [nameOfTable(resource), tableOf(nameOfTable(resource), resource.Properties ?? {})] as const);
  return { functions: Object.fromEntries(functions), tables: Object.fromEntries(tables) };
}

function roleIdOf(role: unknown): string {
  const [id, attribute] = ((role as Fields | undefined)?.['Fn::GetAtt'] ?? []) as unknown[];
  if (attribute !== 'Arn') throw new NotUnderstood('Role', role);
  return String(id);
}

function grantsOf(role: Fields, valueOf: ValueOf): Grant[] {
  onlyKnown('role', role, ['AssumeRolePolicyDocument', 'Policies']);
  const policies = valueOf(role['Policies'] ?? []) as Fields[];
  return policies.flatMap((policy) => {
    onlyKnown('policy', policy, ['PolicyName', 'PolicyDocument']);
    const { Statement } = policy['PolicyDocument'] as { Statement: Fields[] };
    return Statement.flatMap(grantOf);
  });
}

/** None, of a statement about other services. */
function grantOf(statement: Fields): Grant[] {
  onlyKnown('statement', statement, ['Sid', 'Effect', 'Action', 'Resource', 'Condition']);
  if (statement['Effect'] !== 'Allow') throw new NotUnderstood('statement', statement);
  const actions = texts(statement['Action']);
  if (!actions.some(isOfDynamodb)) return [];
  return [{ actions, resources: texts(statement['Resource']), keys: keysOf(statement['Condition']) }];
}

/** A wildcard within the name of a service is as good as none. */
const isOfDynamodb = (action: string): boolean => /^(dynamodb:|[^:]*[*?])/i.test(action);

function keysOf(condition: unknown): Grant['keys'] {
  if (condition === undefined) return null;
  const tests = Object.entries(condition as Record<string, Fields>);
  const [[operator, test] = ['', {}]] = tests;
  onlyKnown('condition', test, ['dynamodb:LeadingKeys']);
  const values = texts(test['dynamodb:LeadingKeys']);
  const like = operator === 'ForAllValues:StringLike';
  const isKnown = tests.length === 1 && (like || operator === 'ForAllValues:StringEquals');
  if (!isKnown || values.some((value) => value.includes('${'))) throw new NotUnderstood('condition', condition);
  return { like, values };
}

function tableOf(name: string, properties: Fields): Table {
  if ('ResourcePolicy' in properties) throw new NotUnderstood('ResourcePolicy', properties['ResourcePolicy']);
  const indexes = [...listOf(properties['GlobalSecondaryIndexes']), ...listOf(properties['LocalSecondaryIndexes'])];
  return {
    arn: tableArn(name),
    partitionKey: partitionKeyOf(properties),
    indexes: Object.fromEntries(indexes.map((index) => [String(index['IndexName']), partitionKeyOf(index)])),
  };
}

function partitionKeyOf({ KeySchema }: Fields): string {
  return String(listOf(KeySchema).find(({ KeyType }) => KeyType === 'HASH')?.['AttributeName']);
}

const listOf = (value: unknown): Fields[] => (value ?? []) as Fields[];

function onlyKnown(what: string, fields: Fields, known: readonly string[]): void {
  const unknown = Object.keys(fields).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new NotUnderstood(`${what} with`, unknown);
}
