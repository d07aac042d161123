/** docs/operate/settings.md, serverless.yml and lib/config.ts know the same settings, with the same defaults. */
import { describe, expect, it } from 'vitest';
import { read } from './pages.ts';

interface Setting {
  readonly param: string;
  readonly variable: string;
  readonly default: string;
}

const page = read('docs/operate/settings.md');
const template = read('serverless.yml');
/** "`dinghy/<stage>/`", "empty" and "none" as the template writes them. */
const plain = (text: string) => text.replaceAll('`', '').replace(/^\(?(?:empty|none)\)?$/, '');

const rows = [...page.matchAll(/^\| `(\w+)` \| `(\w+)` \| ([^|]+) \| /gm)];
const documented: Setting[] = rows.map(([, param = '', variable = '', value = '']) => ({
  param,
  variable,
  default: plain(value),
}));

/** ${param:auth, env:AUTH, ''} */
const USED = /\$\{param:(\w+), env:(\w+), '?((?:\$\{[^}]*\}|[^'}])*)'?\}/g;
const used: Setting[] = [...template.matchAll(USED)].map(([, param = '', variable = '', value = '']) => ({
  param,
  variable,
  default: value.replaceAll('${sls:stage}', '<stage>'),
}));

const byParam = (settings: readonly Setting[]) => settings.toSorted((a, b) => a.param.localeCompare(b.param));

describe('the settings', () => {
  it('of the page are those of the template', () => {
    expect(byParam(documented)).toEqual(byParam(used));
    expect(documented.length).toBeGreaterThan(15);
  });

  it('has one that lets callers run what they like, which no variable of the shell may set either', () => {
    expect(template).toContain("ADHOC: ${param:adhoc, 'false'}");
    expect(template).not.toContain('env:ADHOC');
    for (const value of ['false', 'true']) expect(template).toContain(`#   --param adhoc=${value}`);
    expect(page).toContain('--param adhoc=true');
  });

  it('has one that no variable of the shell may set', () => {
    expect(template).toContain("AUTH: ${param:auth, 'keys'}");
    expect(template).not.toContain('env:AUTH');
    for (const mode of ['keys', 'none', 'iam', 'jwt']) {
      expect(template).toContain(`#   --param auth=${mode}`);
      expect(/\*\*\[Who may call\][^]*?\n\n/.exec(page)?.[0]).toContain(mode);
    }
  });

  it('are told alike at the top of the template', () => {
    const told = [...template.matchAll(/^# {3}(\w+) +([A-Z_]+) +(\S+) +/gm)].map(
      ([, param = '', variable = '', value = '']) => ({
        param,
        variable,
        default: plain(value),
      }),
    );
    expect(byParam(told)).toEqual(byParam(used));
  });

  it('that functions read are all on the page', () => {
    const names = [...read('lib/config.ts').matchAll(/^ {2}([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*): v\./gm)];
    const settings = names.map(([, name = '']) => name);
    expect(settings.filter((name) => !page.includes(`\`${name}`))).toEqual([]);
    expect(settings.length).toBeGreaterThan(18);
  });

  it('of the template reach the functions by a name that they read', () => {
    const config = read('lib/config.ts');
    const environment = /^ {2}environment:\n((?: {4}.*\n)+)/m.exec(template)?.[1] ?? '';
    const given = [...environment.matchAll(/^ {4}([A-Z_]+):/gm)].map(([, name = '']) => name);
    expect(given.filter((name) => !config.includes(`'${name}'`) && !config.includes(`${name}:`))).toEqual([]);
    expect(given.length).toBeGreaterThan(14);
  });
});
