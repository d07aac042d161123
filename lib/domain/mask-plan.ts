import { MASK } from './mask-options.ts';
import { maskSecrets } from './sql/mask.ts';
import { isSensitiveName } from './sql/sensitive-name.ts';

/** Options of hints, as Flink's plans write them: `options:{scan.startup.mode=earliest-offset, password=x}`. */
const HINT_OPTIONS = /\boptions:\{([^\n]*?)\}(?=\]|\)|\n|$)/g;
const OPTION = /([\w.$-]+)=(.*?)(?=, [\w.$-]+=|$)/g;

/** A plan of Flink with the values of sensitive options masked. */
export function maskPlan(plan: string): string {
  return maskSecrets(plan).replace(HINT_OPTIONS, (_all, options: string) => {
    const masked = options.replace(OPTION, (one, key: string) => (isSensitiveName(key) ? `${key}=${MASK}` : one));
    return `options:{${masked}}`;
  });
}
