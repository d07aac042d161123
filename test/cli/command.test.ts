import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../cli/commands.ts';
import { clientConfig } from '../../cli/connect.ts';
import { dinghy } from './api-double.ts';
import { folder } from './folder.ts';
import { DEAD_PID, stackFolder, stackOptions } from './stack-folder.ts';

interface Package {
  readonly version: string;
}

const BIN = fileURLToPath(new URL('../../cli/dinghy.cjs', import.meta.url));

function run(args: string[], env: NodeJS.ProcessEnv = {}) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const options = { env: { PATH: process.env['PATH'], ...env } };
    execFile(process.execPath, [BIN, ...args], options, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out: out.trim(), err: err.trim() });
    });
  });
}

const READING = ['validate', 'diff', 'list', 'show', 'explain', 'runs', 'history', 'status'];
const NAMES = [...READING, 'watch', 'logs', 'rows', 'apply', 'keys', 'submit', 'cancel', 'savepoint', 'restart'];

describe('The dinghy command, as a process', { timeout: 30_000 }, () => {
  it('--help lists the commands', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const name of NAMES) expect(out).toContain(`  ${name} `);
  });

  it('--version says that of package.json', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Package;
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(await run(['--version'])).toEqual({ code: 0, out: version, err: '' });
  });

  it.each(NAMES)('%s --help', async (name) => {
    const { code, out } = await run([name, '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^dinghy ${name}( [A-Za-z|[\\] ]+)?: `));
  });

  it.each([
    [['aply'], 'unknown command "aply". Did you mean "apply"?'],
    [['--verison'], 'unknown option "--verison".'],
    [['apply', 'examples', '--tabel', 'x'], 'unknown option "--tabel". Did you mean "--table"?'],
    [['validate', 'examples', '--table', 'x'], 'unknown option "--table".'],
    [['apply'], '"apply" needs FILE|DIR. Use: dinghy apply FILE|DIR'],
    [['show', 'task'], '"show" needs ID|NAME.'],
    [['list', 'task', 'more'], '"more" is one word too many.'],
    [['list', 'tusk', '--local'], 'unknown kind "tusk".'],
    [['validate', 'no-such-file.yaml'], 'There is no file or folder "no-such-file.yaml".'],
    [['validate', 'examples/sql'], 'There is no .yaml or .yml file below "examples/sql".'],
    [['apply', 'examples'], 'no table is given. Use --table NAME, set DEFINITIONS_TABLE'],
    [['list', '--data-dir', 'x', '--table', 'y'], '--data-dir belongs to a local stack. Add --local.'],
    [['list', '--local', '--data-dir', 'no-such-dir'], 'no local stack that keeps its data in "no-such-dir" is running. Start it with "npm start -- --data-dir no-such-dir"'], // prettier-ignore
    [['list', '--local', '--endpoint', 'here'], '--endpoint "here" is not a URL'],
    [
      ['list', '--local', '--endpoint', 'http://127.0.0.1:9'],
      'DynamoDB could not be used (Error). Try again. connect ECONNREFUSED 127.0.0.1:9',
    ],
  ])('%j: one line and exit code 1', async (args, expected) => {
    const { code, out, err } = await run(args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err.split('\n')).toHaveLength(1);
    expect(err).toMatch(/^dinghy: /);
    expect(err).toContain(expected);
  });

  it.each([
    [['restart'], '"restart" needs TASK. Use: dinghy restart TASK'],
    [['cancel', '--local'], 'give either a TASK or --run RUN.'],
    [['restart', '1'], 'there is no address. Give --url URL, set DINGHY_URL, use --local'],
    [
      ['restart', '1', '--key', 'x'],
      'unknown option "--key". "restart" takes --savepoint, --url, --key-file, --context, --local',
    ],
    [['cancel', '1', '2', '--local'], '"2" is one word too many.'],
    [['status', '--run', 'x', '--local'], '--run "x" is not a whole number'],
  ])('%j: one line and exit code 2, as an acting command', async (args, expected) => {
    const { code, out, err } = await run(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.split('\n')).toHaveLength(1);
    expect(err).toMatch(/^dinghy: /);
    expect(err).toContain(expected);
  });

  it('validate needs no table, and ends with 1 when there is an error', async () => {
    expect(await run(['validate', 'examples'])).toMatchObject({ code: 0, out: '10 definitions in 1 file: no errors.' });
    const root = folder({ 'm.yaml': 'tasks:\n  - name: a\n' });
    const { code, err } = await run(['validate', root]);
    expect(code).toBe(1);
    expect(err).toContain(`${root}/m.yaml:2:5: error: a task needs "statement"`);
    expect(err).toMatch(/2 errors\.$/);
  });
});

describe('The local stack', () => {
  // Each of them may write into the tables of another stack if it guesses.
  const ARGS: Record<string, string[]> = {
    ...{ apply: ['examples'], diff: ['examples'], list: [], show: ['task', '1'], explain: ['1'] },
    ...{ runs: [], history: ['1'], twins: [], resolve: ['1', '--lost'], keys: ['list'] },
    ...{ submit: ['1'], watch: ['1'], cancel: ['1'], savepoint: ['1'], restart: ['1'], status: ['1'] },
    ...{ logs: ['1'], rows: ['1'] },
  };
  const named = COMMANDS.filter(({ options }) => options.includes('local')).map(({ name }) => name);

  it.each(named)('%s acts on none that is not running, whatever the environment names', async (name) => {
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', DEFINITIONS_TABLE: 'x', JOBS_TABLE: 'y', DINGHY_URL: 'http://127.0.0.1:9' }; // prettier-ignore
    const { code, err } = await dinghy([name, ...(ARGS[name] ?? []), ...stackOptions({ pid: DEAD_PID })], env);
    expect(code).toBeGreaterThan(0);
    expect(err.join('\n')).toMatch(/^dinghy: no local stack that keeps its data in ".*" is running\./);
  });
});

describe('Where the table is', () => {
  const where = { table: undefined, endpoint: undefined, region: undefined, local: false };
  it('leaves region and credentials to the SDK, for AWS', () => {
    expect(clientConfig(where, {})).not.toHaveProperty('region');
    expect(clientConfig(where, {})).not.toHaveProperty('credentials');
    expect(clientConfig({ ...where, region: 'eu-west-1' }, {})).toMatchObject({ region: 'eu-west-1' });
  });
  it('needs neither for an endpoint on this machine', () => {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const stack = { local: true, 'data-dir': stackFolder({ dynamodbUrl: 'http://127.0.0.1:7' }) };
    const local = { endpoint: 'http://127.0.0.1:7', region: 'us-east-1', credentials };
    expect(clientConfig({ ...where, ...stack }, {})).toMatchObject(local);
    expect(clientConfig({ ...where, endpoint: 'http://localhost:9' }, {})).toMatchObject({ credentials });
  });
  it('sends no made-up credentials anywhere else', () => {
    expect(clientConfig({ ...where, endpoint: 'https://127.0.0.1.example.com' }, {})).not.toHaveProperty('credentials');
  });
});
