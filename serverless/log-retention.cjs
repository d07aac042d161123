// provider.logRetentionInDays: osls takes a number, and a setting is a text.
const { checkSetting } = require('./template-settings.cjs');

module.exports = async ({ resolveVariable }) => {
  return Number(checkSetting('logRetentionDays', await resolveVariable('self:custom.settings.logRetentionDays')));
};
