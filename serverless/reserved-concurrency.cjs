// Reserved concurrency of the reconciler: none unless it is asked for. YAML alone cannot leave a key out.
const { checkSetting } = require('./template-settings.cjs');

module.exports = async ({ resolveVariable }) => {
  const asked = await resolveVariable('self:custom.settings.reconcileConcurrency');
  const count = checkSetting('reconcileConcurrency', asked);
  return count === '' ? null : Number(count);
};
