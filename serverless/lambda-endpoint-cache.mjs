/**
 * Stands in for the cache of the SDK's endpoint discovery in the functions' bundles alone (custom.esbuild.alias). Discovery is
 * off unless a deployment turns it on, and it then knows one endpoint for each access key: nothing ever has to be evicted,
 * for which the SDK's own cache brings 7 KB that would be loaded at each cold start.
 */
export default class EndpointsByKey extends Map {
  /** The SDK passes its capacity, which Map would take for entries. */
  constructor() {
    super();
  }

  peek(key) {
    return this.get(key);
  }
}
