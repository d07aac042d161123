/**
 * Jars in S3, by signed GETs. The SDK's client for S3 would double the size of the functions.
 */
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { AppError } from '../../domain/errors.ts';
import { awsDomain, signedHeaders } from '../sign-aws.ts';
import { type HttpAnswer, httpGet } from './http-get.ts';
import { conditions, orUnavailable, toOpened } from './open-http.ts';
import { decoded, type OpenJar, shownUri } from './opened-jar.ts';

export interface S3Access {
  readonly credentials: AwsCredentialIdentityProvider;
  readonly region: () => Promise<string>;
  /** Another S3 than AWS's: tests. */
  readonly endpoint?: string | undefined;
}

export function openS3(s3: S3Access): OpenJar {
  /** A bucket stays where it is. */
  const regions = new Map<string, string>();
  return async (uri, known, signal) => {
    const region = regions.get(uri.hostname) ?? (await s3.region());
    const get = async (where: string): Promise<HttpAnswer> => {
      const { url, headers } = await signedGet(s3, uri, { region: where, headers: conditions(known) }, new Date());
      return await httpGet(url, headers, signal);
    };
    const answer = await orUnavailable(uri, get(region), signal);
    const home = answer.headers['x-amz-bucket-region'];
    if (answer.status < 300 || typeof home !== 'string' || home === region) return toOpenedS3(uri, answer);
    answer.body.destroy();
    regions.set(uri.hostname, home);
    return toOpenedS3(uri, await orUnavailable(uri, get(home), signal));
  };
}

function toOpenedS3(uri: URL, answer: HttpAnswer): ReturnType<typeof toOpened> {
  if (answer.status !== 403) return toOpened(uri, answer);
  answer.body.destroy();
  const why = 'it does not exist, or the functions may not read it';
  const advice = "Check its name, and that the deployment's setting jarObjects covers it.";
  throw new AppError('jar.invalid', `${shownUri(uri)} could not be read (HTTP 403): ${why}. ${advice}`);
}

export interface SignedGet {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** `now` is the time that the signature is made for. */
export async function signedGet(
  s3: S3Access,
  uri: URL,
  { region, headers }: { readonly region: string; readonly headers: Readonly<Record<string, string>> },
  now: Date,
): Promise<SignedGet> {
  const url = urlOf(uri, region, s3.endpoint);
  const signer = { service: 's3', region, credentials: s3.credentials, uriEscapePath: false };
  return { url, headers: await signedHeaders(signer, { method: 'GET', url, headers }, now) };
}

/** A bucket whose name holds dots does not fit into the certificate of `*.s3.<region>`. */
function urlOf({ hostname: bucket, pathname }: URL, region: string, endpoint: string | undefined): URL {
  const key = pathname
    .split('/')
    .map((part) => escaped(decoded(part)))
    .join('/');
  if (endpoint !== undefined) return new URL(`${endpoint.replace(/\/+$/, '')}/${bucket}${key}`);
  const domain = `s3.${region}.${awsDomain(region)}`;
  return new URL(bucket.includes('.') ? `https://${domain}/${bucket}${key}` : `https://${bucket}.${domain}${key}`);
}

/** In the encoding of S3's signatures: all but letters, digits and `-._~`. */
function escaped(part: string): string {
  return encodeURIComponent(part).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
