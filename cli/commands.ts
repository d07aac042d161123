/** Every subcommand: its name, its arguments, its help, and its function. */
import { cancel } from './act/cancel.ts';
import { logs } from './act/logs.ts';
import { restart } from './act/restart.ts';
import { rows } from './act/rows.ts';
import { savepoint } from './act/savepoint.ts';
import { status } from './act/status.ts';
import { submit } from './act/submit.ts';
import { watch } from './act/watch.ts';
import { apply } from './apply.ts';
import type { Command } from './command.ts';
import { completion } from './completion.ts';
import { contexts } from './context/contexts.ts';
import { diff } from './diff.ts';
import { explain } from './explain.ts';
import { history } from './history.ts';
import { keys } from './keys/keys.ts';
import { list } from './list.ts';
import { resolve } from './resolve.ts';
import { runs } from './runs.ts';
import { schedules } from './schedules/show-schedules.ts';
import { show } from './show.ts';
import { twins } from './twins.ts';
import { validate } from './validate.ts';

const STORE = ['table', 'context', 'local', 'data-dir', 'endpoint', 'region'] as const;
const JOBS = ['jobs-table', 'context', 'local', 'data-dir', 'endpoint', 'region'] as const;
const API = ['url', 'key-file', 'context', 'local', 'data-dir'] as const;
const TASK = 'TASK: the id or the name of a task.';
const TASK_OR_RUN = `${TASK} With --run: a run, by its number.`;
const MANIFEST =
  'FILE|DIR: a YAML manifest, or a folder whose .yaml and .yml files are all read (docs/guide/definitions.md).';
const EXITS =
  'Exit codes: 0 done, 1 failed, 2 usage, 3 cancelled, 4 not allowed, 124 not known yet (docs/guide/command.md).';
const KINDS = 'KIND: task, cluster, clusterConfiguration, variable, database or principal.';

