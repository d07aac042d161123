import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasFile, matches, refusal, ROOMS, testsInOrder } from './rooms.ts';

const ROOT = join(import.meta.dirname, '../..');

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((path) => statSync(join(ROOT, path)).isFile());
}

const CODE = ['lib/usecases', 'lib/domain', 'lib/adapters/dynamo', 'lib/adapters/flink', 'cli/plan'].flatMap(filesIn);
const TESTS = filesIn('test').filter((path) => path.endsWith('.test.ts'));
const entries = Object.entries(ROOMS);

describe('the rooms of the mutation runs', () => {
  it('have every file of the code that decides, each of them once', () => {
    const roomsOf = (path: string) => entries.filter(([, room]) => hasFile(room, path)).map(([name]) => name);
    expect(CODE.filter((path) => roomsOf(path).length !== 1).map((path) => [path, roomsOf(path)])).toEqual([]);
  });

  it.each(entries.filter(([name]) => !name.endsWith('-new')))('%s: each of its globs finds something', (_, room) => {
    const all = [...room.files, ...room.tests].map((glob) => glob.replace(/^!/, ''));
    expect(all.filter((glob) => ![...CODE, ...TESTS].some((path) => matches(glob, path)))).toEqual([]);
  });

  it('run no tests that need a real Flink, or the time of chaos and fencing', () => {
    const tests = entries.flatMap(([, room]) => TESTS.filter((path) => room.tests.some((glob) => matches(glob, path))));
    expect(tests.filter((path) => /^test\/(live|local|e2e|package|worlds)\//.test(path))).toEqual([]);
  });
});

describe('a run that is asked for', () => {
  it.each([
    [
      '',
      [],
      /^No room is named\. Usage: npm run mutants -- ROOM .*\nRooms: domain-secrets, cli-plan, .*usecases-submit/s,
    ],
    ['lib', [], /^There is no room "lib"\. Usage/],
    ['toString', [], /^There is no room "toString"/],
    ['cli-plan', ['cli/help.ts'], /^The room cli-plan has no file cli\/help\.ts\. Its files: cli\/plan/],
    ['cli-plan', ['cli/plan/none.ts'], /^There is no file cli\/plan\/none\.ts/],
  ])('of %s %j is refused, with what there is', (name, files, message) => {
    expect(refusal(name, files, (path) => existsSync(join(ROOT, path)))).toMatch(message);
  });

  it('of a room, or of some of its files, is not', () => {
    const exists = (path: string): boolean => existsSync(join(ROOT, path));
    for (const name of Object.keys(ROOMS)) expect(refusal(name, [], exists)).toBeNull();
    expect(refusal('cli-plan', ['cli/plan/stored.ts', 'cli/plan/resolve.ts'], exists)).toBeNull();
  });
});

describe('the tests of a room', () => {
  it('begin with those that the room names first; those that take long come last', () => {
    const paths = ['b/in-time.test.ts', 'a/b.test.ts', 'b/c.test.ts', 'c/d.test.ts'];
    expect(testsInOrder(['b/*.test.ts', 'a/*.test.ts'], paths)).toEqual([
      ...['b/c.test.ts', 'a/b.test.ts', 'b/in-time.test.ts'],
    ]);
  });

  it('of one file of the use cases come before the stories', () => {
    const paths = ['test/usecases/story.test.ts', 'test/usecases/submit/claim-run.test.ts'];
    expect(testsInOrder(['test/usecases/**/*.test.ts'], paths)).toEqual(paths.toReversed());
  });
});

describe('a glob', () => {
  it.each([
    ['lib/domain/sql/scan*.ts', 'lib/domain/sql/scan-raw.ts', true],
    ['lib/domain/sql/scan*.ts', 'lib/domain/sql/scan.ts', true],
    ['lib/domain/plan*.ts', 'lib/domain/plan/run.ts', false],
    ['cli/plan/**/*.ts', 'cli/plan/stored.ts', true],
    ['cli/plan/**/*.ts', 'cli/plan/a/b/c.ts', true],
    ['cli/plan/**/*.ts', 'cli/plan-changes.ts', false],
    ['lib/a.ts', 'lib/abts', false],
  ])('%s takes %s: %s', (glob, path, taken) => expect(matches(glob, path)).toBe(taken));
});
