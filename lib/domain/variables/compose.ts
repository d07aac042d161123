/** Puts values in place: those of definitions as they are, those of a request as values, secrets by name. */
import { AppError } from '../errors.ts';
import { isSensitiveName } from '../secrets/sensitive-name.ts';
import { nth } from '../sql/nth.ts';
import { findPlaceholders } from '../sql/placeholder.ts';
import { scan } from '../sql/scan.ts';
import type { ScannedText, Token } from '../sql/token.ts';
import { type Piece, reference, slotText } from './pieces.ts';
import { writeSlots, type WrittenText } from './place.ts';
import type { PlacedSlot, WrittenSlot } from './refused.ts';

/** A part of the author's text, or the replacement of one `${name}` in it. */
export type Part =
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'value'; readonly pieces: readonly Piece[]; readonly name: string; readonly line: number };

export interface Composed {
  /** One text for each part. */
  readonly texts: readonly string[];
  /** Of the texts together, where they had to be read already. */
  readonly tokens: readonly Token[] | null;
  /** For each `${name}` that is a secret's, the name of that secret. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Names of the request's variables that are in the text. */
  readonly requested: readonly string[];
  /** In the form of the text: values of variables with the name of a secret. */
  readonly sensitive: readonly string[];
  /** Names of what looks like a `${name}` in the text and is none, because a value of the request holds it. */
  readonly lookalikes: readonly string[];
  /** The text can't be read even without the values of the request, which are not in place then. */
  readonly unreadable: AppError | null;
}

/** `author`: the text that the parts are of. Throws variable.refused. */
export function compose(parts: readonly Part[], author: ScannedText): Composed {
  const draft = new Draft();
  for (const part of parts) draft.add(part);
  const text = draft.text();
  const read = writtenOrUnreadable(text, draft.slots, author);
  const { slots: written, tokens } = read instanceof AppError ? NOTHING_WRITTEN : read;
  const texts = draft.texts(text, written);
  const sensitive = [
    ...parts.flatMap((part, at) => (part.kind === 'value' && isSensitiveName(part.name) ? [nth(texts, at)] : [])),
    ...written.filter(({ name }) => isSensitiveName(name)).map((slot) => slot.written),
  ];
  const unreadable = read instanceof AppError ? read : null;
  return { ...draft.found(), texts, tokens, sensitive, unreadable, lookalikes: draft.lookalikes(texts, written) };
}

const NOTHING_WRITTEN: WrittenText = { slots: [], tokens: null };

function writtenOrUnreadable(text: string, slots: readonly PlacedSlot[], author: ScannedText): WrittenText | AppError {
  if (slots.length === 0) return NOTHING_WRITTEN;
  try {
    return writeSlots(author.text === text ? author : { text, tokens: scan(text) }, slots);
  } catch (error) {
    if (error instanceof AppError && error.code === 'sql.syntax') return error;
    throw error;
  }
}

/** The text with `${name}` in the place of each value of the request. */
class Draft {
  readonly slots: PlacedSlot[] = [];
  readonly #chunks: string[] = [];
  /** Where each part ends. */
  readonly #ends: number[] = [];
  readonly #requested = new Set<string>();
  readonly #secrets = new Map<string, string>();
  /** Where values of the request stand, as data or as SQL. */
  readonly #chosen: Range[] = [];
  #length = 0;

  add(part: Part): void {
    if (part.kind === 'copy') this.#push(part.text);
    else for (const piece of part.pieces) this.#addPiece(piece, part.line);
    this.#ends.push(this.#length);
  }

  #addPiece(piece: Piece, line: number): void {
    if (typeof piece === 'string') {
      this.#push(piece);
      return;
    }
    const start = this.#length;
    const { name } = piece;
    this.#push(piece.kind === 'request' ? reference(name) : slotText(piece));
    if (piece.kind === 'secret') {
      this.#secrets.set(name, piece.secret);
      return;
    }
    this.#requested.add(name);
    this.#chosen.push([start, this.#length]);
    if (piece.kind === 'request') this.slots.push({ name, value: piece.value, start, end: this.#length, line });
  }

  #push(text: string): void {
    this.#chunks.push(text);
    this.#length += text.length;
  }

  text(): string {
    return this.#chunks.join('');
  }

  found(): Pick<Composed, 'secrets' | 'requested'> {
    return { secrets: Object.fromEntries(this.#secrets), requested: [...this.#requested] };
  }

  /** The parts of the text, each with the text for its slots. */
  texts(text: string, written: readonly WrittenSlot[]): string[] {
    const texts: string[] = [];
    let from = 0;
    let at = 0;
    for (const end of this.#ends) {
      const pieces: string[] = [];
      for (let slot = written[at]; slot !== undefined && slot.end <= end; slot = written[at]) {
        pieces.push(text.slice(from, slot.start), slot.written);
        from = slot.end;
        at += 1;
      }
      texts.push(pieces.join('') + text.slice(from, end));
      from = end;
    }
    return texts;
  }

  /** Values of the request may contain `${name}`, or form one with the text beside them. */
  lookalikes(texts: readonly string[], written: readonly WrittenSlot[]): string[] {
    if (this.#chosen.length === 0) return [];
    const found = findPlaceholders(texts.join(''));
    const ranges = inFinalText(this.#chosen, written);
    let at = 0;
    return found.flatMap(({ name, start, end }) => {
      while (at < ranges.length && nth(ranges, at)[1] <= start) at += 1;
      const [from] = ranges[at] ?? [Infinity];
      return from < end ? [name] : [];
    });
  }
}

type Range = readonly [number, number];

function inFinalText(ranges: readonly Range[], written: readonly WrittenSlot[]): Range[] {
  let shift = 0;
  let at = 0;
  return ranges.map(([start, end]) => {
    for (let slot = written[at]; slot !== undefined && slot.end <= start; slot = written[at]) {
      shift += slot.written.length - (slot.end - slot.start);
      at += 1;
    }
    const slot = written[at];
    const length = slot?.start === start ? slot.written.length : end - start;
    return [start + shift, start + shift + length];
  });
}
