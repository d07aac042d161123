import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgesIn, swallowingCatches } from './arch-catches.ts';

const ROOT = join(import.meta.dirname, '..');
const ROOMS = ['lib', 'handlers', 'cli'];

describe('errors that are not ours', () => {
  it('are swallowed nowhere without a reason beside it', () => {
    const files = ROOMS.flatMap((room) =>
      readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' }).map((name) => `${room}/${name}`),
    ).filter((path) => path.endsWith('.ts'));
    expect(files.length).toBeGreaterThan(150);
    const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
    const judges = files.flatMap((path) => judgesIn(path, textOf(path)));
    expect(files.flatMap((path) => swallowingCatches(path, textOf(path), judges))).toEqual([]);
  });

  it.each([
    ['a catch without a name', 'try { f(); } catch { g(); }'],
    ['a catch that logs', 'try { f(); } catch (error) { log(error); }'],
    ['a catch that throws another', "try { f(); } catch (error) { throw new AppError('internal', 'x'); }"],
    ['a promise', 'f().catch(() => null);'],
    ['a promise whose error is logged', 'f().catch((error: unknown) => { log(error); });'],
    ['a comment that gives no reason', 'try { f(); } catch {\n  // Never mind.\n}'],
    ['a reason of another catch', 'try { f(); } catch {\n  // Any error: fine.\n}\ntry { f(); } catch { g(); }'],
  ])('are seen: %s', (_name, text) => {
    expect(swallowingCatches('lib/usecases/x.ts', text)).toHaveLength(1);
  });

  it.each([
    ['thrown on', 'try { f(); } catch (error) { if (!(error instanceof AppError)) throw error; }'],
    ['thrown as another with its cause', 'try { f(); } catch (e) { throw new UsageError("x", { cause: e }); }'],
    ['given a reason', 'try { f(); } catch {\n  // Any error: it is no JSON.\n}'],
    ['given a reason before', '// Any error: it is gone.\nconst a = await f().catch(() => null);'],
  ])('may be caught: %s', (_name, text) => {
    expect(swallowingCatches('lib/usecases/x.ts', text)).toEqual([]);
  });

  it('may be left to a function that throws them on, and to no other', () => {
    const judge = 'function judge(error: unknown) { if (!(error instanceof AppError)) throw error; return 1; }';
    const other = 'function other(error: unknown) { return String(error); }';
    const judges = judgesIn('lib/usecases/x.ts', `${judge}\n${other}`);
    expect(judges).toEqual(['judge']);
    const left = (name: string): string => `try { f(); } catch (error) { return { kind: ${name}(error) }; }`;
    expect(swallowingCatches('lib/usecases/x.ts', left('judge'), judges)).toEqual([]);
    expect(swallowingCatches('lib/usecases/x.ts', left('other'), judges)).toHaveLength(1);
  });
});
