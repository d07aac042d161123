/** The pages of the project, and what of them a test can check: headings, links, and the files that they name. */
import { readdirSync, readFileSync } from 'node:fs';

export const ROOT = new URL('../../', import.meta.url);

const ROOMS = ['docs', 'docs/guide', 'docs/operate', 'docs/internals', 'examples'];
const BESIDE = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CODE_OF_CONDUCT.md'];

export const PAGES = [
  ...BESIDE,
  ...ROOMS.flatMap((room) =>
    readdirSync(new URL(room, ROOT))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${room}/${name}`),
  ),
];

export const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

/** A page without its blocks of code: a `#` in them is no heading, and brackets are no link. */
const prose = (path: string) => read(path).replaceAll(/^```.*?^```/gms, '');

export const headings = (path: string) => [...prose(path).matchAll(/^#+ (.+)$/gm)].map((found) => found[1]!);

/** The anchor of a heading as GitHub makes it. */
export const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

export const links = (path: string) => [...prose(path).matchAll(/\]\(([^)\s]+)\)/g)].map((found) => found[1]!);

/** The files of this repository that a page names between backquotes; a pattern (`*`) or a folder is none. */
export const namedFiles = (path: string) =>
  [...prose(path).matchAll(/`((?:lib|cli|local|handlers|test|bench|docs|examples)\/[\w./-]+\.\w+)`/g)].map(
    (found) => found[1]!,
  );
