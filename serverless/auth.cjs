// Who may call, by `--param auth`: never by a variable of the shell, which may have another purpose.

const { refusal } = require('./refusal.cjs');

const MODES = ['keys', 'none', 'iam', 'jwt'];

const AUTHORIZERS = { iam: { type: 'aws_iam' }, jwt: { name: 'callers' } };

/** @param {(variable: string) => Promise<unknown>} resolveVariable */
async function modeOf(resolveVariable) {
  const mode = String(await resolveVariable("param:auth, 'keys'"));
  if (MODES.includes(mode)) return mode;
  throw refusal(`auth is not one of ${MODES.join(', ')}. Give --param auth=keys, or leave it out.`);
}

/** What API Gateway requires of callers; undefined: nothing. */
const authorizerOf = (mode) => AUTHORIZERS[mode];

module.exports = { modeOf, authorizerOf };
