/** Which arguments of a command line are taken for a secret, and which are not. */
import { describe, expect, it } from 'vitest';
import { maskSecrets } from '../../../lib/domain/secrets/mask-sql.ts';
import { MASK as M } from '../../../lib/domain/secrets/text-spans.ts';

const FAR = 'x '.repeat(60);

describe('a word behind -p without a blank', () => {
  it.each([
    ['a number, beside a user', 'flink run -p40 -u x'],
    ['nothing', '-p -u x'],
    ['a word that nobody says to be a password', 'tool -pnoise'],
    ['a short one with a digit', 'tool -pv12'],
    ['a number in groups', 'tool -p1_000_000'],
    ['the name of a class', 'tool -pcom.acme.Numbers22'],
    ['a name of two parts', 'tool -pnumb3rs.acme'],
    ['a path, beside a user', 'tool -u a -p/opt/x1'],
    ['a setting, beside a user', 'tool -u a -px=y1'],
    ['an address, beside a user', 'docker run -u a -p8081:8081'],
    ['another flag, beside a user', 'tool -u a -port1'],
    ['a sign at its end', 'tool -pnoise!'],
    ['a flag of PyFlink, beside a user', 'tool -u a -pyexec x -pyfs y -py z'],
    ['a flag that begins so, beside a user', 'tool -u a -process x -passive y -props z -profile -print0 -printing'],
    ['another one, beside a user', 'tool -u a -partitions 2 -partition x -parallelism 4 -port_1 8081'],
    ['a word with a flag of another letter', 'tool -P x -H y -pnoise'],
    ['a word with a flag for the host that has no value', 'tool -h -pnoise'],
    ['a pipe, beside a host', 'nc -h a -pipe'],
    ['a word with a user far before it', `tool -u a ${FAR}-pnoise`],
    ['a word with a user far behind it', `tool -pnoise ${FAR}-u a`],
    ['a word with a user in the line before', 'tool -u a\ntool -pnoise'],
    ['a word with a user in the next line', 'tool -pnoise\ntool -u a'],
    ['a word with a flag for the user that has no value', 'tool -u -x -pnoise'],
    ['the middle of a word', 'a-pS3cret1'],
  ])('that is %s stays', (_, text) => expect(maskSecrets(text)).toBe(text));

  it.each([
    ['tool -phunter22', `tool -p${M}`],
    ['tool -phun!ter', `tool -p${M}`],
    ['tool -uroot -pb', `tool -uroot -p${M}`],
    ['tool -u a -pxport', `tool -u a -p${M}`],
    ['tool -u a -portal', `tool -u a -p${M}`],
    ['-u a -pb', `-u a -p${M}`],
    ['-pb -u a', `-p${M} -u a`],
    ['tool -h a -pb', `tool -h a -p${M}`],
    ['tool --host=a -pb', `tool --host=a -p${M}`],
    ['tool -P3306 -pb', `tool -P3306 -p${M}`],
    ['[tool, -u, a, -pb, c]', `[tool, -u, a, -p${M}, c]`],
    ['tool -pb --username=a', `tool -p${M} --username=a`],
    ['tool --user a\ttool -pb', `tool --user a\ttool -p${M}`],
    ["tool -u a -p'b c' d", `tool -u a -p'${M}' d`],
    ['tool -u a -p"b c" d', `tool -u a -p"${M}" d`],
    ['x\ntool -u a -pb\ny', `x\ntool -u a -p${M}\ny`],
    ['["-u","a","-pb1c2d"]', `["-u","a","-p${M}"]`],
  ])('is hidden in %s', (text, expected) => expect(maskSecrets(text)).toBe(expected));
});

describe('a value behind a flag', () => {
  it.each([
    ['--password hunter1 b', `--password ${M} b`],
    ['x --password "a b" c', `x --password "${M}" c`],
    ["x --password 'a \"b' c", `x --password '${M}' c`],
    ['x --password a"b"c d', `x --password ${M} d`],
    ['x --password "a"b"c" d', `x --password ${M} d`],
    ['"--password" x', '"--password" x'],
    ['x -password a1', `x -password ${M}`],
    ['x --db.password-1_x a1', `x --db.password-1_x ${M}`],
    ['x --password\t  a1', `x --password\t  ${M}`],
  ])('in %s', (text, expected) => expect(maskSecrets(text)).toBe(expected));

  it.each(['x --password --verbose', 'x --user a', 'x -p 8081', 'use --password to connect', 'x ---password b1'])(
    'is none in %s',
    (text) => expect(maskSecrets(text)).toBe(text),
  );
});

describe('a program', () => {
  it.each([
    ['mysql -ph', `mysql -p${M}`],
    ['a|mysql -ph', `a|mysql -p${M}`],
    ['(mysql -ph', `(mysql -p${M}`],
    ['mysql.exe -ph', `mysql.exe -p${M}`],
    ['mysql\t-ph', `mysql\t-p${M}`],
    ['mysql -p=h x', `mysql -p=${M} x`],
    ['mysql -p"a b"c x', `mysql -p${M} x`],
    ['mysql -h x; mysql -ph', `mysql -h x; mysql -p${M}`],
    ['mysql -pa\nmysql -pb', `mysql -p${M}\nmysql -p${M}`],
    ['mysql -pa; redis-cli -a b', `mysql -p${M} redis-cli -a ${M}`],
    ['valkey-cli -a  h', `valkey-cli -a  ${M}`],
    ['osql -Ph -P  g', `osql -P${M} -P  ${M}`],
    ['ldapmodify -wh', `ldapmodify -w${M}`],
    ['rman target=a/b@c', `rman target=a/${M}@c`],
    ['sqlplus "a/b"@c', 'sqlplus "a/b"@c'],
    ["sqlplus 'a/b@c'", `sqlplus 'a/${M}@c'`],
    ['sqlplus a/"b/c"@d', `sqlplus a/"${M}"@d`],
    ['sqlplus a[b$#.-]/c@d', `sqlplus a[b$#.-]/${M}@d`],
  ])('takes its password in %s', (text, expected) => expect(maskSecrets(text)).toBe(expected));

  it.each([
    ['is a part of another word', 'xmysql -ph'],
    ['is followed by another word', 'mysqlx.y -ph'],
    ['stands in another line', 'mysql\ntool -ph'],
    ['stands far before', `mysql ${'x '.repeat(250)}-ph`],
    ['takes this flag for something else', 'redis-cli -p 6379 -h h'],
    ['has no blank before the flag', 'redis-cli x-a b'],
    ['has no value behind the flag', 'redis-cli -a'],
    ['names a script', 'sqlplus a @b/c.sql'],
    ['names a path', 'sqlplus @a/b'],
  ])('that %s takes none: %s', (_, text) => expect(maskSecrets(text)).toBe(text));
});
