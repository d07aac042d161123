/** The variables of a request as one sorted text, for its fingerprint. */
export function variablesText(variables: Readonly<Record<string, string>>): string {
  const names = Object.keys(variables).sort();
  return JSON.stringify(names.map((name) => [name, variables[name]]));
}
