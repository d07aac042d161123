/** The variables of a request as one text, whatever their order: what its fingerprint is made from. */
export function variablesText(variables: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1)));
}
