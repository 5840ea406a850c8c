import { createHash, createHmac } from 'node:crypto';

/** A POST of JSON to Tencent Cloud API 3.0, as far as its signature covers it. */
export interface Tc3Request {
  readonly host: string;
  /** Such as `captcha`. */
  readonly service: string;
  readonly contentType: string;
  readonly body: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

export interface Tc3Credentials {
  readonly secretId: string;
  readonly secretKey: string;
}

const ALGORITHM = 'TC3-HMAC-SHA256';
const SIGNED_HEADERS = 'content-type;host';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/**
 * The `Authorization` header of a request, signature v3: https://cloud.tencent.com/document/api/1110/36931
 *
 * Tencent's own SDK is CommonJS that does not start in a bundle of ES modules, and would be half a megabyte of it.
 */
export function signTc3(request: Tc3Request, { secretId, secretKey }: Tc3Credentials): string {
  const { host, service, contentType, body, timestamp } = request;
  const headers = `content-type:${contentType}\nhost:${host}\n`;
  const canonical = ['POST', '/', '', headers, SIGNED_HEADERS, sha256(body)].join('\n');
  const date = new Date(timestamp * 1000).toISOString().slice(0, 10);
  const scope = `${date}/${service}/tc3_request`;
  const signed = [ALGORITHM, timestamp, scope, sha256(canonical)].join('\n');
  const key = hmac(hmac(hmac(`TC3${secretKey}`, date), service), 'tc3_request');
  const signature = hmac(key, signed).toString('hex');
  return `${ALGORITHM} Credential=${secretId}/${scope}, SignedHeaders=${SIGNED_HEADERS}, Signature=${signature}`;
}
