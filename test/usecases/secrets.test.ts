/** Secrets on their way: read for each send, put into what Flink gets, and nowhere else to be found. */
import { describe, expect, it } from 'vitest';
import { toJobInstance, toJobResult } from '../../lib/domain/answer.ts';
import { AppError } from '../../lib/domain/errors.ts';
import type { GatewaySession } from '../../lib/domain/ports.ts';
import { redactionFor } from '../../lib/domain/secrets/redaction.ts';
import { redactingSession } from '../../lib/usecases/connect/redacting-session.ts';
import { aTask, INSERT_SQL } from '../fakes/memory-definitions.ts';
import { type World, world } from './world.ts';

const MINUTE = 60_000;
const VALUE = "it's-hunter22";
const STATEMENT = `CREATE TABLE src (id BIGINT) WITH ('connector' = 'datagen', 'password' = '\${pw}');
CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO snk SELECT id FROM src WHERE 'x' <> '\${pw}';
`;

function secretWorld(statement = STATEMENT): World {
  const variables = [{ name: 'pw', value: { secret: 'dinghy/pw' }, note: null }];
  const w = world({ tasks: [aTask({ statement, fragment: true })], variables });
  w.secrets.values.set('dinghy/pw', VALUE);
  return w;
}

/** Everything that the world keeps or has said, but for what Flink was sent. */
async function traces(w: World, answers: readonly unknown[]): Promise<string> {
  const bodies = await Promise.all([...w.store.heads.values()].map((head) => w.store.readBody(head)));
  const results = await Promise.all([...w.store.heads.keys()].map((id) => w.store.readResult(id)));
  return JSON.stringify([[...w.store.heads.values()], bodies, results, w.log.lines, answers]);
}

const answersOf = (view: Awaited<ReturnType<World['submit']>>): object[] => [
  toJobResult(view, 'UTC'),
  toJobInstance(view.head, 0, 'UTC'),
];

async function expectNoTrace(w: World, answers: readonly unknown[]): Promise<void> {
  const all = await traces(w, answers);
  expect(all).not.toContain('hunter22');
}

describe('a short secret and credentials in an address', () => {
  const PLANTED = /qZ7|xYzzy/;
  const SHORT = `CREATE TABLE src (id BIGINT) WITH ('connector' = 'datagen', 'pin' = '\${pw}', 'url' = 'jdbc:m://h/d?user=u&password=xYzzy');
CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO snk SELECT id FROM src;
`;

  it.each([
    ["Table options are:\n\n'pin'='qZ7'\n'url'='jdbc:m://h/d?user=u&password=xYzzy'"],
    ['properties: [{pin=qZ7, url=jdbc:m://h/d?user=u&password=xYzzy, type=m}]'],
    ["Could not parse value 'qZ7' for key 'pin'."],
    ['For input string: "qZ7"'],
  ])('leave no trace, though Flink says %s', async (text) => {
    const w = secretWorld(SHORT);
    w.secrets.values.set('dinghy/pw', 'qZ7');
    w.flink.fault = (call, before, detail) => {
      if (call === 'configure' && before && detail.includes('datagen')) throw new AppError('flink.rejected', text);
    };
    const view = await w.submit();
    expect(w.flink.configured.join()).not.toContain('${pw}');
    expect(view.head).toMatchObject({ status: 'FAILED' });
    const answers = JSON.stringify(answersOf(view));
    expect(answers).not.toMatch(PLANTED);
    expect(answers).toContain('user=u&password=******');
    // A plain credential is a part of the statement, which a re-send needs.
    expect(JSON.stringify([[...w.store.heads.values()], w.log.lines])).not.toMatch(PLANTED);
    expect(await traces(w, [])).not.toContain('qZ7');
  });
});

