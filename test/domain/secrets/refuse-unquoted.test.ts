/** A secret stands inside quotes, or the statement is refused. */
import { describe, expect, it } from 'vitest';
import { refuseLooseSecrets } from '../../../lib/domain/secrets/refuse-unquoted.ts';
import { splitScript } from '../../../lib/domain/sql/split.ts';
import { thrownAppError } from '../../builders/app-error-of.ts';

const refused = (text: string) => thrownAppError(() => refuseLooseSecrets(splitScript(text)[0]!, 'line 1'));

describe('a secret outside of quotes', () => {
  it.each(['SELECT ${pw}', 'SET x.y = ${pw}', 'SET x.y = a${pw}', 'x := ${pw}'])('is refused: %s', (text) => {
    expect(refused(text)).toMatchObject({
      code: 'sql.refused',
      message: "The secret ${pw} of line 1 is outside quotes. A secret must be in quotes, as in 'password' = '${pw}'.",
    });
  });

  it('in the name of an option is refused', () => {
    expect(refused("SET '${pw}' = 'x'")).toMatchObject({
      code: 'sql.refused',
      message: 'The SET of line 1 has a secret in the name of its option. Write the name itself.',
    });
  });

  it.each(["SELECT '${pw}'", "SET 'x' = '${pw}'", 'SELECT `${pw}`', "SET 'x' = 'y'", 'SET', "RESET '${pw}'"])(
    'is none: %s',
    (text) => expect(() => refuseLooseSecrets(splitScript(text)[0]!, 'line 1')).not.toThrow(),
  );
});
