import { maskValue } from './mask-sql.ts';
import { isSensitiveName } from './sensitive-name.ts';
import { MASK } from './text-spans.ts';

/** Options or variables as an answer may show them: values of sensitive names are masked. */
export function maskOptions(options: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, isSensitiveName(name) ? MASK : maskValue(value)]),
  );
}
