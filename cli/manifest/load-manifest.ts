/** A file or folder -> every draft in it, and every problem that needs no table to find. */
import { readFile } from 'node:fs/promises';
import { isNumbered } from '../../lib/domain/definition/kinds.ts';
import { decodeText } from './decode-text.ts';
import { type Draft, SINGULAR } from './draft.ts';
import { findManifestFiles } from './find-files.ts';
import { error, type Place, type Problem } from './problem.ts';
import { readDraft } from './read-draft.ts';
import { type Found, readEntries } from './read-entries.ts';
import { readYaml } from './read-yaml.ts';

export interface Manifest {
  readonly files: readonly string[];
  readonly drafts: readonly Draft[];
  readonly problems: readonly Problem[];
}

export async function loadManifest(path: string): Promise<Manifest> {
  const files = await findManifestFiles(path);
  const found = await Promise.all(files.map(readManifestFile));
  const read = found.flatMap(({ entries }) => entries.map(readDraft));
  const drafts = read.map(({ draft }) => draft);
  const problems = [...found, ...read].flatMap((it) => it.problems);
  return { files, drafts, problems: [...problems, ...duplicates(drafts)] };
}

async function readManifestFile(path: string): Promise<Found> {
  const decoded = decodeText(await readFile(path), { allowMark: true });
  if ('text' in decoded) return readEntries(readYaml(path, decoded.text));
  const { problem, line, column } = decoded;
  return { entries: [], problems: [error({ file: path, line, column }, problem)] };
}

function duplicates(drafts: readonly Draft[]): Problem[] {
  const first = new Map<string, Place>();
  return drafts.flatMap((draft) => {
    const name = seenBefore(first, draft, { what: 'name', value: draft.name || null, place: draft.namePlace });
    const idPlace = draft.fields.get('id')?.place ?? draft.place;
    const id = isNumbered(draft.kind)
      ? seenBefore(first, draft, { what: 'id', value: draft.id, place: idPlace })
      : null;
    return [name, id].filter((problem) => problem !== null);
  });
}

/** A name or an id of a draft, and its place. */
interface Named {
  readonly what: 'name' | 'id';
  readonly value: string | number | null;
  readonly place: Place;
}

function seenBefore(first: Map<string, Place>, { kind }: Draft, { what, value, place }: Named): Problem | null {
  if (value === null) return null;
  const key = `${kind} ${what} ${value}`;
  const other = first.get(key);
  if (!other) first.set(key, place);
  return other
    ? error(place, `another ${SINGULAR[kind]} already has the ${what} ${value}: ${other.file}:${other.line}.`)
    : null;
}
