// Warns at a deploy with auth=none.

const WHAT =
  'auth=none: everybody who knows the address of this deployment can run code on your Flink, and stop your jobs. ' +
  'Leave auth out to require API keys (docs/operate/keys.md).';

const ANYTHING =
  'adhoc=true with auth=none: they can run any statement and any jar, also with the secrets that tasks use ' +
  '(docs/guide/adhoc.md). Leave adhoc out to run stored tasks only.';

module.exports = class AuthNotice {
  constructor(serverless, _options, { log }) {
    const warn = () => {
      const { AUTH, ADHOC } = serverless.service.provider.environment;
      if (AUTH !== 'none') return;
      log.warning(WHAT);
      if (ADHOC !== 'false') log.warning(ANYTHING);
    };
    this.hooks = { 'before:deploy:deploy': warn };
  }
};
