/** Every subcommand: its name, what it takes, what its help says, and the function that does it. */
import { apply } from './apply.ts';
import type { Command } from './command.ts';
import { diff } from './diff.ts';
import { list } from './list.ts';
import { show } from './show.ts';
import { validate } from './validate.ts';

const STORE = ['table', 'local', 'endpoint', 'region'] as const;
const MANIFEST =
  'FILE|DIR: a YAML manifest, or a folder whose .yaml and .yml files are all read (docs/definitions.md).';
const KINDS = 'KIND: task, cluster, clusterConfiguration, variable or database.';

export const COMMANDS: readonly Command[] = [
  {
    name: 'apply',
    takes: ['FILE|DIR'],
    options: STORE,
    summary: 'write definitions from manifests into the table',
    details: [
      MANIFEST,
      'Everything is checked first; with one error nothing is written. Applying twice changes nothing.',
      'Nothing is ever deleted.',
    ],
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
    options: STORE,
    summary: 'show what apply would change',
    details: [MANIFEST, 'Writes nothing.'],
    run: diff,
  },
  {
    name: 'list',
    takes: ['[KIND]'],
    options: [...STORE, 'json'],
    summary: 'list what the table holds',
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
];
