/** Every subcommand: its name, what it takes, what its help says, and the function that does it. */
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
    options: STORE,
    summary: 'write definitions from manifests into the table',
    details: [
      MANIFEST,
      'Everything is checked first. If there is an error, nothing is written. Applying twice changes nothing.',
      'Nothing is ever deleted.',
    ],
    writes: true,
    run: apply,
  },
  {
    name: 'validate',
    takes: ['FILE|DIR'],
    options: [],
    summary: 'check manifests without asking the table',
    details: [MANIFEST, 'References to what is not in the manifest are warnings here; diff and apply look them up.'],
    run: validate,
  },
  {
    name: 'diff',
    takes: ['FILE|DIR'],
    options: ['exit-code', ...STORE, 'json'],
    summary: 'show what apply would change',
    details: [
      MANIFEST,
      'Writes nothing. It also names what the table has and these files do not: apply leaves that alone.',
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
      'However often the request has to be sent, one run is started. A live run of the same variables is the answer.',
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
    details: ['RUN: its number, from submit, status or runs. Ctrl-C ends the watching, not the run.', EXITS],
    acts: true,
    run: watch,
  },
  {
    name: 'logs',
    takes: ['RUN'],
    options: [...API, 'json'],
    summary: 'print what happened to a run, and what Flink said',
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
      'No savepoint is taken: see dinghy savepoint. The cancel is recorded, and carried out when Flink can be reached.',
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
      'The job goes on, or ends with --stop or --cancel. If no savepoint can be taken, it goes on in any case.',
      'Exit code 124: it is being taken, and Dinghy records it when it is there.',
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
      'The new run has the definition as it is now. If no savepoint can be taken, the old job goes on.',
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
    summary: 'say how the latest run of a task is doing, or one run',
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
      'A task by its name needs the definitions table: --table, DEFINITIONS_TABLE or --local.',
      'The status is the one that callers see. Times are UTC, or of --zone; in JSON always UTC.',
      'With --task or --live, a run of the last second may be missing, because an index lags behind.',
    ],
    run: runs,
  },
  {
    name: 'history',
    takes: ['RUN'],
    options: ['zone', ...JOBS, 'json'],
    summary: 'print everything that happened to a run',
    details: [
      'RUN: the number from the answer of submitTask, or from dinghy runs.',
      'Says whether the history is complete. The exit code is 1 if something is missing.',
      'In a long history older events are folded: SEQ 4-9 stands for six of them.',
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
      'docs/operate/keys.md tells more.',
    ],
    writes: true,
    run: keys,
  },
  {
    name: 'context',
    takes: ['add|use|list|remove', '[NAME]'],
    options: ['url', 'key-file', 'table', 'jobs-table', 'region', 'endpoint', 'json'],
    summary: 'give places a name: an API, tables, or both',
    details: [
      'add NAME: keeps the places that are given. The first context is used at once.',
      'use NAME: from now on commands that are not told another place act there. Flags and variables win.',
      'A key is never kept, only the path of the file that holds it.',
      'The contexts are in dinghy/contexts.json of XDG_CONFIG_HOME (default: ~/.config), for you alone.',
    ],
    run: (call) => Promise.resolve(contexts(call)),
  },
  {
    name: 'completion',
    takes: ['bash|zsh|fish'],
    options: [],
    summary: 'print what a shell needs to complete the words of dinghy',
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
      'This command asks the JobManager from your machine. If it is out of reach, your word counts.',
    ],
    writes: true,
    run: resolve,
  },
  {
    name: 'twins',
    takes: [],
    options: ['zone', ...JOBS, 'json'],
    summary: 'list jobs that still run although another run has replaced theirs',
    details: [
      'Dinghy cancels neither of two live jobs of one request: a person decides (docs/operate/troubleshooting.md).',
      'Shows what the last sweep saw. The exit code is 1 if there is a twin, or if an item that cannot be read may be one.',
    ],
    run: twins,
  },
];
