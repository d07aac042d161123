/**
 * One signed request to a service of AWS that speaks JSON. The SDK signs it; its client for SSM is left out, because with
 * it the bundle of a submit would grow by half (170 KB) for one operation.
 */
import { fromEnv } from '@aws-sdk/credential-provider-env';
import * as v from 'valibot';
import { awsDomain, signedHeaders } from '../sign-aws.ts';

export interface AwsService {
  /** The name in its host and in signatures: "ssm". */
  readonly name: string;
  readonly region: string;
  /** Another place than AWS's: tests. */
  readonly endpoint?: string;
}

/** A reply of AWS other than 200; `name` is its error's. */
class AwsRefusal extends Error {
  constructor(
    readonly status: number,
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }

  get mayPass(): boolean {
    return this.status >= 500 || /Throttl|TooMany|LimitExceeded/.test(this.name);
  }
}

/** Two attempts must fit into the time of a submit; a sweep tries again anyway. */
const TIMEOUT_MS = 3_000;
const TRIES = 2;

/** `operation`: "AmazonSSM.GetParameter". Every request only reads, so it may be repeated. */
export async function askAws(
  service: AwsService,
  operation: string,
  input: object,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  for (let left = TRIES - 1; ; left--) {
    try {
      return await askOnce(service, operation, input, signal);
    } catch (error) {
      const final = error instanceof AwsRefusal && !error.mayPass;
      if (final || left <= 0 || signal.aborted) throw error;
    }
  }
}

async function askOnce(
  service: AwsService,
  operation: string,
  input: object,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const url = new URL(service.endpoint ?? `https://${service.name}.${service.region}.${awsDomain(service.region)}`);
  const body = JSON.stringify(input);
  const headers = await headersOf(service, { operation, url, body });
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body,
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  const reply = toRecord(await response.text());
  if (response.status === 200) return reply;
  const type = textOf(reply['__type']) ?? response.headers.get('x-amzn-errortype') ?? `HTTP ${response.status}`;
  // "com.amazonaws.ssm#ParameterNotFound", "AccessDeniedException:http://..."
  const name = type.split('#').at(-1)?.split(':')[0] ?? type;
  throw new AwsRefusal(response.status, name, textOf(reply['message'] ?? reply['Message']) ?? '');
}

async function headersOf(
  { name: service, region }: AwsService,
  { operation, url, body }: { readonly operation: string; readonly url: URL; readonly body: string },
): Promise<Record<string, string>> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': operation };
  const signer = { service, region, credentials: fromEnv() };
  // fetch sets the host itself, and to the same.
  const { host: _host, ...sent } = await signedHeaders(signer, { method: 'POST', url, headers, body });
  return sent;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function toRecord(text: string): Record<string, unknown> {
  try {
    const parsed = v.safeParse(v.record(v.string(), v.unknown()), JSON.parse(text));
    return parsed.success ? parsed.output : {};
  } catch {
    // Any error: it is no JSON.
    return {};
  }
}
