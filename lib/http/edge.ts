import { createHash, timingSafeEqual } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { isIp } from './ip.ts';

/** The header that the distribution adds to each request, and no browser knows the value of. */
export const EDGE_SECRET_HEADER = 'x-edge-secret';
/** Whose browser it is, by CloudFront, which replaces what a browser sends under this name. */
const VIEWER_HEADER = 'cloudfront-viewer-address';

const sha256 = (text: string) => createHash('sha256').update(text).digest();

/**
 * Whether a request came through our own distribution. The secret is 256 random bits, so that its hash, which is all that a function
 * has of it, says nothing of it.
 *
 * @param hashes SHA-256 of the secrets that count, in hex: two of them while one is replaced by another
 */
export function cameByEdge({ headers }: APIGatewayProxyEventV2, hashes: readonly string[]): boolean {
  const given = sha256(headers[EDGE_SECRET_HEADER] ?? '');
  return hashes.filter((hash) => timingSafeEqual(given, Buffer.from(hash, 'hex'))).length > 0;
}

/**
 * The address of the viewer that CloudFront tells, always with a port and, of IPv6, without brackets:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html
 *
 * @returns undefined where there is none: the distribution does not send it
 */
export function viewerIp({ headers }: APIGatewayProxyEventV2): string | undefined {
  const ip = (headers[VIEWER_HEADER] ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return isIp(ip) ? ip : undefined;
}
