/** YAML documents -> entries: one for each item of the lists `clusters`, `tasks` and so on, not checked yet. */
import { type Document, isMap, isSeq, type Node, type YAMLMap } from 'yaml';
import type { Kind } from '../../lib/domain/definition/kinds.ts';
import { didYouMean } from '../../lib/domain/suggest.ts';
import { error, type Place, type Problem } from './problem.ts';
import { keyText, target, type YamlFile } from './read-yaml.ts';

const SECTIONS: Readonly<Record<string, Kind>> = {
  variables: 'VARIABLES',
  databases: 'DATABASES',
  principals: 'PRINCIPALS',
  clusters: 'CLUSTER',
  clusterConfigurations: 'CLUSTER_CONFIGURATION',
  tasks: 'TASK',
};

export interface EntryField {
  readonly name: string;
  readonly keyPlace: Place;
  readonly place: Place;
  readonly node: Node | null;
}

export interface Entry {
  readonly kind: Kind;
  readonly place: Place;
  readonly file: YamlFile;
  readonly document: Document;
  readonly fields: readonly EntryField[];
}

export type Found = { entries: Entry[]; problems: Problem[] };

export function readEntries(file: YamlFile): Found {
  const found: Found = { entries: [], problems: [...file.problems] };
  for (const document of file.documents) {
    if (document.errors.length === 0 && document.contents !== null) readDocument(file, document, found);
  }
  if (found.entries.length === 0 && found.problems.length === 0) {
    found.problems.push(error(file.placeAt(0), `nothing is defined here; a manifest has lists named ${sectionNames}.`));
  }
  return found;
}

const sectionNames = Object.keys(SECTIONS).join(', ');

function readDocument(file: YamlFile, document: Document, found: Found): void {
  const root = document.contents;
  if (!isMap(root)) {
    const at = file.placeAt(root?.range?.[0] ?? 0);
    found.problems.push(error(at, `a manifest is a map with lists named ${sectionNames}.`));
    return;
  }
  for (const field of fieldsOf(file, document, root)) readSection(file, document, field, found);
}

interface Section {
  readonly file: YamlFile;
  readonly document: Document;
  readonly kind: Kind;
}

function readSection(file: YamlFile, document: Document, section: EntryField, found: Found): void {
  const kind = SECTIONS[section.name];
  if (!kind) {
    const hint = didYouMean(section.name, Object.keys(SECTIONS));
    found.problems.push(error(section.keyPlace, `unknown section "${section.name}".${hint} Use ${sectionNames}.`));
    return;
  }
  if (isEmpty(section.node)) return;
  if (!isSeq(section.node)) {
    found.problems.push(error(section.place, `"${section.name}" must be a list: begin each item with "- ".`));
    return;
  }
  for (const item of section.node.items) readItem({ file, document, kind }, item, found);
}

function readItem({ file, document, kind }: Section, item: unknown, found: Found): void {
  const node = target(document, item);
  const place = file.placeAt(node?.range?.[0] ?? 0);
  if (isMap(node)) found.entries.push({ kind, place, file, document, fields: fieldsOf(file, document, node) });
  else found.problems.push(error(place, 'each item of the list must be a map of fields, as "name: ...".'));
}

function fieldsOf(file: YamlFile, document: Document, map: YAMLMap): EntryField[] {
  return map.items.map(({ key, value }) => {
    const keyPlace = file.placeAt((key as Node | null)?.range?.[0] ?? 0);
    const node = target(document, value);
    const at = (value as Node | null)?.range?.[0];
    return { name: keyText(key), keyPlace, place: at === undefined ? keyPlace : file.placeAt(at), node };
  });
}

const isEmpty = (node: Node | null): boolean => node === null || ('value' in node && node.value === null);
