/** Values of secrets go into what is sent and come out of what comes back, places of errors included. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../lib/domain/errors.ts';
import { prepareRun } from '../../../lib/domain/plan/prepare-run.ts';
import type { RunBody } from '../../../lib/domain/plan/run-body.ts';
import { placeSecrets } from '../../../lib/domain/secrets/place-secrets.ts';
import { withOriginalPlaces } from '../../../lib/domain/secrets/placed-text.ts';
import { NO_REDACTION, redactionFor } from '../../../lib/domain/secrets/redaction.ts';
import { shownStatement } from '../../../lib/domain/secrets/sensitive-ranges.ts';
import { aTask } from '../../fakes/memory-definitions.ts';

function bodyOf(
  statement: string,
  request: Record<string, string> = {},
  secrets: Record<string, string> = {},
): RunBody {
  const target = { hosts: 'jm:8081', gatewayUrl: 'http://gw:8083', clusterId: null, clusterConfig: {} };
  const variables = Object.entries(secrets).map(([name, secret]) => ({ name, value: { secret }, note: null }));
  const nothing = { clusterConfiguration: null, envTask: null, databases: [], flinkConfig: {} };
  const asked = { variables: request, savePointPath: null };
  return prepareRun({ task: aTask({ statement }), target, variables, ...nothing, request: asked }).bodyFor('jm:8081');
}

describe('plain values with the name of a secret', () => {
  it('are masked wherever they stand in the statement, and in what comes back', () => {
    const statement = "INSERT INTO t SELECT 'jdbc:u:${db_password}@h', '${note}'";
    const body = bodyOf(statement, { db_password: 'hunter22', note: 'seen' });
    expect(body.statement).toBe("INSERT INTO t SELECT 'jdbc:u:hunter22@h', 'seen'");
    expect(shownStatement(body.statement, body.plan.sensitive)).toBe("INSERT INTO t SELECT 'jdbc:u:******@h', 'seen'");
    expect(redactionFor(body, {}).mask('cannot connect as u:hunter22')).toBe('cannot connect as u:******');
  });

  it('within another variable, and as a definition of the text', () => {
    const body = bodyOf("api_token := 'tok-123456';\nurl := 'http://h/?t=${api_token}';\nINSERT INTO t SELECT ${url}");
    expect(shownStatement(body.statement, body.plan.sensitive)).not.toContain('tok-123456');
    expect(redactionFor(body, {}).mask('HTTP 401: tok-123456')).toBe('HTTP 401: ******');
  });

  it('of an option in the text: an error that quotes it is masked', () => {
    const body = bodyOf(
      "CREATE TEMPORARY TABLE s (a INT) WITH ('password' = 'correct-horse');INSERT INTO t SELECT a FROM s",
    );
    expect(redactionFor(body, {}).mask('Unknown option in {password=correct-horse}')).toBe(
      'Unknown option in {password=******}',
    );
    expect(redactionFor(body, {}).mask("'password'='x' is short")).toBe("'password'='******' is short");
  });

  it('of which Java has read a part for the port or the host, since a sign of an address stands in it', () => {
    const sql =
      "CREATE TEMPORARY TABLE s (a INT) WITH ('url' = 'db://u:${pw}@h', 'x' = 'y');INSERT INTO t SELECT a FROM s";
    const read = (pw: string, text: string): string => redactionFor(bodyOf(sql, {}, { pw: 'x' }), { pw }).mask(text);
    expect(read('ti/gr#is', 'For input string: "ti"')).toBe('For input string: "******"');
    expect(read('tigris:euphrates', 'java.net.UnknownHostException: euphrates')).toBe(
      'java.net.UnknownHostException: ******',
    );
    expect(read('ti/gr#is', 'ti and "gr" are rivers')).toBe('ti and "gr" are rivers');
    expect(read('ti/gris', 'For input string: "tig"')).toBe('For input string: "tig"');
    expect(read('https://h/euphrates', 'UnknownHostException: euphrates')).toBe('UnknownHostException: euphrates');
    expect(
      redactionFor(bodyOf(sql.replace('${pw}', 'ti/gris').replace('db:', 'http:')), {}).mask('For input string: "ti"'),
    ).toBe('For input string: "******"');
  });

  it('of an option that is short is masked in data where it is all that quotes hold, and in words as a word of its own', () => {
    const hidden = (value: string) =>
      redactionFor(
        bodyOf(`CREATE TEMPORARY TABLE s (a INT) WITH ('password' = '${value}');INSERT INTO t SELECT a FROM s`),
        {},
      );
    const text = (value: string): string => `${value}, x${value}, '${value}'`;
    expect(hidden('horse-7').maskWhole(text('horse-7'))).toBe("horse-7, xhorse-7, '******'");
    expect(hidden('horse-7').mask(text('horse-7'))).toBe("******, xhorse-7, '******'");
    expect(hidden('horse-77').mask(text('horse-77'))).toBe("******, x******, '******'");
  });

  it.each([
    ["'url' = 'jdbc:mysql://u:hunter@h/d'"],
    ["'url' = 'jdbc:sqlserver://h;user=u;password=hunter'"],
    [`'properties.sasl.jaas.config' = 'a.B required username="u" password="hunter";'`],
    ['\'headers\' = \'{"Authorization": "hunter"}\''],
  ])('within an option are known alone: %s', (option) => {
    const body = bodyOf(`CREATE TEMPORARY TABLE s (a INT) WITH (${option});INSERT INTO t SELECT a FROM s`);
    expect(redactionFor(body, {}).mask('u was refused with hunter.')).toBe('u was refused with ******.');
  });

  it.each(["'password' = hunter2", "'password' 'hunter2'", "'password' : 'hunter2'", 'password = hunter2'])(
    'of an option that is written wrong is known, since Flink quotes it: %s',
    (option) => {
      const body = bodyOf(`CREATE TEMPORARY TABLE s (a INT) WITH (${option});INSERT INTO t SELECT a FROM s`);
      const { mask } = redactionFor(body, {});
      expect(mask('Encountered "hunter2" at line 1, column 60.')).toBe('Encountered "******" at line 1, column 60.');
    },
  );

  it('of an option of the session with a sensitive name are masked as those of the text', () => {
    const plan = { sensitive: [], properties: { 's3.secret-key': 'correct-horse', 'x.token': 'h7', 'a.b': 'seen' } };
    const { mask } = redactionFor({ statement: 'SELECT 1', plan }, {});
    expect(mask('no correct-horse, h7, seen')).toBe('no ******, ******, seen');
  });

  it('that are words of sentences, or say how somebody is known, are masked where they are the value alone', () => {
    const option = (value: string) =>
      redactionFor({ statement: `SET 'x.auth' = '${value}'; SELECT 1`, plan: { sensitive: [] } }, {});
    expect(option('basic').mask("only basic is known, 'basic'")).toBe("only basic is known, '******'");
    expect(option('table').mask('the table t')).toBe('the table t');
    expect(option('12').mask('in 12 s')).toBe('in 12 s');
  });

  it('with a quote in them are masked as they are, and as SQL writes them', () => {
    const body = bodyOf(
      "CREATE TEMPORARY TABLE s (a INT) WITH ('password' = 'horse''n''cart');INSERT INTO t SELECT a FROM s",
    );
    expect(redactionFor(body, {}).mask("wrong: horse'n'cart")).toBe('wrong: ******');
    expect(redactionFor(body, {}).maskValues("wrong: horse''n''cart.")).toBe('wrong: ******.');
  });

  it('are masked in other variables of the request that repeat them', () => {
    const { jobConfig } = bodyOf('INSERT INTO t SELECT 1', { db_password: 'hunter22', url: 'jdbc:hunter22' });
    expect(jobConfig.variables).toEqual({ db_password: '******', url: 'jdbc:******' });
  });

  it('a reference to a secret is shown as it is', () => {
    const body = bodyOf("db_password := ${pw};\nINSERT INTO t SELECT '${db_password}'", {}, { pw: 'prod/pw' });
    expect(shownStatement(body.statement, body.plan.sensitive)).toContain("SELECT '${pw}'");
  });
});

describe('before it is known what a run hides', () => {
  const text = "'password'='hunter22' of ${pw}";

  it('texts and values stay as they are; messages lose what looks like a secret', () => {
    expect(NO_REDACTION.place(text)).toEqual({ text, original: text, values: [] });
    expect([NO_REDACTION.fill(text), NO_REDACTION.maskValues(text)]).toEqual([text, text]);
    expect(NO_REDACTION.mask(text)).toBe("'password'='******' of ${pw}");
  });
});

describe('secrets in place', () => {
  const pw = "it's\nthree\nlines";

  it('go into what is sent and out of what comes back', () => {
    const body = bodyOf("INSERT INTO t SELECT '${pw}'", {}, { pw: 'prod/pw' });
    const hidden = redactionFor(body, { pw });
    expect(hidden.place(body.statement).text).toBe("INSERT INTO t SELECT 'it''s\nthree\nlines'");
    expect(hidden.mask("no 'it''s\nthree\nlines' there")).toBe("no '${pw}' there");
    expect(hidden.maskValues("'password'='y' it's\nthree\nlines")).toBe("'password'='y' ${pw}");
  });

  it('line breaks in a value do not move the lines of what follows', () => {
    const placed = placeSecrets("SELECT '${pw}', a,\n  nope", { pw });
    expect(withOriginalPlaces('Column nope: From line 4, column 3 to line 4, column 6', placed)).toBe(
      'Column nope: From line 2, column 3 to line 2, column 6',
    );
    // Within a value: where its placeholder begins. Behind it, on its last line: behind the placeholder.
    expect(withOriginalPlaces('at line 2, column 2', placed)).toBe('at line 1, column 9');
    expect(withOriginalPlaces('at line 3, column 9', placed)).toBe('at line 1, column 17');
  });

  it('each place outside values comes back as itself', () => {
    const piece = fc.constantFrom("'${pw}'", 'a', ' ', '\n', ',', "'x${pw}y'", '`${pw}`');
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 20 }),
        fc.string({ unit: fc.constantFrom('v', "'", '\n') }),
        (parts, value) => {
          const placed = placeSecrets(parts.join(''), { pw: value });
          const first = placed.values[0]?.at ?? placed.text.length;
          for (let offset = 0; offset < first; offset++) {
            const before = placed.text.slice(0, offset).split('\n');
            const place = `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
            expect(withOriginalPlaces(place, placed)).toBe(place);
          }
        },
      ),
    );
  });
});

describe('a value that is short, or a part of a literal', () => {
  it.each([
    ["SELECT 'wants ${pw} now'", 'it wants 7a now, and 7a', 'it wants ${pw} now, and 7a'],
    ["SELECT 'is ${pw} ok'", 'it is 7a ok, and 7a', 'it is ${pw} ok, and 7a'],
    ["SELECT 'is ${pw} o'", "it is 7a o, 'is 7a o'", "it is 7a o, 'is ${pw} o'"],
  ])(
    'of %s is hidden with its literal, if that has eight characters; in words it is as a word, too',
    (statement, said, shown) => {
      const hidden = redactionFor({ statement, plan: { sensitive: [] } }, { pw: '7a' });
      expect(hidden.maskWhole(said)).toBe(shown);
      expect(hidden.mask(said)).toBe(said.replaceAll('7a', '${pw}'));
    },
  );

  it('is known without the quotes that SQL doubles', () => {
    const statement = "SELECT 'on horse''n''cart'";
    const hidden = redactionFor({ statement, plan: { sensitive: [[11, 25]] } }, {});
    expect(hidden.maskValues("a horse'n'cart, a horse''n''cart")).toBe('a ******, a ******');
  });
});

describe('what a run keeps to itself', () => {
  const run = { statement: "SELECT '${pw}'", plan: { sensitive: [] } };

  it('is filled in where it is sent outside of SQL', () => {
    expect(redactionFor(run, { pw: "a'b" }).fill('--password ${pw} ${x}')).toBe("--password a'b ${x}");
    expect(NO_REDACTION.fill('--password ${pw}')).toBe('--password ${pw}');
  });

  it('is taken out of SQL and of the messages of errors; before it is known, what looks like a secret is', () => {
    const error = new AppError('flink.failed', "no hunter22 with 'password' = 'x'");
    expect(redactionFor(run, { pw: 'hunter22' }).messageOf(error)).toBe("no ${pw} with 'password' = '******'");
    expect(NO_REDACTION.messageOf(error)).toBe("no hunter22 with 'password' = '******'");
    expect(redactionFor(run, { pw: 'hunter22' }).maskSql("SELECT 'hunter22'")).toBe("SELECT '${pw}'");
  });
});
