/** A value of the request that spells `${name}` is never taken for a secret, whichever text of the run asks for that secret (variables.md). */
import { describe, expect, it } from 'vitest';
import type { VariableDefinition } from '../../../lib/domain/definition/definitions.ts';
import { prepareRun } from '../../../lib/domain/plan/prepare-run.ts';
import type { RunBody } from '../../../lib/domain/plan/run-body.ts';
import type { JarRun } from '../../../lib/domain/run/jar.ts';
import { jarRun } from '../../../lib/domain/run/jar-run.ts';
import { redactionFor } from '../../../lib/domain/secrets/redaction.ts';
import { aTask } from '../../fakes/memory-definitions.ts';

const STORED: Readonly<Record<string, string>> = { 'prod/pw': 'planted-1', 'prod/marked': 'planted-2' };
const PW: VariableDefinition = { name: 'pw', value: { secret: 'prod/pw' }, note: null };

/** What Flink gets: the text of the run with the values of its secrets in place. */
function sent(...given: Parameters<typeof bodyOf>): string {
  const body = bodyOf(...given);
  return hidingOf(body).place(body.statement).text;
}

/** What the main() of a jar gets. */
function started(...given: Parameters<typeof bodyOf>): Pick<JarRun, 'args' | 'flinkConfiguration'> {
  const body = bodyOf(...given);
  if (body.plan.job?.kind !== 'jar') throw new Error('it is no jar');
  const head = { id: 1, jobId: 'f'.repeat(32), savePointPath: null };
  return jarRun(head, body.plan, body.plan.job, hidingOf(body).fill);
}

function hidingOf(body: RunBody): ReturnType<typeof redactionFor> {
  const values = Object.entries(body.plan.secrets).map(([name, secret]) => [name, STORED[secret]!] as const);
  return redactionFor(body, Object.fromEntries(values));
}

function bodyOf(
  statement: string,
  request: Record<string, string>,
  env: string | null = null,
  variables: readonly VariableDefinition[] = [PW],
): RunBody {
  return prepareRun({
    task: aTask({ statement }),
    envTask: env === null ? null : aTask({ id: 9, name: 'shared', dialect: 'FlinkSqlEnv', statement: env }),
    target: { hosts: 'jm:8081', gatewayUrl: 'http://gw:8083', clusterId: null, clusterConfig: {} },
    ...{ clusterConfiguration: null, databases: [], flinkConfig: {}, variables },
    request: { variables: request, savePointPath: null },
  }).bodyFor('jm:8081');
}

const ASKS = "CREATE TABLE s (a INT) WITH ('p' = '${pw}')";
const SPELLS = "INSERT INTO t SELECT '${x}'";

describe('a value of the request that spells the name of a secret', () => {
  it.each<[string, string, string | null]>([
    ['in the text that asks for the secret', `${ASKS};\n${SPELLS}`, null],
    ['beside an environment task that asks for it', SPELLS, `${ASKS};`],
    ['of an environment task, beside a text that asks for it', ASKS, `${SPELLS};`],
    ['where both ask for it', `${ASKS};\n${SPELLS}`, `${ASKS.replace('s (', 'r (')};`],
    ['beside a definition of the environment task that asks for it', SPELLS, `url := \${pw};\nSET 'k' = '\${url}';`],
  ])('stays these letters: %s', (_where, statement, env) => {
    const text = sent(statement, { x: 'the ${pw} of' }, env);
    expect(text).toContain("SELECT 'the ${pw} of'");
    expect(text.match(/planted-1/g)).toHaveLength(`${statement}${env}`.split('${pw}').length - 1);
  });

  it('stays these letters too where it is made of two values, or guesses how the secret is marked', () => {
    const statement = `${ASKS};\nINSERT INTO t SELECT '\${x}\${y}'`;
    expect(sent(statement, { x: '${p', y: 'w}' })).toContain("SELECT '${pw}'");
    for (const letter of ['\u0180', '\u0181', 'a', 'undefined']) {
      const guess = `\${pw} \${pw.${letter}}`;
      expect(sent(statement, { x: guess, y: '' })).toContain(`SELECT '${guess}'`);
    }
    const letters = Array.from({ length: 0x100 }, (_, at) => String.fromCodePoint(0x180 + at));
    const all = `\${pw}${letters.map((letter) => `\${pw.${letter}}`).join('')}`;
    expect(sent(statement, { x: all, y: '' })).toContain(`SELECT '${all}'`);
  });

  it.each<[string, string, string | null]>([
    ['the task', `${ASKS};\nSET 'm' = '\${pw.\u0180}';\n${SPELLS}`, null],
    ['the environment task', `${ASKS};\n${SPELLS}`, "SET 'm' = '${pw.\u0180}';"],
  ])('does not bring one secret to the place of another, whatever they are called in %s', (_whose, statement, env) => {
    const marked = { name: 'pw.\u0180', value: { secret: 'prod/marked' }, note: null };
    const text = sent(statement, { x: '${pw}' }, env, [PW, marked]);
    expect(text).toContain("'p' = 'planted-1'");
    expect(text).toContain("'m' = 'planted-2'");
    expect(text).toContain("SELECT '${pw}'");
  });

  it('is what it is where nobody asks for that secret', () => {
    expect(sent(SPELLS, { x: '${pw}' })).toBe("INSERT INTO t SELECT '${pw}'");
    expect(sent(SPELLS, { x: '${other}' }, `${ASKS};`)).toContain("SELECT '${other}'");
  });
});

