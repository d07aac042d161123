/** "Line 3: what is wrong there". `where` is a place as messages name it: "line 3", "environment task 7, line 2". */
export function atPlace(where: string, what: string): string {
  return `${where.charAt(0).toUpperCase()}${where.slice(1)}: ${what}`;
}