describe('a short option and a short password in an address', () => {
  const TEXT = `CREATE TABLE src (id BIGINT) WITH ('connector' = 'datagen', 'password' = 'q7', 'url' = 'jdbc:m://u:zwq@h/d');
CREATE TABLE snk (id BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO snk SELECT id FROM src;
`;
  const SAID = 'u was refused with q7, and with zwq.';
  const TOLD = 'u was refused with ******, and with ******.';

  it.each(['configure', 'start', 'fetch'])('are no words of an error of %s, nor of the log', async (where) => {
    const w = secretWorld(TEXT);
    w.flink.fault = (call, before) => {
      if (call === where && before) throw new AppError('flink.rejected', SAID);
    };
    const view = await w.submit();
    expect(view.head.error).toContain(TOLD);
    expect(JSON.stringify([answersOf(view), [...w.store.heads.values()], w.log.lines])).not.toMatch(/q7|zwq/);
  });

  it('are no words of why a job failed later', async () => {
    const w = secretWorld(TEXT);
    const { head } = await w.submit();
    const job = w.flink.jobs.get(head.jobId ?? '');
    Object.assign(job ?? {}, { state: 'FAILED', endedAt: w.clock.now(), cause: SAID });
    await w.clock.advance(10_000);
    expect((await w.poll(1)).error).toContain(TOLD);
  });
});

