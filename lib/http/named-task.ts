/**
 * The task of a submit by POST, even if the rest of the request is bad: after a refusal its client may send a cancel for that
 * task. Null: it names none, or it is no POST.
 */
import { isId, type Request } from './request.ts';

export function taskNamedBy({ method, query, body }: Request): number | null {
  if (method !== 'POST') return null;
  return toId(idIn(body)) ?? toId(query.get('id'));
}

function toId(value: unknown): number | null {
  return isId(value) ? Number(value) : null;
}

/** Reads a body of any size: clients may write the id last. */
function idIn(body: string): unknown {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>)['id'] : undefined;
  } catch {
    // Any error: it is no JSON.
    return idInPieces(body);
  }
}

const VALUE = /\s*:\s*(?:"(\d{1,10})"|(\d{1,10})(?=[\s,}]|$))/y;

/** In a body that is no JSON: the value of the first key "id" outside of inner objects. */
function idInPieces(text: string): string | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '{' || char === '[') depth += 1;
    if (char === '}' || char === ']') depth -= 1;
    if (char !== '"') continue;
    const end = endOfString(text, at);
    if (depth === 1 && text.slice(at, end) === '"id"') {
      VALUE.lastIndex = end;
      const found = VALUE.exec(text);
      if (found !== null) return found[1] ?? found[2];
    }
    at = end - 1;
  }
  return undefined;
}

function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
