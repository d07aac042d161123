/** Where the savepoints of a run go: the directory of the task, else that of the cluster (contract.md, "savepointTask"). */
import { describe, expect, it } from 'vitest';
import { prepareRun } from '../../../lib/domain/plan/prepare-run.ts';
import { savepointDirectory } from '../../../lib/domain/plan/savepoint-directory.ts';
import { aTask } from '../../fakes/memory-definitions.ts';

const NEW = 'execution.checkpointing.savepoint-dir';
const OLD = 'state.savepoints.dir';

/** `shown`: the options as SET leaves them, secrets masked; `session`: those below SET, in full. */
function directoryOf(shown: Record<string, string> | undefined, session: Record<string, string> = {}): string | null {
  const { plan, jobConfig } = prepareRun({
    task: aTask({ statement: 'INSERT INTO t SELECT 1' }),
    target: { hosts: 'jm:8081', gatewayUrl: null, clusterId: null, clusterConfig: {} },
    ...{ clusterConfiguration: null, envTask: null, variables: [], databases: [], flinkConfig: {} },
    request: { variables: {}, savePointPath: null },
  }).bodyFor('jm:8081');
  // Bodies of earlier versions have no options to show.
  const asStored = { ...jobConfig, configJson: shown } as typeof jobConfig;
  return savepointDirectory({ plan: { ...plan, properties: session }, jobConfig: asStored });
}

describe('the directory of savepoints', () => {
  it.each<[string, Record<string, string> | undefined, Record<string, string>, string | null]>([
    ['nobody has named one', {}, {}, null],
    ['under its name since Flink 1.20', { [NEW]: 's3://b/new' }, {}, 's3://b/new'],
    ['under its older name', { [OLD]: 's3://b/old' }, {}, 's3://b/old'],
    ['under both names', { [OLD]: 's3://b/old', [NEW]: 's3://b/new' }, {}, 's3://b/new'],
    ['with blanks around it', { [NEW]: ' s3://b/new ' }, {}, 's3://b/new'],
    ['blank under one of its names', { [NEW]: '  ', [OLD]: 's3://b/old' }, {}, 's3://b/old'],
    ['by SET, above that of the session', { [OLD]: 's3://b/set' }, { [NEW]: 's3://b/session' }, 's3://b/set'],
    ['masked where it is shown', { [NEW]: 's3://me:******@b' }, { [NEW]: 's3://me:k@b' }, 's3://me:k@b'],
    ['masked everywhere', { [NEW]: 's3://me:******@b' }, { [NEW]: 's3://me:******@b' }, null],
    ['with a secret in it', { [NEW]: 's3://b/${name}' }, { [OLD]: 's3://b/${name}' }, null],
    ['of a stored run without options to show', undefined, { [OLD]: 's3://b/old' }, 's3://b/old'],
    ['of a stored run without any options', undefined, {}, null],
  ])('%s', (_case, shown, session, directory) => {
    expect(directoryOf(shown, session)).toBe(directory);
  });
});
