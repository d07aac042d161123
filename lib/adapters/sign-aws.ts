/** Requests to services of AWS, signed by the SDK's own signer, which is in the functions already, for DynamoDB. */
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentityProvider } from '@smithy/types';

/** The credentials and the service. */
export interface AwsSigner {
  /** The name in signatures: "ssm". */
  readonly service: string;
  readonly region: string;
  readonly credentials: AwsCredentialIdentityProvider;
  /** S3 alone takes a path as it stands in the URL. */
  readonly uriEscapePath?: boolean;
}

export interface AwsRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The headers of the request, with those of its signature. `signingDate`: the time that the signature is made for. */
export async function signedHeaders(
  signer: AwsSigner,
  { method, url, headers, body }: AwsRequest,
  signingDate: Date = new Date(),
): Promise<Record<string, string>> {
  const { protocol, hostname, pathname: path } = url;
  const request = { method, protocol, hostname, path, headers: { host: url.host, ...headers }, body };
  const signed = await new SignatureV4({ ...signer, sha256: Sha256 }).sign(request, { signingDate });
  return signed.headers;
}

/** The domain of the hosts of a region. */
export function awsDomain(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}
