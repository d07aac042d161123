/** What comments, messages and settings say of a page is true: it exists, and has the heading. */
import { readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { headings, PAGES, read, ROOT } from './pages.ts';

const ROOMS = ['lib', 'cli', 'local', 'handlers', 'test', 'bench', 'examples', 'serverless', '.github'];
const sources = [
  'serverless.yml',
  'vitest.config.ts',
  ...ROOMS.flatMap((room) =>
    readdirSync(new URL(room, ROOT), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.([cm]?[jt]s|ya?ml)$/.test(name))
      .map((name) => `${room}/${name}`),
  ),
];
const OTHERS = ['CHANGELOG.md', 'test/vectors/sql/scripts/README.md'];

/** Pages are called by their path or, in comments, by their name alone. */
const called = (name: string) =>
  [...PAGES, ...OTHERS].find((page) => page === name || (!name.includes('/') && posix.basename(page) === name));

/** What the pattern finds in any source and `isWrong` blames. */
function wrong(pattern: RegExp, isWrong: (found: RegExpMatchArray) => boolean): string[] {
  return sources.flatMap((source) =>
    [...read(source).matchAll(pattern)].filter(isWrong).map(([text]) => `${source}: ${text}`),
  );
}

describe('code', () => {
  it('names pages that are there', () => {
    expect(
      wrong(/(?<![\w./-])(?:docs\/[\w./-]*)?[A-Za-z][\w-]*\.md\b/g, ([name]) => called(name) === undefined),
    ).toEqual([]);
  });

  it('names headings that are there', () => {
    const isWrong = ([, page = '', heading = '']: RegExpMatchArray) => {
      const path = called(page);
      return path === undefined || !headings(path).includes(heading.replaceAll('\\', ''));
    };
    expect(wrong(/([\w/-]+\.md), \\?"([^"\n]+?)\\?"/g, isWrong)).toEqual([]);
  });

  it('has what CONTRIBUTING.md calls by its name', () => {
    const names = [...read('CONTRIBUTING.md').matchAll(/`([A-Za-z]+[a-z][A-Z]\w*)`/g)].map(([, name = '']) => name);
    const code = sources.map(read).join('\n');
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
    expect(names.length).toBeGreaterThan(10);
  });

  it('names some', () => {
    expect(wrong(/\.md\b/g, () => true).length).toBeGreaterThan(50);
    expect(wrong(/\.md, "/g, () => true).length).toBeGreaterThan(10);
  });
});
