/**
 * Stands in for the SDK's credential chain in the functions' bundles alone (custom.esbuild.alias): Lambda gives a
 * function its credentials in its environment, and the rest of the chain (profiles, SSO, web identity, metadata
 * services) is 90 KB that would be loaded at each cold start. The command line keeps the whole chain.
 */
import { fromEnv } from '@aws-sdk/credential-provider-env';

export const defaultProvider = fromEnv;
