/** EXECUTE JAR WITH (…): Dinky's keys and values, and an error for everything that Dinky passes over. */
import { describe, expect, it } from 'vitest';
import { type JarStatement, readJarStatement } from '../../../lib/domain/plan/jar-statement.ts';
import { splitScript } from '../../../lib/domain/sql/split.ts';
import { splitArgs } from '../../../lib/domain/variables/split-args.ts';
import { thrownAppError } from '../../builders/app-error-of.ts';

const read = (options: string): JarStatement =>
  readJarStatement(splitScript(`EXECUTE JAR WITH (${options})`)[0]!, 'line 3');
const URI = "'uri'='s3://jars/a.jar'";

const refusal = (options: string): string => thrownAppError(() => read(options)).message;

describe('readJarStatement', () => {
  it('reads all keys', () => {
    const options = `${URI}, 'main-class'='com.example.Job$Inner', 'args'='--a ''b c''', 'parallelism'='4',
      'savepoint-path'='s3://sp/1', 'allow-non-restored-state'='TRUE'`;
    expect(read(options)).toEqual({
      uri: 's3://jars/a.jar',
      entryClass: 'com.example.Job$Inner',
      args: ['--a', 'b c'],
      parallelism: 4,
      savePointPath: 's3://sp/1',
      allowNonRestoredState: true,
    });
  });

  it('reads the digest of the jar, in either case', () => {
    const digest = '0123456789abcdef'.repeat(4);
    expect(read(`${URI}, 'sha256'='${digest.toUpperCase()}'`)).toMatchObject({ wantedSha256: digest });
    expect(read(`${URI}, 'sha256'=''`)).not.toHaveProperty('wantedSha256');
  });

  it.each(['x', 'a'.repeat(63), 'a'.repeat(65), 'g'.repeat(64), `sha256:${'a'.repeat(64)}`])(
    'refuses %s for a digest',
    (digest) => {
      expect(refusal(`${URI}, 'sha256'='${digest}'`)).toMatch(/line 3 has 'sha256' = '.*64 hexadecimal digits/);
    },
  );

  it('takes an empty value for one that is not given, as Dinky does', () => {
    const empty = ['main-class', 'args', 'parallelism', 'savepoint-path', 'allow-non-restored-state'];
    const options = [URI, ...empty.map((key) => `'${key}'=''`)].join(', ');
    const none = { entryClass: null, args: [], parallelism: null, savePointPath: null, allowNonRestoredState: false };
    expect(read(options)).toEqual({ uri: 's3://jars/a.jar', ...none });
    expect(read(URI)).toEqual(read(options));
  });

  it("takes Dinky's base64@ for arguments that no literal can hold", () => {
    const base64 = Buffer.from('--text "grüße; it\'s"').toString('base64');
    expect(read(`${URI}, 'args'='base64@${base64}'`).args).toEqual(['--text', "grüße; it's"]);
  });

  it.each(['s3://jars/deep/a b.jar', 'https://h/a.jar?x=1', 'http://h:8080/a', 'file:///a.jar'])('reads %s', (uri) =>
    expect(read(`'uri'='${uri}'`).uri).toBe(uri),
  );

  it.each([
    ["'args'='x'", /line 3 has no 'uri'/],
    ["'uri'=''", /has no 'uri'/],
    ["'uri'='a.jar'", /'uri' = 'a.jar'. That is not a URL. .*s3:\/\/bucket\/key/],
    ["'uri'='s3://jars'", /'uri' = 's3:\/\/jars'\. Name the jar by/],
    ["'uri'='s3:///a.jar'", /'uri' = 's3:\/\/\/a\.jar'\. Name the jar by/],
    ["'uri'='s3://jars/'", /'uri' = 's3:\/\/jars\/'\. Name the jar by/],
    ["'uri'='rs:/jar/x.jar'", /Dinky's resource centre/],
    ["'uri'='hdfs://nn/x.jar'", /does not read HDFS/],
    ["'uri'='ftp://h/x.jar'", /'uri' = 'ftp:\/\/h\/x.jar'/],
    [`${URI}, 'main-class'='a b'`, /'main-class' = 'a b'\. Write the full name of a class/],
    [`${URI}, 'mainclass'='a'`, /unknown option 'mainclass' = 'a'\. Use uri, main-class, args/],
    [`${URI}, 'password'='geheim'`, /'password' = '\*{6}'/],
    [`${URI}, ${URI}`, /has 'uri' twice/],
    [`${URI}, 'parallelism'='0'`, /'parallelism' = '0'\. Write a whole number from 1 to 32768/],
    [`${URI}, 'parallelism'='32769'`, /32768/],
    [`${URI}, 'parallelism'='2.5'`, /32768/],
    [`${URI}, 'allow-non-restored-state'='yes'`, /'allow-non-restored-state' = 'yes'\. Write true or false/],
    [`${URI}, 'args'='--a "b'`, /'args' = '\*{6}'\. A quote is not closed/],
    [`${URI}, 'args'='base64@###'`, /not Base64/],
    // A byte that no UTF-8 has.
    [`${URI}, 'args'='base64@/w=='`, /'args' = '\*{6}'\. What follows base64@ is not Base64 of UTF-8 text/],
    [`${URI} 'args'='x'`, /line 3 cannot be read at a literal/],
    [`${URI},,`, /line 3 cannot be read at ,/],
    ["'uri'='s3://jars/${key}.jar'", /has \$\{key} in 'uri'\. Only 'args' may contain a secret/],
  ])('%s is refused, naming key, value and line', (options, text) => {
    const code = options.includes('${') ? 'sql.refused' : 'sql.syntax';
    expect(thrownAppError(() => read(options))).toMatchObject({ code, message: expect.stringMatching(text) as string });
  });

  it('is told how to write it where it cannot be read', () => {
    expect(refusal(`${URI},,`)).toMatch(/\. Write EXECUTE JAR WITH \('uri' = '…', 'main-class' = '…'\)\.$/);
  });

  it('shows the beginning of a long value', () => {
    expect(refusal(`'uri'='a${'x'.repeat(200)}'`)).toContain(`'uri' = 'a${'x'.repeat(99)}'.`);
  });

  it.each([
    ['parallelism', '1', { parallelism: 1 }],
    ['parallelism', '32768', { parallelism: 32_768 }],
    ['parallelism', ' 4 ', { parallelism: 4 }],
    ['allow-non-restored-state', 'false', { allowNonRestoredState: false }],
    ['allow-non-restored-state', 'True', { allowNonRestoredState: true }],
    ['uri', ' s3://j/a ', { uri: 's3://j/a' }],
  ])("reads '%s' = '%s'", (key, value, expected) => {
    expect(read(`${key === 'uri' ? '' : `${URI}, `}'${key}'='${value}'`)).toMatchObject(expected);
  });

  it('never shows passwords and signatures of a URL', () => {
    const text = refusal("'uri'='ftp://me:geheim@h/a.jar?X-Amz-Signature=geheim'");
    expect(text).toContain("'uri' = 'ftp://******@h/a.jar?******'");
    expect(text).not.toContain('geheim');
  });

  it('never shows arguments, which may hold passwords', () => {
    expect(refusal(`${URI}, 'args'='--password geheim "'`)).not.toContain('geheim');
  });
});

describe('splitArgs', () => {
  it.each([
    ['', []],
    ['  a   b\t\n c ', ['a', 'b', 'c']],
    ['\'a b\' "c d"', ['a b', 'c d']],
    ['--x="a b"c', ['--x=a bc']],
    ['\'\' ""', ['', '']],
    ['a\\ b', ['a b']],
    ['\\"a\\\'', ['"a\'']],
    ['"say \\"hi\\""', ['say "hi"']],
    ["'a\\b \\'", ['a\\b \\']],
    ['C:\\data\\new', ['C:\\data\\new']],
    ['\\\\host', ['\\host']],
    ['${secret} "${other} x"', ['${secret}', '${other} x']],
    ['a\\', ['a\\']],
  ])('%j', (text, args) => expect(splitArgs(text)).toEqual(args));

  it.each(["'a", '"a', 'a "b\\"'])('%j is not closed', (text) => expect(splitArgs(text)).toBeNull());
});
