// Reserved concurrency of the reconciler: none unless it is asked for. YAML alone cannot leave a key out.
const { refusal } = require('./refusal.cjs');

module.exports = async ({ resolveVariable }) => {
  const text = String(await resolveVariable('self:custom.settings.reconcileConcurrency')).trim();
  if (text === '') return null;
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw refusal(`reconcileConcurrency is "${text}". Give a whole number from 1, or leave it out.`);
};
