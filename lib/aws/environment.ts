import type { AwsCredentialIdentity } from '@smithy/types';
import type { Environment } from '../setting-types.ts';

/** A service of AWS, as its endpoint is named. */
export interface NamedEndpoint {
  /** What its host name begins with, such as `sms-voice`. */
  readonly hostPrefix: string;
  /** Its id as the SDKs' variables spell it, such as `PINPOINT_SMS_VOICE_V2`. */
  readonly serviceId: string;
}

/**
 * By what a region's name begins with; all others are of `amazonaws.com`.
 * https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
 */
const DOMAINS = [
  ['cn-', 'amazonaws.com.cn'],
  ['eusc-', 'amazonaws.eu'],
] as const;

export const findRegion = (environment: Environment = process.env): string => environment['AWS_REGION'] ?? '';

/**
 * Where a service is asked: by the standard variables of the SDKs, of the service or of all, else in the region.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 *
 * @throws Error if there is neither a region nor an endpoint
 */
export function findEndpoint(
  { hostPrefix, serviceId }: NamedEndpoint,
  region: string,
  environment: Environment = process.env,
): URL {
  const given = environment[`AWS_ENDPOINT_URL_${serviceId}`] || environment['AWS_ENDPOINT_URL'];
  if (given && environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] !== 'true') return new URL(given);
  if (region === '') throw new Error('AWS_REGION is missing');
  const domain = DOMAINS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'amazonaws.com';
  return new URL(`https://${hostPrefix}.${region}.${domain}`);
}

/** Those of the function's role, which Lambda gives it. @throws Error named `CredentialsProviderError` if there are none */
export async function findCredentials(
  environment: Environment = process.env,
): Promise<AwsCredentialIdentity> {
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'];
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  if (!accessKeyId || !secretAccessKey)
    throw Object.assign(new Error('AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is missing'), {
      name: 'CredentialsProviderError',
    });
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}

/** By which X-Ray knows what a request has caused, and Lambda a function that causes itself. */
export const findTraceId = (environment: Environment = process.env): string | undefined =>
  environment['_X_AMZN_TRACE_ID'];
