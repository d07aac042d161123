// Says at a deploy what auth=none means. Nobody should learn it from a stranger's job.

const WHAT =
  'auth=none: everybody who knows the address of this deployment can run code on your Flink, and stop your jobs. ' +
  'Leave auth out to ask for API keys (docs/operate/keys.md).';

module.exports = class AuthNotice {
  constructor(serverless, _options, { log }) {
    const isOpen = () => serverless.service.provider.environment.AUTH === 'none';
    this.hooks = { 'before:deploy:deploy': () => void (isOpen() && log.warning(WHAT)) };
  }
};