describe('submit with a secret', () => {
  it('sends the value, stores and answers its name', async () => {
    const w = secretWorld();
    const view = await w.submit();
    expect(view.head).toMatchObject({ status: 'CREATED', submitStatus: 'SUCCESS' });
    expect(w.flink.configured[0]).toContain("'password' = 'it''s-hunter22'");
    expect(w.flink.started[0]?.sql).toBe("INSERT INTO snk SELECT id FROM src WHERE 'x' <> 'it''s-hunter22'");
    expect(toJobResult(view, 'UTC')['statement']).toContain("'password' = '${pw}'");
    await expectNoTrace(w, answersOf(view));
    expect(w.secrets.asked).toEqual(['dinghy/pw']);
  });

  it('is not given to a request that spells its name, in the text or in the environment task', async () => {
    const variables = [{ name: 'pw', value: { secret: 'dinghy/pw' }, note: null }];
    const env = "SET 'a.b' = '<${day}>';\nhost := h-${pw};";
    const envTask = aTask({ id: 2, name: 'env', dialect: 'FlinkSqlEnv', statement: env });
    const statement = STATEMENT.replaceAll("'x'", () => "'${day} ${host} $${empty}{pw}'");
    const w = world({ tasks: [aTask({ statement, fragment: true, envId: 2 }), envTask], variables });
    w.secrets.values.set('dinghy/pw', VALUE);
    const view = await w.submit({ variables: { day: "'${pw}", empty: '' } });
    expect(w.flink.configured.join('\n')).toContain("SET 'a.b' = '<''${pw}>'");
    expect(w.flink.configured.join('\n')).toContain("'password' = 'it''s-hunter22'");
    expect(w.flink.started[0]?.sql).toContain("WHERE '''${pw} h-it''s-hunter22 ${pw}' <> 'it''s-hunter22'");
    await expectNoTrace(w, answersOf(view));
  });

  it('is refused without a run when the secret is missing, with variable and secret named', async () => {
    const w = secretWorld();
    w.secrets.values.clear();
    await expect(w.submit()).rejects.toMatchObject({
      code: 'secret.notFound',
      message: expect.stringMatching(/\$\{pw\}.*"dinghy\/pw" does not exist/),
    });
    expect([...w.store.heads.values()]).toEqual([]);
    expect(w.store.tasks.get(1)?.claims ?? {}).toEqual({});
    expect(w.flink.configured).toEqual([]);
    expect(w.flink.openSessions()).toBe(0);
  });

  it('is refused without a run when the store of secrets can not be reached', async () => {
    const w = secretWorld();
    w.secrets.failure = new AppError('secret.unavailable', 'the secret "dinghy/pw" could not be read. Try again.');
    await expect(w.submit()).rejects.toMatchObject({ code: 'secret.unavailable', retryable: true });
    expect([...w.store.heads.values()]).toEqual([]);
  });

  it('without secrets asks no store', async () => {
    const w = world();
    w.secrets.failure = new AppError('internal', 'must not be asked');
    expect((await w.submit()).head.submitStatus).toBe('SUCCESS');
    expect(w.secrets.asked).toEqual([]);
  });

  it('a repeat of a live run needs no secret', async () => {
    const w = secretWorld();
    const first = await w.submit();
    w.secrets.values.clear();
    const again = await w.submit();
    expect(again).toMatchObject({ duplicate: true, head: { id: first.head.id } });
  });

  it('a secret that two variables name is read once', async () => {
    const variables = ['a', 'b'].map((name) => ({ name, value: { secret: 'dinghy/pw' }, note: null }));
    const statement = STATEMENT.replaceAll('${pw}', '${a}-${b}');
    const w = world({ tasks: [aTask({ statement, fragment: true })], variables });
    w.secrets.values.set('dinghy/pw', 'xyz-1');
    await w.submit();
    expect(w.flink.started[0]?.sql).toContain("'xyz-1-xyz-1'");
    expect(w.secrets.asked).toEqual(['dinghy/pw']);
  });

  it.each(['configure', 'fetch'] as const)(
    'an error of Flink that quotes the value names it instead: %s',
    async (at) => {
      const w = secretWorld();
      w.flink.fault = (call, before) => {
        if (call !== at || !before) return;
        throw new AppError('flink.rejected', `From line 1, column 4: bad option 'it''s-hunter22' (${VALUE})`);
      };
      const view = await w.submit();
      expect(view.head).toMatchObject({ status: 'FAILED', submitStatus: 'FAILED' });
      expect(view.head.error).toContain("bad option '${pw}' (${pw})");
      await expectNoTrace(w, answersOf(view));
    },
  );

  it('an error names the line of the author, whatever the lines of the value', async () => {
    const w = secretWorld(STATEMENT.replace("'password' =", "\n'password' =").replace("}')", "}',\nnope\n)"));
    w.secrets.values.set('dinghy/pw', 'three\nlines\nlong');
    w.flink.fault = (call, before, detail) => {
      // What the author has in line 3 of four is line 5 of six to Flink.
      if (call === 'configure' && before && detail.includes('datagen')) {
        throw new AppError('flink.rejected', 'Encountered "nope" at line 5, column 1.');
      }
    };
    const { head } = await w.submit();
    expect(head.error).toMatch(/at line 3\./);
  });

  it('rows and column names that hold the value show its name', async () => {
    const w = secretWorld("SHOW TABLES; SELECT '${pw}'");
    w.flink.rowsOf = (sql) => ({
      columns: [sql.slice(7)],
      cells: [
        { op: '+I', fields: [`value ${VALUE}`] },
        { op: '+I', fields: [null] },
      ],
      ends: true,
    });
    const view = await w.submit();
    const { columns, rowData } = view.result?.preview ?? {};
    expect(columns).toEqual(["'${pw}'"]);
    expect(rowData).toEqual([{ "'${pw}'": 'value ${pw}' }, { "'${pw}'": '' }]);
    await expectNoTrace(w, answersOf(view));
  });

  it('a long cell that ends as the value begins stays as it is', async () => {
    const w = secretWorld("SELECT '${pw}'");
    const cell = `${'x'.repeat(1_000)} it's`;
    w.flink.rowsOf = () => ({ columns: ['a'], cells: [{ op: '+I', fields: [cell] }], ends: true });
    const { result } = await w.submit();
    expect(result?.preview?.rowData).toEqual([{ a: cell }]);
  });

  it('unexpected faults are logged without the value', async () => {
    const w = secretWorld();
    w.flink.fault = (call, before, detail) => {
      if (call === 'configure' && before) throw new TypeError(`no property in ${detail}`);
    };
    const error = (await w.submit().catch((thrown: unknown) => thrown)) as Error;
    expect(error.message).toContain('no property in');
    expect(`${error.message}${error.stack ?? ''}`).not.toContain('hunter22');
  });
});

