// provider.httpApi.authorizers: the issuer of tokens, with auth=jwt. YAML alone can't omit a key.
const { modeOf } = require('./auth.cjs');
const { refusal } = require('./refusal.cjs');

module.exports = async ({ resolveVariable }) => {
  if ((await modeOf(resolveVariable)) !== 'jwt') return {};
  const issuerUrl = String(await resolveVariable('self:custom.settings.jwtIssuer')).trim();
  const audience = String(await resolveVariable('self:custom.settings.jwtAudience'))
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
  if (!/^https:\/\/./.test(issuerUrl) || audience.length === 0) {
    throw refusal('auth=jwt needs jwtIssuer (an https address) and jwtAudience.');
  }
  return { callers: { type: 'jwt', identitySource: '$request.header.Authorization', issuerUrl, audience } };
};
