/** The variables of a request as one text, whatever their order: what its fingerprint is made from. */
export function variablesText(variables: Readonly<Record<string, string>>): string {
  const names = Object.keys(variables).sort();
  return JSON.stringify(names.map((name) => [name, variables[name]]));
}
