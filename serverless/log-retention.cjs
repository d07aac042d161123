// provider.logRetentionInDays: osls needs a number, but a setting is a text.
const { checkSetting } = require('./template-settings.cjs');

module.exports = async ({ resolveVariable }) => {
  return Number(checkSetting('logRetentionDays', await resolveVariable('self:custom.settings.logRetentionDays')));
};
