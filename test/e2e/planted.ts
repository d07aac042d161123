/** Values that are planted to be looked for, and the search for them in everything that was left behind. */

/** A text that somebody may come to see, and what it is. */
export interface Place {
  /** Such as "answer", "log", "item", "command", "request to Flink", "file". */
  readonly kind: string;
  readonly name: string;
  readonly text: string;
}

export interface Planted {
  readonly name: string;
  readonly value: string;
  /** Where it must be: what was planted nowhere is found nowhere. Everywhere else it is a leak. */
  belongs(place: Place): boolean;
}

export interface Leak {
  readonly planted: string;
  readonly form: string;
  readonly place: string;
}

/** A part of a value says as much as the whole, from this length on. */
const MIN_PART = 5;

/** A value as it is, and as SQL, JSON (once and twice), URLs, YAML, Base64 and logs write it, and its long parts. */
export function formsOf(value: string): readonly string[] {
  const json = (text: string): string => JSON.stringify(text).slice(1, -1);
  const sql = value.replaceAll("'", "''");
  const written = [value, value.replaceAll("''", "'"), sql, sql.replaceAll('\\', '\\\\'), value.replaceAll('`', '``')];
  const url = encodeURIComponent(value);
  const urls = [
    url,
    url.replace(/%../g, (hex) => hex.toLowerCase()),
    new URLSearchParams([['', value]]).toString().slice(1),
  ];
  const parts = value.split(/[^A-Za-z0-9_-]+/).filter((part) => part.length >= MIN_PART);
  const all = [
    ...written.flatMap((text) => [text, json(text), json(json(text))]),
    ...urls,
    ...base64Forms(value),
    ...parts,
  ];
  return [...new Set(all)].filter((form) => form.length >= MIN_PART - 1);
}

/** As it stands within a longer text, whatever stands before it: the first and the last characters mix with others. */
function base64Forms(value: string): string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.from('x'.repeat(before) + value)
      .toString('base64')
      .replace(/=+$/, '');
    return text.slice(before === 0 ? 0 : before + 1, Math.floor(((before + value.length) * 8) / 6));
  });
}

export function leaksIn(places: readonly Place[], planted: readonly Planted[]): Leak[] {
  return planted.flatMap((one) => {
    const forms = formsOf(one.value);
    return places.flatMap((place) => {
      if (one.belongs(place)) return [];
      const form = forms.find((some) => place.text.includes(some));
      return form === undefined ? [] : [{ planted: one.name, form, place: `${place.kind} ${place.name}` }];
    });
  });
}

/** Those that are not where they belong: a search for them would prove nothing. */
export function unplanted(places: readonly Place[], planted: readonly Planted[]): string[] {
  const isThere = ({ value, belongs }: Planted): boolean =>
    places.some((place) => belongs(place) && formsOf(value).some((form) => place.text.includes(form)));
  return planted.filter((one) => !isThere(one)).map(({ name }) => name);
}
