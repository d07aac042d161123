import { AppError } from '../errors.ts';
import { splitScript, type SqlStatement } from './split.ts';

/** The statements of a text; none if it can't be split. Other code reports that error. */
export function splitOrNone(text: string): SqlStatement[] {
  try {
    return splitScript(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [];
  }
}
