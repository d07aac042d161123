import { isSensitiveName } from '../secrets/sensitive-name.ts';

/** The first option of a database's Flink options that has a sensitive name and a value in plain text. */
export function plainSecretOption(flinkConfig: string): string | null {
  for (const [, name = '', value = ''] of flinkConfig.matchAll(/'([^']+)'\s*=\s*'((?:[^']|'')*)'/g)) {
    if (isSensitiveName(name) && value !== '' && !value.includes('${')) return name;
  }
  return null;
}
