/** `principals:` in manifests: what is stored is what a function reads. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../cli/main.ts';
import { accessKeyReader } from '../../lib/adapters/dynamo/access-key-reader.ts';
import { type DefinitionsTable, startDefinitionsTable } from './definitions-table.ts';
import { folder } from './folder.ts';

let db: DefinitionsTable;
let table: string;
beforeAll(async () => void (db = await startDefinitionsTable()));
afterAll(() => db.stop());
beforeEach(async () => void (table = await db.create()));

async function dinghy(...args: string[]) {
  const lines = { out: [] as string[], err: [] as string[] };
  const io = { out: (line: string) => void lines.out.push(line), err: (line: string) => void lines.err.push(line) };
  const where = args[0] === 'validate' ? [] : ['--table', table];
  const code = await main([...args, ...where], { AWS_ENDPOINT_URL_DYNAMODB: db.endpoint }, io);
  return { code, out: lines.out.join('\n'), err: lines.err.join('\n') };
}
const apply = (text: string) => dinghy('apply', folder({ 'm.yaml': text }));
const grantOf = (kind: 'iam' | 'jwt', name: string) =>
  accessKeyReader(db.items, { definitions: table, jobs: '' }).grantOf(kind, name);

const ROLE = 'arn:aws:sts::123456789012:assumed-role/etl';

describe('principals of a manifest', () => {
  it('are applied, found by the functions, listed and shown', async () => {
    const text = `
principals:
  - {name: "${ROLE}", kind: iam, tasks: "1,2,10-20", verbs: [submit, read]}
  - {name: me, kind: jwt, tasks: [1, 2], verbs: [read], note: mine}
  - {name: one, kind: jwt, tasks: 7, verbs: [control]}
  - {name: off, kind: jwt, tasks: "*", verbs: [control], enabled: false}
`;
    const { code, err, out } = await apply(text);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('4 created, 0 updated, 0 unchanged.');
    expect((await apply(text)).out).toContain('0 created, 0 updated, 4 unchanged.');
    expect(await grantOf('iam', ROLE)).toEqual({ tasks: '1,2,10-20', verbs: ['submit', 'read'] });
    expect(await grantOf('jwt', 'me')).toEqual({ tasks: '1,2', verbs: ['read'] });
    expect(await grantOf('jwt', 'one')).toEqual({ tasks: '7', verbs: ['control'] });
    expect(await grantOf('jwt', 'off')).toBeNull();
    expect(await grantOf('jwt', ROLE)).toBeNull();
    expect(await grantOf('jwt', 'nobody')).toBeNull();
    expect((await dinghy('list', 'principals')).out).toMatch(/me +jwt +1,2 +read +yes +mine/);
    expect((await dinghy('show', 'principal', 'me')).out).toContain('kind: jwt');
  });

  it.each([
    ['{name: me, kind: jwt, tasks: all, verbs: [read]}', /"tasks" must be/],
    ['{name: me, kind: jwt, tasks: "*", verbs: [write]}', /"verbs\.0" must be/],
    ['{name: me, kind: jwt, tasks: "*", verbs: read}', /"verbs" must be/],
    ['{name: me, kind: key, tasks: "*", verbs: [read]}', /"kind" must be iam or jwt/],
    ['{name: me, kind: jwt, verbs: [read]}', /tasks/],
    ['{name: me, kind: jwt, tasks: "*"}', /verbs/],
    ['{name: me, kind: iam, tasks: "*", verbs: [read]}', /has an ARN as its name/],
    [
      `{name: "${ROLE}/s1", kind: iam, tasks: "*", verbs: [read]}`,
      /Write "arn:aws:sts::123456789012:assumed-role\/etl"/,
    ],
    [
      '{name: "arn:aws:iam::123456789012:role/path/etl", kind: iam, tasks: "*", verbs: [read]}',
      /Write "arn:aws:sts::123456789012:assumed-role\/etl"/,
    ],
  ])('%s is refused', async (entry, text) => {
    const { code, err } = await dinghy('validate', folder({ 'm.yaml': `principals:\n  - ${entry}\n` }));
    expect(code).toBe(1);
    expect(err).toMatch(text);
  });
});
