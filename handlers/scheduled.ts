import { appSubmitTask, eventContext } from '../lib/app.ts';
import { scheduledSubmit } from '../lib/http/scheduled-event.ts';

export const handler = scheduledSubmit(eventContext, appSubmitTask);
