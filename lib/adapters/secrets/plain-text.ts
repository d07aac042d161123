/** A value of a JSON secret as text; null for other types, and for numbers that JSON does not keep digit by digit. */
export function plainText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' && isKept(value) ? String(value) : null;
}

/** A number of more than 15 digits may lose some, and a large one would become 1e+21. */
function isKept(value: number): boolean {
  const digits = String(value).replace(/[-.]/g, '');
  return /^\d+$/.test(digits) && digits.length <= 15;
}
