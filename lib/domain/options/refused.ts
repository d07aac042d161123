/** Options that only Dinghy may set, and options that a task may not set. The error names the option and the reason. */
import { AppError } from '../errors.ts';
import { SAVEPOINT_PATH_KEYS } from './by-version.ts';

type Options = Readonly<Record<string, string>>;

/** Task: its customConfig and its SET. Own cluster: all that configures a cluster which a run starts for itself. */
type Place = 'task' | 'ownCluster';

interface Rule {
  readonly matches: (key: string) => boolean;
  readonly why: string;
  readonly places: readonly Place[];
}

const EVERYWHERE: readonly Place[] = ['task', 'ownCluster'];

/** They would aim the gateway elsewhere, or undo what makes a run one job. */
const REFUSED: readonly Rule[] = [
  {
    matches: (key) => key.startsWith('$internal.'),
    why: 'it is internal to Flink, and Dinghy chooses the job id',
    places: EVERYWHERE,
  },
  { matches: (key) => key === 'execution.target', why: "the task's type says where it runs", places: EVERYWHERE },
  {
    matches: (key) => SAVEPOINT_PATH_KEYS.includes(key),
    why: "set where the job starts from with the task's savePointStrategy and savePointPath, or the request's savePointPath",
    places: EVERYWHERE,
  },
  {
    matches: (key) => key.startsWith('rest.'),
    why: "the cluster's address comes from its definition",
    places: ['task'],
  },
  {
    matches: isHighAvailability,
    why: "Flink would look elsewhere for the JobManager: its address comes from the cluster's definition",
    places: ['task'],
  },
  { matches: (key) => key.startsWith('security.'), why: 'it belongs to the cluster, not to a task', places: ['task'] },
  {
    matches: (key) => key === 'table.dml-sync',
    why: 'it would block the gateway until the job ends',
    places: ['task'],
  },
  {
    matches: (key) => key === 'kubernetes.cluster-id',
    why: 'each run gets its own cluster, named by Dinghy',
    places: ['ownCluster'],
  },
  {
    matches: (key) => key === 'yarn.application.id',
    why: 'each run gets its own application',
    places: ['ownCluster'],
  },
];

/** In all spellings that Flink still reads; a client with this option ignores `rest.address`. */
function isHighAvailability(key: string): boolean {
  return key === 'high-availability' || key.startsWith('high-availability.') || key.startsWith('recovery.');
}

function refusedIn(place: Place, options: Options): { readonly key: string; readonly why: string }[] {
  return Object.keys(options).flatMap((key) => {
    const isHit = ({ matches, places }: Rule): boolean => places.includes(place) && matches(key.trim().toLowerCase());
    const rule = REFUSED.find(isHit);
    return rule === undefined ? [] : [{ key, why: rule.why }];
  });
}

/** One sentence for each option that is fixed for a run with its own cluster; none if all may be set. */
export function fixedOptionProblem(options: Options): string[] {
  return refusedIn('ownCluster', options).map(({ key, why }) => `The option "${key}" can't be set: ${why}.`);
}

/** Refuses options that a task may not set, naming them all. `where` names their place for the message. */
export function checkOptions(options: Options, where: string): void {
  const refused = refusedIn('task', options);
  if (refused.length === 0) return;
  const which = refused.map(({ key, why }) => `"${key}" (${why})`).join(', ');
  throw new AppError('config.refused', `The ${where} sets ${which}, which a task may not set. Remove it.`);
}