describe('faults that quote what was sent', () => {
  const quoting = (w: World, at: string, fault: (text: string) => Error): void => {
    w.flink.fault = (call, before) => {
      if (call === at && before) throw fault(`what about ${VALUE}?`);
    };
  };

  it('while the session is closed leave no value in the log', async () => {
    const w = secretWorld();
    quoting(w, 'close', (text) => new AppError('flink.failed', text));
    const view = await w.submit();
    expect(w.log.lines.map(({ message }) => message).join()).toContain('session not closed');
    await expectNoTrace(w, answersOf(view));
  });

  it('while a jar is run are thrown without the value', async () => {
    const w = secretWorld("EXECUTE JAR WITH ('uri' = 's3://jars/a.jar', 'args' = '--password ${pw}')");
    w.jarSource.kept.set('s3://jars/a.jar', 'a'.repeat(64));
    quoting(w, 'runJar', (text) => new TypeError(text));
    const error = (await w.submit().catch((thrown: unknown) => thrown)) as Error;
    expect(error.message).toBe('what about ${pw}?');
    expect(error.stack).not.toContain('hunter22');
  });
});

describe('re-send with a secret', () => {
  async function lost(w: World): Promise<void> {
    w.flink.fault = (call, before) => {
      if (call === 'start' && before) throw new AppError('flink.noReply', 'No reply.');
    };
    const view = await w.submit();
    expect(view.head).toMatchObject({ status: 'INITIALIZING', open: [1] });
    w.flink.fault = () => undefined;
    await w.clock.advance(MINUTE);
  }

  it('reads the value anew', async () => {
    const w = secretWorld();
    await lost(w);
    w.secrets.values.set('dinghy/pw', 'rotated-77');
    await w.reconcile();
    expect(w.flink.started.at(-1)?.sql).toContain("'rotated-77'");
    expect(w.store.heads.get(1)).toMatchObject({ status: 'RUNNING', sends: 2 });
    expect(await traces(w, [])).not.toMatch(/hunter22|rotated-77/);
  });

  it('a secret that has gone: this send started nothing, the next one may', async () => {
    const w = secretWorld();
    await lost(w);
    w.secrets.values.clear();
    await w.reconcile();
    expect(w.store.heads.get(1)).toMatchObject({ status: 'INITIALIZING', sends: 2, open: [1] });
    expect(w.store.heads.get(1)?.refusal).toMatch(/\$\{pw\}.*does not exist/);
    expect(w.flink.jobs.size).toBe(0);
    w.secrets.values.set('dinghy/pw', VALUE);
    await w.clock.advance(MINUTE);
    await w.reconcile();
    expect(w.store.heads.get(1)).toMatchObject({ status: 'RUNNING', sends: 3 });
    await expectNoTrace(w, []);
  });

  it('a secret that stays gone: the run settles, and says why', async () => {
    const w = secretWorld();
    await lost(w);
    w.secrets.values.clear();
    for (let minute = 0; minute < 54 && w.store.heads.get(1)?.finishedAt === null; minute++) {
      await w.reconcile();
      await w.clock.advance(MINUTE);
    }
    const head = w.store.heads.get(1);
    expect(head).toMatchObject({ status: 'FAILED', active: 'WATCH#1' });
    expect(head?.error).toMatch(/\$\{pw\}.*does not exist/);
    expect(w.flink.jobs.size).toBe(0);
  });

  it('a store that does not answer costs no send', async () => {
    const w = secretWorld();
    await lost(w);
    w.secrets.failure = new AppError('secret.unavailable', 'the secret "dinghy/pw" could not be read. Try again.');
    await w.reconcile();
    expect(w.store.heads.get(1)).toMatchObject({ status: 'INITIALIZING', sends: 1 });
    w.secrets.failure = null;
    await w.reconcile();
    expect(w.store.heads.get(1)).toMatchObject({ status: 'RUNNING', sends: 2 });
  });
});

