/** A value of the request that spells `${name}` is never taken for a secret, whichever text of the run asks for that secret (variables.md). */
import { describe, expect, it } from 'vitest';
import type { VariableDefinition } from '../../../lib/domain/definition/definitions.ts';
import { prepareRun } from '../../../lib/domain/plan/prepare-run.ts';
import { redactionFor } from '../../../lib/domain/secrets/redaction.ts';
import { aTask } from '../../fakes/memory-definitions.ts';

const STORED: Readonly<Record<string, string>> = { 'prod/pw': 'planted-1', 'prod/marked': 'planted-2' };
const PW: VariableDefinition = { name: 'pw', value: { secret: 'prod/pw' }, note: null };

/** What Flink gets: the text of the run with the values of its secrets in place. */
function sent(
  statement: string,
  request: Record<string, string>,
  env: string | null = null,
  variables: readonly VariableDefinition[] = [PW],
): string {
  const body = prepareRun({
    task: aTask({ statement }),
    envTask: env === null ? null : aTask({ id: 9, name: 'shared', dialect: 'FlinkSqlEnv', statement: env }),
    target: { hosts: 'jm:8081', gatewayUrl: 'http://gw:8083', clusterId: null, clusterConfig: {} },
    ...{ clusterConfiguration: null, databases: [], flinkConfig: {}, variables },
    request: { variables: request, savePointPath: null },
  }).bodyFor('jm:8081');
  const values = Object.entries(body.plan.secrets).map(([name, secret]) => [name, STORED[secret]!] as const);
  return redactionFor(body, Object.fromEntries(values)).place(body.statement).text;
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
