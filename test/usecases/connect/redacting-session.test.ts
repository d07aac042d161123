/** A session that knows what a run hides: values go in, and come out of nothing that comes back. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import type { GatewaySession } from '../../../lib/domain/ports.ts';
import type { ResultPage } from '../../../lib/domain/results/result-page.ts';
import { NO_REDACTION, redactionFor } from '../../../lib/domain/secrets/redaction.ts';
import type { JarVisit, SqlVisit } from '../../../lib/usecases/connect/reach-flink.ts';
import { redactingSession, redactingVisit, withoutValues } from '../../../lib/usecases/connect/redacting-session.ts';

const VALUE = 'hunter22-and-more';
const SQL = "SELECT '${password}', x FROM t";
const PLACED = `SELECT '${VALUE}', x FROM t`;
const hidden = redactionFor({ statement: SQL, plan: { sensitive: [] } }, { password: VALUE });
const { signal } = new AbortController();

const PAGE: ResultPage = {
  ...{ kind: 'end', jobId: null, columns: [VALUE, 'x'] },
  rows: [{ op: '+I', fields: [`a ${VALUE}`, null] }],
};

/** `fails`: what each call fails with. */
function sessionOf(fails: Error | null = null) {
  const sent: unknown[][] = [];
  const call = async <T>(answer: T, ...what: unknown[]): Promise<T> => {
    sent.push(what);
    await Promise.resolve();
    if (fails !== null) throw fails;
    return answer;
  };
  const inner: GatewaySession = {
    configure: (sql, own) => call(undefined, 'configure', sql, own),
    start: (sql, config, own) => call('op-1', 'start', sql, config, own),
    deploy: (sql, config, own) => call('cluster-1', 'deploy', sql, config, own),
    fetch: (operation, token, own) => call(PAGE, 'fetch', operation, token, own),
    close: (own) => call(undefined, 'close', own),
  };
  return { sent, session: redactingSession(inner, hidden) };
}

describe('a session with secrets', () => {
  it('sends their values, and gives what is answered', async () => {
    const { sent, session } = sessionOf();
    await session.configure(SQL, signal);
    expect(await session.start(SQL, { a: 'b' }, signal)).toBe('op-1');
    expect(await session.deploy(SQL, { a: 'b' }, signal)).toBe('cluster-1');
    await session.close(signal);
    expect(sent).toEqual([
      ['configure', PLACED, signal],
      ['start', PLACED, { a: 'b' }, signal],
      ['deploy', PLACED, { a: 'b' }, signal],
      ['close', signal],
    ]);
  });

  it('takes their values out of rows and the names of columns, and leaves an empty cell empty', async () => {
    const { sent, session } = sessionOf();
    const page = await session.fetch('op-1', 3, signal);
    expect(page).toEqual({
      ...{ kind: 'end', jobId: null, columns: ['${password}', 'x'] },
      rows: [{ op: '+I', fields: ['a ${password}', null] }],
    });
    expect(sent).toEqual([['fetch', 'op-1', 3, signal]]);
  });
});

describe('an error', () => {
  /** Where `x` stands in what was sent, and in what was written. */
  const at = (column: number): string => `line 1, column ${column}: x is unknown beside`;
  const inSent = at(PLACED.indexOf('x FROM') + 1);
  const inWritten = at(SQL.indexOf('x FROM') + 1);
  const failing = () => sessionOf(new AppError('flink.rejected', `${inSent} ${VALUE}`)).session;
  const told = { code: 'flink.rejected', message: `${inWritten} \${password}` };

  it.each<[string, (session: GatewaySession) => Promise<unknown>]>([
    ['configure', (session) => session.configure(SQL, signal)],
    ['start', (session) => session.start(SQL, {}, signal)],
    ['deploy', (session) => session.deploy(SQL, {}, signal)],
  ])('of %s quotes no value, and names the places of the written text', async (_name, call) => {
    await expect(call(failing())).rejects.toMatchObject(told);
  });

  it('of a fetch names the places of what the operation was started with, and none of another', async () => {
    const { session, sent } = sessionOf();
    const error = new AppError('flink.rejected', `${inSent} ${VALUE}`);
    await session.start(SQL, {}, signal);
    sent.push = () => {
      throw error;
    };
    await expect(session.fetch('op-1', 0, signal)).rejects.toMatchObject(told);
    const other = { code: 'flink.rejected', message: `${inSent} \${password}` };
    await expect(session.fetch('op-2', 0, signal)).rejects.toMatchObject(other);
  });

  it('of a close quotes no value either, and has no cause that could', async () => {
    const failure = new AppError('flink.failed', `no ${VALUE}`, { cause: new Error(VALUE) });
    const error: unknown = await sessionOf(failure)
      .session.close(signal)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'flink.failed', message: 'no ${password}' });
    expect((error as Error).cause).toBeUndefined();
  });

  it('that is a bug is told with its place, and without values', () => {
    const bug = new TypeError(`no ${VALUE}`);
    const bare = withoutValues(bug, hidden, null) as Error;
    expect(bare.message).toBe('no ${password}');
    expect(bare.stack).toContain('redacting-session.test.ts');
    expect(bare.stack).not.toContain(VALUE);
    delete bug.stack;
    expect((withoutValues(bug, hidden, null) as Error).stack).toBe('no ${password}');
    expect(withoutValues('thrown as text', hidden, null)).toBe('thrown as text');
  });
});

describe('a visit with secrets', () => {
  const nothing = { close: () => Promise.resolve(), leaveOpen: () => undefined, redaction: NO_REDACTION };

  it('of a jar has no session', () => {
    const visit = { kind: 'jar', ...nothing } as unknown as JarVisit;
    expect(redactingVisit(visit, hidden)).toStrictEqual({ ...visit, redaction: hidden });
  });

  it('of a statement sends it by a session that knows them', async () => {
    const sent: string[] = [];
    const session = { configure: (sql: string) => Promise.resolve(void sent.push(sql)) };
    const visit = redactingVisit({ kind: 'sql', ...nothing, session } as unknown as SqlVisit, hidden);
    expect(visit.redaction).toBe(hidden);
    await (visit as SqlVisit).session.configure(SQL, signal);
    expect(sent).toEqual([PLACED]);
  });
});
