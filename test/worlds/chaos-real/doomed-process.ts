/** The other side of doomed-submit.ts. */
import { submitTask } from '../../../lib/usecases/submit-task.ts';
import { keptLog } from '../../fakes/fake-ids.ts';
import { clockAhead, container } from './container.ts';
import { type DoomedOrder, READY } from './doomed-submit.ts';

const { places, aheadMs, request, caller, budgetMs } = JSON.parse(process.argv[2] ?? '') as DoomedOrder;
const deps = container(
  places,
  clockAhead(() => aheadMs),
  keptLog(),
);
process.stdout.write(`${READY}\n`);
await submitTask(deps)(request, { caller, budgetMs });
