// provider.logRetentionInDays: osls takes a number, and a setting is a text.
const { refusal } = require('./refusal.cjs');

/** CloudWatch Logs takes these alone. */
const DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653];

module.exports = async ({ resolveVariable }) => {
  const days = Number(await resolveVariable('self:custom.settings.logRetentionDays'));
  if (DAYS.includes(days)) return days;
  throw refusal(`The setting logRetentionDays can't be used. It must be one of ${DAYS.join(', ')}.`);
};
