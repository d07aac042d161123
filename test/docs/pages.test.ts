/** Links between the pages, and the names of files in them, lead somewhere. */
import { existsSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorOf, headings, links, namedFiles, PAGES, read, ROOT } from './pages.ts';

const isThere = (path: string) => existsSync(new URL(path, ROOT));

/** What is wrong with a link, or undefined. */
function complaint(page: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : posix.join(posix.dirname(page), path);
  if (!isThere(target)) return `${link}: no such file`;
  if (anchor === undefined || !target.endsWith('.md')) return undefined;
  return headings(target).map(anchorOf).includes(anchor) ? undefined : `${link}: no such heading`;
}

describe.each(PAGES)('%s', (page) => {
  it('links to files and headings that are there', () => {
    const inside = links(page).filter((link) => !/^[a-z]+:/.test(link));
    expect(inside.map((link) => complaint(page, link)).filter((text) => text !== undefined)).toEqual([]);
  });

  it('names files that are there', () => {
    expect(namedFiles(page).filter((path) => !isThere(path))).toEqual([]);
  });

  it('has no file in a heading', () => {
    expect(headings(page).filter((heading) => /\.ts\b|\.java\b|\b(?:lib|test|cli)\//.test(heading))).toEqual([]);
  });
});

const sources = ['lib', 'cli', 'local', 'handlers', 'test', 'bench'].flatMap((room) =>
  readdirSync(new URL(room, ROOT), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${room}/${name}`),
);
const internals = PAGES.filter((page) => page.startsWith('docs/internals/'));

it('comments name pages and sections that are there', () => {
  const numbers = new Map(
    internals.map((page) => [posix.basename(page), headings(page).map((heading) => heading.split(/[. ]/)[0])]),
  );
  const wrong = sources.flatMap((source) =>
    [...read(source).matchAll(/\b([a-z]+(?:-[a-z]+)*\.md),? sections? (\d+)/g)]
      .filter(([, page = '', section]) => !numbers.get(page)?.includes(section))
      .map(([text]) => `${source}: ${text}`),
  );
  expect(wrong).toEqual([]);
});
