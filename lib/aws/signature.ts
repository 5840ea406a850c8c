import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import type { AwsCredentialIdentity } from '@smithy/types';

/** What is signed: a POST to a service, without a query. */
interface Signable {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Which requests a signature is good for. */
interface Scope {
  readonly region: string;
  readonly service: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
/** Those that may change on the way. */
const UNSIGNED = ['user-agent', 'x-amzn-trace-id'];

const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/**
 * Signs requests with Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * The SDK's own signer derives its key, or looks it up by a hash, for every request, and takes five times as long for the rest; a test holds
 * this one to it, byte for byte.
 */
export class Signer {
  /** Of the last day, and of the last secret. */
  #derived: { readonly of: string; readonly key: KeyObject } | undefined;

  /** @returns all headers that the request goes out with */
  sign(
    { path, headers, body }: Signable,
    { region, service }: Scope,
    { accessKeyId, secretAccessKey, sessionToken }: AwsCredentialIdentity,
    now: Date,
  ): Record<string, string> {
    const time = now.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
    const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
    const bodyHash = hash('sha256', body);
    const all: Record<string, string> = {
      ...headers,
      'x-amz-date': time,
      ...(sessionToken && { 'x-amz-security-token': sessionToken }),
      'x-amz-content-sha256': bodyHash,
    };
    const names = Object.keys(all)
      .filter((name) => !UNSIGNED.includes(name))
      .sort();
    const signedHeaders = names.join(';');
    const canonicalPath = encodeURIComponent(path).replaceAll('%2F', '/');
    const lines = names.map((name) => `${name}:${all[name]}\n`).join('');
    const canonical = `POST\n${canonicalPath}\n\n${lines}\n${signedHeaders}\n${bodyHash}`;
    const signature = createHmac('sha256', this.#key(scope, secretAccessKey))
      .update(`${ALGORITHM}\n${time}\n${scope}\n${hash('sha256', canonical)}`)
      .digest('hex');
    return {
      ...all,
      authorization: `${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
    };
  }

  #key(scope: string, secretAccessKey: string): KeyObject {
    const of = `${scope} ${secretAccessKey}`;
    if (this.#derived?.of !== of) {
      const bytes = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
      this.#derived = { of, key: createSecretKey(bytes as Buffer) };
    }
    return this.#derived.key;
  }
}
