/** The template is one that AWS takes, as far as AWS's own linter and its rules for serverless applications can tell. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from '../package/build.ts';
import { install } from './install.ts';

type Template = Record<string, unknown> & {
  readonly Resources: Record<string, { Properties: Record<string, unknown> }>;
};

/** What the linter may say, and why it is right as it is. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  W3005: 'osls writes these dependencies, which a reference says already',
  W8003: 'settings are known when the template is made, so that its conditions compare constants',
  E3510: 'the policy for jars, which has no resource without the setting jarObjects, stands under a condition',
  W1033: 'the same',
  E1159: 'so does the domain of the API, which has no certificate without the setting domainCertificate',
  ES1007: 'it has one (test/package asserts it); the linter looks for another spelling of the function',
  ES6000: 'the queue is where letters end that nobody could deliver',
  WS1000: 'traces cost money: the setting tracing switches them on',
  ES4000: 'a sweep that was not delivered is not made up for: the next one comes within a minute',
};

/** Parts that are there with a setting alone are linted as they are with it. */
const SETTINGS = ['reconcileConcurrency=1', 'alarmTopic=arn:aws:sns:eu-central-1:123456789012:alarms'];

let folder = '';
let template: Template;
beforeAll(() => {
  const { directory } = build(['--stage', 'prod', ...SETTINGS.flatMap((setting) => ['--param', setting])]);
  template = JSON.parse(
    readFileSync(join(directory, '.serverless/cloudformation-template-update-stack.json'), 'utf8'),
  ) as Template;
  rmSync(directory, { recursive: true });
  folder = mkdtempSync(join(tmpdir(), 'dinghy-lint-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The rules that the template breaks. */
function lint(text: string): string[] {
  const file = join(folder, 'template.json');
  writeFileSync(file, text);
  const args = [
    '--format',
    'json',
    '--append-rules',
    'cfn_lint_serverless.rules',
    '--regions',
    'eu-central-1',
    '--',
    file,
  ];
  const done = spawnSync(install().linter, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.error !== undefined || !done.stdout.startsWith('['))
    throw new Error(`cfn-lint: ${done.stdout}${done.stderr}`);
  const found = JSON.parse(done.stdout) as { Rule: { Id: string } }[];
  return [...new Set(found.map(({ Rule }) => Rule.Id))].sort();
}

describe('cfn-lint', () => {
  it('finds nothing but what is right as it is', () => {
    expect(lint(JSON.stringify(template))).toEqual(Object.keys(EXCEPTIONS).sort());
  });

  it.each<[string, (seeded: Template) => void]>([
    [
      'a reference to nothing',
      ({ Resources }) => (Resources['JobsTable']!.Properties['TableName'] = { Ref: 'Nothing' }),
    ],
    [
      'a time-out that is no number',
      ({ Resources }) => (Resources['SubmitLambdaFunction']!.Properties['Timeout'] = 'long'),
    ],
    ['a property that is misspelt', ({ Resources }) => (Resources['SubmitRole']!.Properties['Policy'] = [])],
    ['no access log', ({ Resources }) => delete Resources['HttpApiStage']!.Properties['AccessLogSettings']],
    [
      'a function whose log is kept for ever',
      ({ Resources }) => delete Resources['SubmitLogGroup']!.Properties['RetentionInDays'],
    ],
  ])('notices %s', (_fault, seed) => {
    const seeded = structuredClone(template);
    seed(seeded);
    expect(lint(JSON.stringify(seeded)).filter((rule) => !(rule in EXCEPTIONS))).not.toEqual([]);
  });
});
