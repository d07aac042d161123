import { appReconcile } from '../lib/app.ts';
import { sweepHandler } from '../lib/http/sweep-event.ts';

export const handler = sweepHandler(appReconcile);
