// Reserved concurrency of the reconciler: none by default. YAML alone can't omit a key.
const { checkSetting } = require('./template-settings.cjs');

module.exports = async ({ resolveVariable }) => {
  const asked = await resolveVariable('self:custom.settings.reconcileConcurrency');
  const count = checkSetting('reconcileConcurrency', asked);
  return count === '' ? null : Number(count);
};