describe('what main() gets', () => {
  const jar = (args: string): string => `EXECUTE JAR WITH ('uri' = 's3://j/a.jar', 'args' = '${args}')`;

  it.each<[string, string, Record<string, string>, string]>([
    ['the value', '${x}', { x: '${pw}' }, '${pw}'],
    ['two values', '${x}${y}', { x: '$', y: '{pw}' }, '${pw}'],
    ['two values, one of them in quotes', '${x}"${y}"', { x: '$', y: '{pw}' }, '${pw}'],
    ['two values in quotes', '"${x}""${y}"', { x: '${', y: 'pw}' }, '${pw}'],
    ['a sign of the text and a value', '$"${x}"', { x: '{pw}' }, '${pw}'],
    ['a sign in quotes and a value', "''$''${x}", { x: '{pw}' }, '${pw}'],
    ['a value and letters of the text', '${x}"{pw}"', { x: '$' }, '${pw}'],
    ['the text alone', '$"{pw}"', {}, '${pw}'],
    ['quotes of a value', '${x}', { x: '$"{pw}"' }, '$"{pw}"'],
  ])('is no secret where %s spell its name: %s', (_what, written, request, arg) => {
    expect(started(jar(`--a ${written} --p \${pw}`), request).args).toEqual(['--a', arg, '--p', 'planted-1']);
    const beside = `SET 'k' = '\${pw}';`;
    const { args, flinkConfiguration } = started(jar(written), request, beside);
    expect(args).toEqual([arg]);
    expect(flinkConfiguration['k']).toBe('planted-1');
  });

  it.each([
    ["SET 'a' = '${x}${y}'", '${pw}'],
    ["SET 'a' = E'$\\${y}'", '${pw}'],
    ["SET 'a' = 'b${x}c'", 'b$c'],
  ])('as an option is none either: %s', (set, value) => {
    const { args, flinkConfiguration } = started(`${set};\n${jar('${pw}')}`, { x: '$', y: '{pw}' });
    expect([args, flinkConfiguration['a']]).toEqual([['planted-1'], value]);
  });

  it('is a secret where the author asks for it, and its name stays as it is', () => {
    const statement = jar('--a "${pw}" --b=${pw} \${x}');
    expect(started(statement, { x: 'y' }).args).toEqual(['--a', 'planted-1', '--b=planted-1', 'y']);
    expect(bodyOf(statement, { x: 'y' }).plan.secrets).toEqual({ pw: 'prod/pw' });
    for (const harmless of [
      jar('$"{other}" ${pw}'),
      `SET 'a' = '$"{pw}"';\n${jar('${pw}')}`,
      // Sent as it is written: Flink alone takes the quotes away.
      "SET 'a' = E'$\\{pw}';\nSELECT '${pw}'",
    ])
      expect(bodyOf(harmless, {}).plan.secrets).toEqual({ pw: 'prod/pw' });
  });
});
