// provider.vpc: nothing without subnets, both lists with them. YAML alone can't omit a key.

const { refusal } = require('./refusal.cjs');

/** @param {string} text comma-separated */
const list = (text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);

module.exports = async ({ resolveVariable }) => {
  const subnetIds = list(await resolveVariable('self:custom.settings.vpcSubnetIds'));
  const securityGroupIds = list(await resolveVariable('self:custom.settings.vpcSecurityGroupIds'));
  if (subnetIds.length === 0 && securityGroupIds.length === 0) return null;
  if (subnetIds.length === 0 || securityGroupIds.length === 0) {
    throw refusal('Give both vpcSubnetIds and vpcSecurityGroupIds, or neither.');
  }
  return { subnetIds, securityGroupIds };
};
