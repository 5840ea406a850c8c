import type * as z from 'zod/mini';
import { JSON_TYPE, post } from './post.ts';
import { signTc3, type Tc3Credentials } from './tc3.ts';

/** How a service of Tencent Cloud is reached. */
export interface TencentService {
  /** Such as `sms`. */
  readonly service: string;
  /** Such as `2021-01-11`. */
  readonly version: string;
  /** Such as `https://sms.tencentcloudapi.com`; another where a stand-in answers. */
  readonly origin: string;
  /** Of services that have some. */
  readonly region?: string;
  readonly credentials: Tc3Credentials;
  /** Of a call. */
  readonly timeoutMilliseconds: number;
}

/**
 * Makes the calls of a service of Tencent Cloud API 3.0, each once, as signed JSON: https://cloud.tencent.com/document/api/1110/36920
 *
 * No connection is kept: one that died while Lambda was frozen would break the next call, and there is no second try.
 *
 * @param clock milliseconds since 1970
 * @returns a call; it throws PostError
 */
export function tencentCalls(settings: TencentService, fetch: typeof globalThis.fetch, clock: () => number) {
  const { service, version, origin, region, credentials, timeoutMilliseconds } = settings;
  const url = new URL('/', origin);

  return <T>(action: string, parameters: object, schema: z.ZodMiniType<T>): Promise<T> => {
    const body = JSON.stringify(parameters);
    const timestamp = Math.floor(clock() / 1000);
    const authorization = signTc3(
      { host: url.host, service, contentType: JSON_TYPE, body, timestamp },
      credentials,
    );
    const headers = {
      authorization,
      connection: 'close',
      'x-tc-action': action,
      'x-tc-version': version,
      'x-tc-timestamp': String(timestamp),
      ...(region !== undefined && { 'x-tc-region': region }),
    };
    return post({ url, body, headers, schema }, AbortSignal.timeout(timeoutMilliseconds), fetch);
  };
}
