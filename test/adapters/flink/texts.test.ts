/** However long a text of Flink's is: what is shown is short, has the last cause, and no part of a secret. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deployError, gatewayError } from '../../../lib/adapters/flink/errors.ts';
import { jarRunError } from '../../../lib/adapters/flink/jar-run-error.ts';
import { redactionFor } from '../../../lib/domain/secrets/redaction.ts';
import { asErrors, failedOperation, FRAMES } from './failed-operation.ts';

const secrets = { pw: 'hunter22-hunter22-hunter22', key: '-----BEGIN KEY-----\nMIIEvQIBADAN\n-----END KEY-----' };
const hidden = redactionFor({ statement: 'SELECT 1', plan: { sensitive: [] } }, secrets);

describe('what is shown of a long text', () => {
  it.each(['gateway', 'jar', 'deployment'])('is short, and has the last cause: %s', (which) => {
    const body = asErrors(
      failedOperation('y'.repeat(3_000_000)).replace(
        '\nEnd of',
        `\nCaused by: a.b.C: the last word\n${FRAMES}\nEnd of`,
      ),
    );
    const error =
      which === 'gateway' ? gatewayError(body) : which === 'jar' ? jarRunError(body) : deployError(500, body);
    expect(error.message).toContain('the last word');
    expect(error.message.length).toBeLessThan(64_100);
  });

  it('never holds a part of a secret, wherever the text was cut', () => {
    const filler = fc
      .tuple(fc.constantFrom('x', ' ', '\n', 'x ', ' \n', 'Ab.', '- '), fc.nat({ max: 9_000 }))
      .map(([piece, count]) => piece.repeat(count));
    const near = fc.integer({ min: 900, max: 1_010 }).map((count) => '-'.repeat(count));
    const lines = fc
      .integer({ min: 7_900, max: 8_100 })
      .map((count) => `${'- '.repeat(3_900)}${'.'.repeat(count - 7_800)}`);
    const before = fc.oneof(
      filler,
      near,
      lines,
      fc.nat({ max: 300_000 }).map((count) => 'z\n'.repeat(count / 2)),
    );
    const blanks = fc.nat({ max: 120_000 }).map((count) => ' '.repeat(count));
    fc.assert(
      fc.property(before, blanks, filler, fc.constantFrom(...Object.values(secrets)), (head, gap, tail, secret) => {
        const body = asErrors(failedOperation(`${head}${gap}${secret}${tail}`));
        for (const { message } of [gatewayError(body), jarRunError(body), deployError(500, body)]) {
          const shown = hidden.mask(message).slice(0, 1_000);
          for (const part of ['hunt', 'MIIE', 'BEGIN']) expect(shown).not.toContain(part);
        }
      }),
      { numRuns: 120 },
    );
  });
});
