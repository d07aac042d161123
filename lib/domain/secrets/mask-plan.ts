import { maskSecrets } from './mask-sql.ts';
import { isSensitiveName } from './sensitive-name.ts';
import { MASK } from './text-spans.ts';

/** Options of hints, as Flink's plans write them: `options:{scan.startup.mode=earliest-offset, password=x}`. */
const HINT_OPTIONS = /\boptions:\{(?:.*\}|[^}]*\}?)/g;
const KEY = /([\w.$-]+)=/g;

/**
 * A plan of Flink with the values of sensitive options masked. Nothing in a hint says where a value ends, so what
 * follows the first sensitive option in it is masked too.
 */
export function maskPlan(plan: string): string {
  return maskSecrets(plan).replace(HINT_OPTIONS, (options) => {
    // Stryker disable next-line StringLiteral: the group is always there
    const sensitive = [...options.matchAll(KEY)].find(([, key = '']) => isSensitiveName(key));
    return sensitive === undefined ? options : `${options.slice(0, sensitive.index) + sensitive[0] + MASK}}`;
  });
}
