/** The functions of a build as AWS would run them: unpacked, with their handler, limits, settings and routes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Build, Resource } from '../build.ts';

export interface PackagedFunction {
  readonly name: string;
  readonly handler: string;
  readonly directory: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly environment: Readonly<Record<string, string>>;
  /** "GET /openapi/version" */
  readonly routes: readonly string[];
  /** Bytes of its code. */
  readonly size: number;
}

const MS = 1_000;

export function packagedFunctions(built: Build): PackagedFunction[] {
  const routes = routesByFunction(built.resources);
  return ofType(built.resources, 'AWS::Lambda::Function').map(([id, { Properties }]) => {
    const name = nameOf(String(Properties['FunctionName']));
    const directory = join(built.directory, 'unpacked', name);
    return {
      name,
      directory,
      handler: String(Properties['Handler']),
      memoryMb: Number(Properties['MemorySize']),
      timeoutMs: Number(Properties['Timeout']) * MS,
      environment: (Properties['Environment'] as { Variables: Record<string, string> }).Variables,
      routes: routes.get(id) ?? [],
      size: unpack(built.zips[name] ?? {}, directory),
    };
  });
}

/** As API Gateway chooses: the route itself, any method of the path, and what takes all the rest. */
export function functionFor(functions: readonly PackagedFunction[], route: string): PackagedFunction {
  const [, path = ''] = route.split(' ');
  const found = [route, `ANY ${path}`]
    .map((key) => functions.find(({ routes }) => routes.includes(key)))
    .find((one) => one !== undefined);
  if (found === undefined) throw new Error(`No function has the route ${route}.`);
  return found;
}

const ofType = (resources: Build['resources'], type: string): [string, Resource][] =>
  Object.entries(resources).filter(([, { Type }]) => Type === type);

/** "dinghy-dev-submit" -> "submit" */
const nameOf = (functionName: string): string => functionName.replace(/^dinghy-[a-z]+-/, '');

function routesByFunction(resources: Build['resources']): ReadonlyMap<string, readonly string[]> {
  const routes = new Map<string, string[]>();
  for (const [, { Properties }] of ofType(resources, 'AWS::ApiGatewayV2::Route')) {
    const [, [, { Ref }]] = (Properties['Target'] as { 'Fn::Join': [string, [string, { Ref: string }]] })['Fn::Join'];
    const uri = resources[Ref]?.Properties['IntegrationUri'] as { 'Fn::GetAtt': [string, string] };
    const [id] = uri['Fn::GetAtt'];
    routes.set(id, [...(routes.get(id) ?? []), String(Properties['RouteKey'])]);
  }
  return routes;
}

function unpack(files: Readonly<Record<string, Uint8Array>>, directory: string): number {
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), bytes);
  }
  return Object.values(files).reduce((sum, bytes) => sum + bytes.length, 0);
}
