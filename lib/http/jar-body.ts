/** The jar of a request as an EXECUTE JAR statement: so the rules are those of stored tasks. */
import { isRecord } from '../domain/definition/dinky-config.ts';
import { sqlLiteral } from '../domain/sql/literal.ts';
import { quotedArg } from '../domain/variables/split-args.ts';
import { type Body, givenName } from './adhoc-body.ts';
import { invalid, kindOf, readText } from './request.ts';

const URI = ['jarPath', 'userJarPath', 'uri'];
const MAIN_CLASS = ['mainAppClass', 'mainClass', 'userJarMainAppClass'];
const ARGS = ['mainArgs', 'args', 'userJarParas'];

/** Null: the request names no jar. */
export function jarStatement(request: Body): string | null {
  const body = { ...appConfigOf(request), ...request };
  const uri = textOf(body, URI);
  const options = { uri, 'main-class': textOf(body, MAIN_CLASS), args: argsOf(body) };
  const given = Object.entries(options).flatMap(([key, value]) =>
    value === null ? [] : [`'${key}' = ${sqlLiteral(value)}`],
  );
  if (given.length === 0) return null;
  if (uri === null)
    throw invalid(
      'The request has no "jarPath". Give the address of the jar, such as "https://jars.example.com/job.jar".',
    );
  return `EXECUTE JAR WITH (${given.join(', ')})`;
}

/** The place of these fields in Dinky 0.x. */
function appConfigOf({ gatewayConfig }: Body): Body {
  const appConfig = isRecord(gatewayConfig) ? gatewayConfig['appConfig'] : null;
  return isRecord(appConfig) ? appConfig : {};
}

function textOf(body: Body, names: readonly string[]): string | null {
  const name = givenName(body, names);
  return name === undefined ? null : readText(name, body[name]);
}

/** One text, or a list with an argument in each item. No message quotes them: they may be passwords. */
function argsOf(body: Body): string | null {
  const name = givenName(body, ARGS);
  if (name === undefined) return null;
  const value = body[name];
  if (!Array.isArray(value)) return readText(name, value);
  const wrong: unknown = value.find((item) => typeof item !== 'string');
  if (wrong !== undefined) throw invalid(`The parameter "${name}" contains ${kindOf(wrong)}. Give only texts.`);
  return value.length === 0 ? null : (value as string[]).map(quotedArg).join(' ');
}