describe('why a job failed, asked later', () => {
  async function failedJob(w: World): Promise<void> {
    const { head } = await w.submit();
    const job = w.flink.jobs.get(head.jobId ?? '');
    Object.assign(job ?? {}, { state: 'FAILED', endedAt: w.clock.now(), cause: `login failed for ${VALUE}` });
  }

  it('a poll, which knows no secrets, leaves it to the reconciler', async () => {
    const w = secretWorld();
    await failedJob(w);
    await w.clock.advance(10_000);
    expect(await w.poll(1)).toMatchObject({ status: 'CREATED', error: null });
    await w.reconcile();
    expect(await w.poll(1)).toMatchObject({ status: 'FAILED', error: 'login failed for ${pw}' });
    await expectNoTrace(w, []);
  });

  it('a poll of a run without secrets tells it at once', async () => {
    const w = world();
    await failedJob(w);
    await w.clock.advance(10_000);
    expect(await w.poll(1)).toMatchObject({ status: 'FAILED', error: `login failed for ${VALUE}` });
  });

  it('is not told when the secret has gone meanwhile: nobody can take it out', async () => {
    const w = secretWorld();
    await failedJob(w);
    w.secrets.values.clear();
    await w.reconcile();
    expect(w.store.heads.get(1)).toMatchObject({ status: 'FAILED' });
    expect(w.store.heads.get(1)?.error).toMatch(/may quote a secret and is not shown.*does not exist/);
    await expectNoTrace(w, []);
  });

  it('waits for a store of secrets that does not answer', async () => {
    const w = secretWorld();
    await failedJob(w);
    w.secrets.failure = new AppError('secret.unavailable', 'the secret "dinghy/pw" could not be read. Try again.');
    await w.reconcile();
    expect(w.store.heads.get(1)).toMatchObject({ status: 'CREATED' });
    w.secrets.failure = null;
    await w.reconcile();
    expect(w.store.heads.get(1)).toMatchObject({ status: 'FAILED', error: 'login failed for ${pw}' });
  });
});

describe('a script for a cluster of its own', () => {
  it('is sent with the value, and its refusal comes back with the name', async () => {
    const sent: string[] = [];
    const session = {
      deploy: (script: string): Promise<string> => {
        sent.push(script);
        return Promise.reject(new AppError('flink.failed', `Encountered "nope" at line 4, column 1: ${script}`));
      },
    } as unknown as GatewaySession;
    const script = "SET 'x' = '${pw}';\nnope;\n";
    const hidden = redactionFor({ statement: script, plan: { sensitive: [] } }, { pw: 'first\nsecond\nthird-77' });
    const refused = redactingSession(session, hidden).deploy(script, {}, new AbortController().signal);
    await expect(refused).rejects.toMatchObject({ code: 'flink.failed' });
    expect(sent).toEqual(["SET 'x' = 'first\nsecond\nthird-77';\nnope;\n"]);
    const { message } = (await refused.catch((error: unknown) => error)) as Error;
    expect(message).toContain(`Encountered "nope" at line 2, column 1: SET 'x' = '\${pw}'`);
    expect(message).not.toContain('third-77');
  });

  it('leaves nothing of a value in a refusal that was cut within it, although its places became shorter', async () => {
    const script = "'${pw}' nope";
    const said = `at line 1, column 100: ${'x '.repeat(500)}`.slice(0, 994);
    const session = {
      deploy: () => Promise.reject(new AppError('flink.failed', `${said}hunter`)),
    } as unknown as GatewaySession;
    const hidden = redactionFor({ statement: script, plan: { sensitive: [] } }, { pw: `hunter22${'-'.repeat(91)}` });
    const refused = redactingSession(session, hidden).deploy(script, {}, new AbortController().signal);
    await expect(refused).rejects.toThrow(/^at line 1, column 2: .*x ?\$\{pw\}$/);
  });
});

describe('a sensitive variable of the request', () => {
  it('is sent and stored to be sent again, and shown nowhere', async () => {
    const statement = "INSERT INTO snk SELECT id FROM src WHERE 'jdbc:u:${db_password}@h' <> ''";
    const w = world({ tasks: [aTask({ statement })] });
    w.flink.fault = (call, before) => {
      if (call === 'fetch' && before) throw new AppError('flink.rejected', 'no way to u:hunter22');
    };
    const view = await w.submit({ variables: { db_password: 'hunter22' } });
    expect(w.flink.started[0]?.sql).toContain('jdbc:u:hunter22@h');
    expect(view.head.error).toContain('no way to u:******');
    const said = JSON.stringify([answersOf(view), view.head, w.log.lines]);
    expect(said).not.toContain('hunter22');
    expect(toJobResult(view, 'UTC')).toMatchObject({
      statement: "INSERT INTO snk SELECT id FROM src WHERE 'jdbc:u:******@h' <> ''",
      jobConfig: { variables: { db_password: '******' } },
    });
  });
});

