/**
 * Values of a CloudFormation template, with its functions and conditions worked out as for one account. What it does not know
 * it refuses: a role that is read wrongly would prove nothing.
 */

/** As far as roles and tables are concerned. */
export interface Template {
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** Null: the value is left out (AWS::NoValue). */
export type ValueOf = (value: unknown) => unknown;

export const ACCOUNT = '123456789012';
const PSEUDO: Readonly<Record<string, string | null>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': ACCOUNT,
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::NoValue': null,
};

export const tableArn = (name: string): string => `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/${name}`;

export class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood';

  constructor(what: string, value: unknown) {
    super(`The roles of the template can't be read: ${what} ${JSON.stringify(value)}`);
  }
}

export function valuesOf(template: Template): ValueOf {
  const valueOf: ValueOf = (value) => {
    if (Array.isArray(value)) return value.map(valueOf).filter((one) => one !== null);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [name, argument] = entries[0] ?? [];
    if (name === 'Ref' || name?.startsWith('Fn::')) return call(name, argument);
    return Object.fromEntries(entries.map(([key, one]) => [key, valueOf(one)]).filter(([, one]) => one !== null));
  };

  const call = (name: string, argument: unknown): unknown => {
    const known = FUNCTIONS[name];
    if (known === undefined) throw new NotUnderstood(name, argument);
    return known(argument);
  };

  const FUNCTIONS: Readonly<Record<string, (argument: unknown) => unknown>> = {
    Ref: (name) => refOf(template, name),
    'Fn::GetAtt': (argument) => attributeOf(template, argument),
    'Fn::If': (argument) => {
      const [condition, yes, no] = list('Fn::If', argument, 3);
      return valueOf(holds({ Condition: condition }) ? yes : no);
    },
    'Fn::Join': (argument) => {
      const [separator, parts] = list('Fn::Join', argument, 2);
      return texts(valueOf(parts)).join(String(separator));
    },
    'Fn::Sub': (text) => {
      if (typeof text !== 'string' || text.includes('${!')) throw new NotUnderstood('Fn::Sub', text);
      return text.replace(/\$\{([^}]*)\}/g, (_all, name: string) => {
        const [resource = '', attribute] = name.split('.');
        const value =
          attribute === undefined ? refOf(template, resource) : attributeOf(template, [resource, attribute]);
        if (typeof value !== 'string') throw new NotUnderstood('Fn::Sub', text);
        return value;
      });
    },
  };

  const holds = (condition: unknown): boolean => {
    const [name = '', argument] = Object.entries(condition as object)[0] ?? [];
    switch (name) {
      case 'Condition': {
        const named = template.Conditions?.[String(argument)];
        if (named === undefined) throw new NotUnderstood('condition', argument);
        return holds(named);
      }
      case 'Fn::Equals': {
        const [one, other] = list(name, argument, 2).map(valueOf);
        return one === other;
      }
      case 'Fn::Not':
        return !holds(list(name, argument, 1)[0]);
      default:
        throw new NotUnderstood('condition', condition);
    }
  };

  return valueOf;
}

function refOf({ Resources }: Template, name: unknown): string | null {
  const pseudo = PSEUDO[String(name)];
  if (pseudo !== undefined) return pseudo;
  const resource = Resources[String(name)];
  if (resource?.Type !== 'AWS::DynamoDB::Table') throw new NotUnderstood('Ref', name);
  return nameOfTable(resource);
}

/** Of something else than a table, the ARN is one that is no table's. */
function attributeOf({ Resources }: Template, argument: unknown): string {
  const [name, attribute] = Array.isArray(argument) ? (argument as unknown[]) : [];
  const resource = Resources[String(name)];
  if (resource === undefined || attribute !== 'Arn') throw new NotUnderstood('Fn::GetAtt', argument);
  if (resource.Type === 'AWS::DynamoDB::Table') return tableArn(nameOfTable(resource));
  if (resource.Type.startsWith('AWS::DynamoDB::')) throw new NotUnderstood('Fn::GetAtt', argument);
  return `arn:aws:::${String(name)}`;
}

export function nameOfTable({ Properties }: TemplateResource): string {
  const name = Properties?.['TableName'];
  if (typeof name !== 'string') throw new NotUnderstood('TableName', name);
  return name;
}

/** One text, or a list of them. */
export function texts(value: unknown): string[] {
  const all: unknown[] = Array.isArray(value) ? value : [value];
  return all.map((one) => {
    if (typeof one !== 'string') throw new NotUnderstood('not a text:', one);
    return one;
  });
}

function list(name: string, argument: unknown, length: number): unknown[] {
  if (Array.isArray(argument) && argument.length === length) return argument;
  throw new NotUnderstood(name, argument);
}
