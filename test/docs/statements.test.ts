/** docs/guide/statements.md and the table of kinds say the same. */
import { describe, expect, it } from 'vitest';
import { classify } from '../../lib/domain/sql/kind.ts';
import { splitScript } from '../../lib/domain/sql/split.ts';
import { STATEMENT_KINDS } from '../../lib/domain/sql/statement-kinds.ts';
import { read } from './pages.ts';

const page = read('docs/guide/statements.md');
const [table = ''] = page.split('## The order of statements');

/** Each statement of the table with what the page says it is: ["CREATE TABLE … AS", "job, once"]. */
const documented = table
  .split('\n')
  .map((line) => line.split(' | '))
  .filter(([statements, is]) => statements?.startsWith('| `') === true && is !== undefined)
  .flatMap(([statements = '', is = '']) =>
    [...statements.matchAll(/`([^`]+)`/g)].map((found) => [found[1] ?? '', is] as const),
  );

/** The least that a row fits: its words without what may be missing, each choice on its own. */
function minForms(starts: string): string[] {
  const words = starts.replaceAll(/\[[^\]]+\] ?/g, '').split(' ');
  return words.reduce<string[]>(
    (forms, word) => forms.flatMap((form) => word.split('|').map((either) => `${form} ${either}`.trim())),
    [''],
  );
}

describe('the statements of docs/guide/statements.md', () => {
  it.each(documented)('%s is %s', (form, is) => {
    const sql = form.replace(' … AS', ' x AS SELECT 1');
    const { role, unrepeatable: once } = classify(splitScript(sql)[0]!);
    expect(once ? `${role}, once` : role).toBe(is);
  });

  it('are all there', () => {
    const forms = new Set(documented.map(([form]) => form));
    const missing = STATEMENT_KINDS.flatMap(({ starts }) => minForms(starts)).filter((form) => !forms.has(form));
    expect(missing).toEqual([]);
    expect(forms.size).toBeGreaterThan(80);
  });

  it('say which Flink they need, where not all know them', () => {
    const text = page.replaceAll(/\s+/g, ' ');
    for (const { needs } of STATEMENT_KINDS) if (needs !== undefined) expect(text).toContain(needs);
  });
});