describe('a sensitive variable in a long SET', () => {
  it('leaves nothing of its value where the setting is cut for an answer', async () => {
    const w = world({
      tasks: [aTask({ statement: `SET 'x.y' = '${'a'.repeat(990)} \${db_password}';\n${INSERT_SQL}` })],
    });
    const { body } = await w.submit({ variables: { db_password: 'hunter22-and-so-on' } });
    expect(body.jobConfig.configJson['x.y']).toBe(`${'a'.repeat(990)} ******`);
  });
});

describe('SHOW FRAGMENTS and SHOW FRAGMENT', () => {
  const variables = [
    { name: 'region', value: 'eu', note: null },
    { name: 'pw', value: { secret: 'dinghy/pw' }, note: null },
    { name: 'smtp_token', value: 'abcd-1234', note: null },
    { name: 'url', value: 'http://${region}/${pw}?t=${smtp_token}', note: null },
  ];
  const results = async (statement: string, request: Record<string, string> = {}) => {
    const w = world({ tasks: [aTask({ statement, fragment: true })], variables });
    w.secrets.values.set('dinghy/pw', VALUE);
    const view = await w.submit({ variables: request });
    expect(w.flink.started).toEqual([]);
    expect(view.head).toMatchObject({ status: 'FINISHED', submitStatus: 'SUCCESS', jobId: null });
    await expectNoTrace(w, answersOf(view));
    return view.result?.results.map(({ columns, rowData }) => [columns, rowData.map((row) => Object.values(row)[0])]);
  };

  it('lists every variable that the task sees, sorted', async () => {
    expect(await results('mine := 1; SHOW FRAGMENTS;', { asked: 'x' })).toEqual([
      [['variableName'], ['asked', 'mine', 'pw', 'region', 'smtp_token', 'url']],
    ]);
  });

  it('shows a value in full, secrets by name, sensitive ones masked', async () => {
    expect(await results('SHOW FRAGMENT url; pin_token := 12; SHOW FRAGMENT pin_token')).toEqual([
      [['variable'], ['http://eu/${pw}?t=******']],
      [['variable'], ['******']],
    ]);
    expect(await results('SHOW FRAGMENT url; show fragment smtp_token; SHOW FRAGMENT pw')).toEqual([
      [['variable'], ['http://eu/${pw}?t=******']],
      [['variable'], ['******']],
      [['variable'], ['${pw}']],
    ]);
  });

  it('sees the definition above it, as a use in its place would', async () => {
    expect(await results("x := 'a;b';SHOW FRAGMENT x; x := 2;\nSHOW FRAGMENT x")).toEqual([
      [['variable'], ["'a;b'"]],
      [['variable'], ['2']],
    ]);
  });

  it('says where a variable is asked for that is not there', async () => {
    const w = world({ tasks: [aTask({ statement: 'mine := 1;\n\nSHOW FRAGMENT nope;' })] });
    await expect(w.submit()).rejects.toMatchObject({
      code: 'variable.missing',
      message: 'SHOW FRAGMENT (line 3): there is no variable "nope". There are mine.',
    });
  });

  it('leaves so much less room for the rows of other statements: all of them go into one item', async () => {
    const big = { name: 'big', value: 'y'.repeat(160_000), note: null };
    const statement = `CREATE TABLE ${'t'.repeat(50_000)} (a INT); SHOW FRAGMENT big; SHOW FRAGMENT big; SHOW TABLES;`;
    const w = world({ tasks: [aTask({ statement, fragment: true })], variables: [big] });
    const { result } = await w.submit();
    expect(result?.results.map(({ total, truncatedBy }) => [total, truncatedBy])).toEqual([
      [1, null],
      [1, null],
      [0, 'size'],
    ]);
  });

  it('stands beside other statements in its order', async () => {
    const statement = `CREATE TABLE t (a INT) WITH ('connector' = 'x'); SHOW TABLES; SHOW FRAGMENTS; SHOW TABLES;`;
    const w = world({ tasks: [aTask({ statement, fragment: true })], variables });
    const { result } = await w.submit();
    expect(result?.results.map(({ columns }) => columns[0])).toEqual(['table name', 'variableName', 'table name']);
  });
});
