import { AppError } from '../errors.ts';
import { splitScript, type SqlStatement } from './split.ts';

/** The statements of a text; none where it can't be taken apart, which whoever runs or checks it says elsewhere. */
export function splitOrNone(text: string): SqlStatement[] {
  try {
    return splitScript(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [];
  }
}
