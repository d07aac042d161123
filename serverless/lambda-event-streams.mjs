/**
 * Stands in for the SDK's event streams in the functions' bundles alone (custom.esbuild.alias): no call of DynamoDB has one,
 * and the SDK imports them only where a call has. They are 14 KB that would be loaded at each cold start.
 */
const notBundled = () => {
  throw new Error('Event streams are not part of the bundle: remove their alias from serverless.yml.');
};

export class EventStreamSerde {
  constructor() {
    notBundled();
  }
}

export const eventStreamSerdeProvider = notBundled;