export const COMMANDS: readonly Command[] = [
  {
    name: 'apply',
    takes: ['FILE|DIR'],
    options: [...STORE, 'stack'],
    summary: 'write definitions from manifests into the table',
    details: [
      MANIFEST,
      'Everything is checked first. If there is an error, nothing is written. Applying twice changes nothing.',
      'No definition is ever deleted. Schedules of tasks are made in EventBridge, and removed when they are gone.',
    ],
    writes: true,
    run: apply,
  },
  {
    name: 'validate',
    takes: ['FILE|DIR'],
    options: [],
    summary: 'check manifests without reading the table',
    details: [MANIFEST, 'References to definitions outside the manifest are warnings; diff and apply look them up.'],
    run: validate,
  },
  {
    name: 'diff',
    takes: ['FILE|DIR'],
    options: ['exit-code', ...STORE, 'json'],
    summary: 'show what apply would change',
    details: [
      MANIFEST,
      'Writes nothing. It also lists definitions that only the table has; apply does not change them.',
    ],
    run: diff,
  },
  {
    name: 'list',
    takes: ['[KIND]'],
    options: [...STORE, 'json'],
    summary: 'list the definitions in the table',
    details: [KINDS],
    run: list,
  },
  {
    name: 'show',
    takes: ['KIND', 'ID|NAME'],
    options: [...STORE, 'json'],
    summary: 'print one definition as a manifest',
    details: [KINDS, 'Plain-text values of variables with a sensitive name are masked.'],
    run: show,
  },
  {
    name: 'explain',
    takes: ['TASK'],
    options: [...STORE, 'sql-gateway', 'flink-rest', 'variable', 'plan', 'json'],
    summary: 'let Flink check a task without starting anything',
    details: [
      'TASK: the id of a task that has been applied. Each statement is checked in a session of the SQL gateway.',
      'The exit code is 1 if there is an error. Nothing is started and nothing is written (docs/guide/explain.md).',
    ],
    run: explain,
  },
  {
    name: 'submit',
    takes: ['TASK'],
    options: ['var', 'savepoint', 'wait', 'timeout', ...API, 'json'],
    summary: 'start a task',
    details: [
      TASK,
      'Starts one run, however often the request is sent. If a run with the same variables is live, it is the answer.',
      'Done when the run is accepted. With --wait: when it has ended.',
      EXITS,
    ],
    acts: true,
    run: submit,
  },
  {
    name: 'watch',
    takes: ['RUN'],
    options: ['timeout', ...API, 'json'],
    summary: 'follow a run until it ends',
    details: ['RUN: its number, from submit, status or runs. Ctrl-C stops watching, not the run.', EXITS],
    acts: true,
    run: watch,
  },
  {
    name: 'logs',
    takes: ['RUN'],
    options: [...API, 'json'],
    summary: 'print the history of a run, and the error of Flink',
    details: ['RUN: its number, from submit, status or runs.', EXITS],
    acts: true,
    run: logs,
  },
  {
    name: 'rows',
    takes: ['RUN'],
    options: ['csv', ...API, 'json'],
    summary: 'print the rows of a run that ends with a SELECT',
    details: ['RUN: its number, from submit, status or runs.', EXITS],
    acts: true,
    run: rows,
  },
  {
    name: 'cancel',
    takes: ['[TASK]'],
    options: ['run', ...API, 'json'],
    summary: 'cancel the newest live run of a task, or one run',
    details: [
      TASK_OR_RUN,
      'Takes no savepoint (see dinghy savepoint). If Flink is out of reach, the cancel is carried out later.',
      EXITS,
    ],
    acts: true,
    run: cancel,
  },
  {
    name: 'savepoint',
    takes: ['[TASK]'],
    options: ['run', 'stop', 'cancel', ...API, 'json'],
    summary: 'take a savepoint of the newest live run of a task, or of one run',
    details: [
      TASK_OR_RUN,
      'The job goes on, unless --stop or --cancel is given. If the savepoint fails, it always goes on.',
      'Exit code 124: the savepoint is not complete yet. Dinghy records it when it is.',
      EXITS,
    ],
    acts: true,
    run: savepoint,
  },
  {
    name: 'restart',
    takes: ['TASK'],
    options: ['savepoint', ...API, 'json'],
    summary: 'stop the live run of a task with a savepoint, and start another from it',
    details: [
      TASK,
      'The new run uses the current definition. If the savepoint fails, the old job goes on.',
      'With --savepoint the old job is cancelled, and the new one starts from that path.',
      EXITS,
    ],
    acts: true,
    run: restart,
  },
  {
    name: 'status',
    takes: ['[TASK]'],
    options: ['run', ...API, 'json'],
    summary: 'show the state of the latest run of a task, or of one run',
    details: [TASK_OR_RUN, EXITS],
    acts: true,
    run: status,
  },
  {
    name: 'runs',
    takes: [],
    options: ['task', 'live', 'status', 'since', 'limit', 'after', 'zone', 'table', ...JOBS, 'json'],
    summary: 'list runs, newest first',
    details: [
      '--task with a name needs the definitions table: --table, DEFINITIONS_TABLE or --local.',
      'Shows the status that callers see. Times are in UTC or --zone; in JSON always UTC.',
      'With --task or --live, a run of the last second may be missing, because an index lags behind.',
    ],
    run: runs,
  },
  {
    name: 'history',
    takes: ['RUN'],
    options: ['zone', ...JOBS, 'json'],
    summary: 'print the whole history of a run',
    details: [
      'RUN: the number from the answer of submitTask, or from dinghy runs.',
      'Says whether the history is complete. The exit code is 1 if something is missing.',
      'A long history folds older events: SEQ 4-9 stands for six of them.',
    ],
    run: history,
  },
  {
    name: 'keys',
    takes: ['create|list|revoke|rotate', '[NAME]'],
    options: [
      'tasks',
      'verbs',
      'expires',
      'keep',
      'by',
      'zone',
      'table',
      'jobs-table',
      'context',
      'local',
      'data-dir',
      'endpoint',
      'region',
      'json',
    ],
    summary: 'make, list and end API keys',
    details: [
      'create NAME: prints the secret of a new key, once. Only its SHA-256 is stored.',
      'list: every key with its state and its last use, to the hour.',
      'revoke NAME: ends a key within 60 seconds. NAME may be the id of a key or the fingerprint of one secret.',
      'rotate NAME: a new secret with the same name, tasks and verbs. The old one works for another --keep.',
      'See docs/operate/keys.md.',
    ],
    writes: true,
    run: keys,
  },
  {
    name: 'context',
    takes: ['add|use|list|remove', '[NAME]'],
    options: ['url', 'key-file', 'table', 'jobs-table', 'region', 'endpoint', 'json'],
    summary: 'name places: an API, tables, or both',
    details: [
      'add NAME: stores the places that are given. The first context is used at once.',
      'use NAME: commands act there from now on. Flags and variables win.',
      'A key is never stored, only the path of its file.',
      'The contexts are in dinghy/contexts.json of XDG_CONFIG_HOME (default: ~/.config), for you alone.',
    ],
    run: (call) => Promise.resolve(contexts(call)),
  },
  {
    name: 'completion',
    takes: ['bash|zsh|fish'],
    options: [],
    summary: 'print the completion script for a shell',
    details: ['bash, zsh: source <(dinghy completion bash). fish: dinghy completion fish | source'],
    run: (call) => Promise.resolve(completion(call, COMMANDS)),
  },
  {
    name: 'resolve',
    takes: ['RUN'],
    options: ['lost', 'by', ...JOBS],
    summary: 'declare the job of a run lost, and end the run',
    details: [
      'RUN: a run that is RECONNECTING because another JobManager answers at its address.',
      'It ends UNKNOWN at once, and its request can be submitted again. Nothing is cancelled in Flink.',
      'Refused for runs that have ended or were never confirmed, and while the JobManager shows the job.',
      'This command asks the JobManager from your machine. If that is out of reach, the run is ended anyway.',
    ],
    writes: true,
    run: resolve,
  },
  {
    name: 'schedules',
    takes: ['[TASK]'],
    options: ['zone', 'table', ...JOBS, 'json'],
    summary: 'show the next slots of schedules, and what became of the last ones',
    details: [
      TASK,
      'Of all tasks the last 3 slots of each schedule, of one task the last 30: started, skipped or failed, with the run.',
      'The next slot of a rate without a start is not known here.',
    ],
    run: schedules,
  },
  {
    name: 'twins',
    takes: [],
    options: ['zone', ...JOBS, 'json'],
    summary: 'list jobs that still run although another run has replaced theirs',
    details: [
      'Dinghy cancels neither of two live jobs of one request: you decide (docs/operate/troubleshooting.md).',
      'Shows the result of the last sweep. The exit code is 1 if there is a twin, or if an item cannot be read.',
    ],
    run: twins,
  },
];
