/** `schedules` of a task in a manifest. */
import { describe, expect, it } from 'vitest';
import { loadManifest } from '../../cli/manifest/load-manifest.ts';
import { formatProblem } from '../../cli/manifest/problem.ts';
import { folder } from './folder.ts';

const SECRET = 'hunter2-of-the-night';

async function load(schedules: string, more = '') {
  const text = `tasks:\n  - name: a\n    type: local\n    statement: SELECT 1\n${more}    schedules:\n${schedules}`;
  const manifest = await loadManifest(folder({ 'm.yaml': text }));
  const problems = manifest.problems.map((it) => formatProblem(it).replace(/^.*\/m\.yaml/, 'm.yaml'));
  return { manifest, errors: problems.filter((it) => it.includes(': error: ')), problems };
}

const one = (fields: string): string => `      - {${fields}}\n`;

describe('A schedule', () => {
  it('gets its defaults, and its values keep their letters', async () => {
    const { manifest, errors } = await load(
      one("name: n, cron: '0 2 * * ? *', enabled: false, variables: {v: 007, b: true, d: '${slot.date}'}"),
    );
    expect(errors).toEqual([]);
    const times = { cron: '0 2 * * ? *', rate: null, at: null, timeZone: 'UTC', start: null, end: null };
    const variables = { v: '007', b: 'true', d: '${slot.date}' };
    const rest = { variables, enabled: false, catchUp: 'skip', overlap: 'skip' };
    expect(manifest.drafts[0]?.definition).toMatchObject({ schedules: [{ name: 'n', ...times, ...rest }] });
  });

  it.each([
    ["name: n, cron: '0 2 * * ? *', timeZone: America/New_York, start: 2026-01-31, end: 2026-02-01T00:00"],
    ['name: n, rate: 5 minutes, overlap: skip, catchUp: skip'],
    ["name: n, rate: 'rate(1 day)'"],
    ["name: n, at: 'at(2026-01-31T02:00:00)'"],
  ])('is sound: %s', async (fields) => expect((await load(one(fields))).errors).toEqual([]));

  it('that is sound has no warning', async () => {
    expect((await load(one('name: n, rate: 5 minutes'))).problems).toEqual([]);
  });

  const wrong: [string, string][] = [
    ["name: n, crom: '0 2 * * ? *'", 'm.yaml:6:25: error: unknown key "crom" in schedules. Did you mean "cron"?'],
    ['name: n, rate: 5 minutes, timezone: UTC', 'unknown key "timezone" in schedules. Did you mean "timeZone"?'],
    ['name: n, rate: 5 minutes, colour: red', 'unknown key "colour" in schedules. Known are name, cron, rate'],
    ['rate: 5 minutes', '"schedules.0.name" must be'],
    ['name: a night, rate: 5 minutes', '"schedules.0.name" must be a name of at most 40 letters'],
    ['name: n, rate: 5 minutes, overlap: wait', '"schedules.0.overlap" must be skip, queue or cancel, not "wait".'],
    ['name: n, rate: 5 minutes, catchUp: yes', '"schedules.0.catchUp" must be skip or run, not "yes".'],
    ['name: n, rate: 5 minutes, enabled: "no"', '"schedules.0.enabled" must be true or false'],
    ['name: n', 'schedule "n": give exactly one of cron, rate and at.'],
    ["name: n, rate: 1 hour, cron: '0 2 * * ? *'", 'schedule "n": give exactly one of cron, rate and at.'],
    ["name: n, cron: '0 2 * * *'", 'schedule "n": cron: it needs six fields'],
    ["name: n, cron: '0 25 * * ? *'", 'schedule "n": cron: hours: "25" is not 0-23.'],
    ['name: n, rate: 5 seconds', 'schedule "n": rate "5 seconds" can\'t be read'],
    ['name: n, rate: 0 minutes', 'schedule "n": rate "0 minutes" can\'t be read'],
    ['name: n, at: 2026-02-30T02:00', 'schedule "n": at "2026-02-30T02:00" is no time'],
    ['name: n, at: 2026-13-01T02:00', 'schedule "n": at "2026-13-01T02:00" is no time'],
    ['name: n, at: 2026-01-31T24:00', 'schedule "n": at "2026-01-31T24:00" is no time'],
    ['name: n, rate: 1 hour, timeZone: Mars/Base', 'schedule "n": "Mars/Base" is no time zone'],
    ['name: n, rate: 1 hour, timeZone: europe/berlin', '"europe/berlin" must be written "Europe/Berlin".'],
    ['name: n, at: 2026-02-01T02:00, start: 2026-01-31', 'an at fires once: it has no start and no end.'],
    ['name: n, at: 2026-02-01T02:00, end: 2026-03-31', 'an at fires once: it has no start and no end.'],
    ['name: n, rate: 1 hour, overlap: queue', 'schedule "n": overlap: queue is not built yet; only skip is.'],
    ['name: n, rate: 1 hour, overlap: cancel', 'overlap: cancel is not built yet; only skip is.'],
    ['name: n, rate: 1 hour, catchUp: run', 'schedule "n": catchUp: run is not built yet; only skip is.'],
    ['name: n, rate: 1 hour, start: soon', 'schedule "n": start "soon" is no time'],
    ['name: n, rate: 1 hour, start: 2026-02-01, end: 2026-01-31', 'start 2026-02-01 is not before end 2026-01-31.'],
    ['name: n, rate: 1 hour, start: 2026-02-01, end: 2026-02-01', 'is not before end'],
    ["name: n, rate: 1 hour, variables: {d: '${slot.dat}'}", 'the variable "d" has a ${…} that can\'t be read: write'],
    ["name: n, rate: 1 hour, variables: {d: '******'}", '****** is what show prints in place of a secret'],
    [`name: n, rate: 1 hour, variables: {my_password: '\${${SECRET}}'}`, 'the variable "my_password" has a ${…}'],
  ];
  it.each(wrong)('is refused: %s', async (fields, said) => {
    const { errors, problems } = await load(one(fields));
    expect(errors).toEqual([expect.stringContaining(said)]);
    expect(problems.join()).not.toContain(SECRET);
  });

  it('has a name of its own', async () => {
    const { errors } = await load(one('name: n, rate: 1 hour') + one('name: n, rate: 2 hours'));
    expect(errors).toEqual([expect.stringContaining('the schedule "n" is there twice.')]);
  });

  it('gives no variable that the task does not declare', async () => {
    const { errors } = await load(
      one("name: n, rate: 1 hour, variables: {dya: '1', day: '2'}"),
      '    parameters: [{name: day, type: string}]\n',
    );
    expect(errors).toEqual([expect.stringContaining('declares no parameter "dya"; its parameters are day.')]);
  });

  it('does not belong to an environment task', async () => {
    const { errors } = await load(one('name: n, rate: 1 hour'), '    dialect: FlinkSqlEnv\n');
    expect(errors).toContainEqual(expect.stringContaining('"schedules" belong to the task that is started'));
  });

  it('with a password in plain text is told without it', async () => {
    const { problems } = await load(one(`name: n, rate: 1 hour, variables: {my_password: ${SECRET}}`));
    expect(problems.join()).toContain('"my_password" of the schedule "n" looks like a secret in plain text.');
    expect(problems.join()).not.toContain(SECRET);
  });
});
