import { appStartSlot, appSubmitTask } from '../lib/app.ts';
import { eventContext } from '../lib/app/process.ts';
import { scheduledSubmit } from '../lib/http/scheduled-event.ts';

export const handler = scheduledSubmit(eventContext, appSubmitTask, appStartSlot);
