import { finished, type Readable } from 'node:stream';
import { decorateServiceException, ServiceException } from '@smithy/core/client';
import { HttpRequest, type HttpResponse, loadJsonRpcErrorCode } from '@smithy/core/protocols';
import { retryMiddleware, StandardRetryStrategy } from '@smithy/core/retry';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { AwsCredentialIdentity, NodeHttpHandlerOptions, Provider } from '@smithy/types';
import { findCredentials, findEndpoint, findRegion, findTraceId, type NamedEndpoint } from './environment.ts';
import { Signer } from './signature.ts';

/** A service that speaks AWS JSON: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html */
export interface AwsApi extends NamedEndpoint {
  /** As signatures name it. */
  readonly signingName: string;
  /** What its operations are called by, such as `DynamoDB_20120810`. */
  readonly target: string;
  readonly jsonVersion: '1.0' | '1.1';
  /** The most that the first retry waits; each next one twice as long. */
  readonly retryDelayMilliseconds?: number;
  /** What is tried again besides that which every service is asked for again. */
  readonly isPassing?: (error: Error) => boolean;
}

/** What stands between a client and the network. */
interface RequestHandler {
  handle: NodeHttpHandler['handle'];
  destroy?(): void;
}

export interface AwsClientSettings {
  readonly maxAttempts: number;
  /** Times, sockets; or a handler that is asked in place of the network. */
  readonly requestHandler: NodeHttpHandlerOptions | RequestHandler;
  /** Where the service is asked, if not where the environment says. */
  readonly endpoint?: string;
  readonly region?: string | Provider<string>;
  /** Who asks, if not who the environment says: on Lambda that is the function's role. */
  readonly credentials?: Provider<AwsCredentialIdentity>;
}

/** Where a service is asked. */
interface Place {
  readonly region: string;
  readonly endpoint: URL;
}

export interface SendOptions {
  readonly abortSignal?: AbortSignal;
}

const HTTP_ERROR = 300;
const HTTP_SERVER_ERROR = 500;

/**
 * Asks a service of AWS. It is made of the SDK's own parts, and of those alone that a function needs: connections and retries. The
 * SDK's clients bring credentials from a dozen sources, rules for endpoints, and schemas of every operation, which take a function longer to
 * load than all of its own (docs/decisions/0006-aws-client.md). tests/aws holds what is sent and read to what the SDK sends and reads.
 */
export class AwsClient {
  readonly requestHandler: RequestHandler;
  readonly retryStrategy: StandardRetryStrategy;
  readonly #api: AwsApi;
  readonly #settings: AwsClientSettings;
  readonly #signer = new Signer();
  readonly #retry: ReturnType<typeof retryMiddleware>;
  #place: Place | undefined;

  constructor(api: AwsApi, settings: AwsClientSettings) {
    const { maxAttempts, requestHandler } = settings;
    this.#api = api;
    this.#settings = settings;
    this.requestHandler = 'handle' in requestHandler ? requestHandler : new NodeHttpHandler(requestHandler);
    const { retryDelayMilliseconds: baseDelay } = api;
    this.retryStrategy = new StandardRetryStrategy({ maxAttempts, ...(baseDelay && { baseDelay }) });
    this.#retry = retryMiddleware({
      retryStrategy: async () => this.retryStrategy,
      maxAttempts: async () => maxAttempts,
    } as Parameters<typeof retryMiddleware>[0]);
  }

  /** @throws ServiceException, by the name that the service gives it, with what else it says; or what kept it from being asked */
  async send<Output extends object>(
    operation: string,
    input: object,
    { abortSignal }: SendOptions = {},
  ): Promise<Output> {
    this.#place ??= await this.#findPlace();
    const { region } = this.#place;
    const request = this.#request(operation, JSON.stringify(input), this.#place);
    const attempt = async () => ({ response: {}, output: await this.#attempt(request, region, abortSignal) });
    const context = { __smithy_context: { abortSignal } };
    const { output } = await this.#retry(attempt as never, context as never)({ request, input });
    return output as unknown as Output;
  }

  destroy(): void {
    this.requestHandler.destroy?.();
  }

  async #findPlace(): Promise<Place> {
    const { region: given = findRegion(), endpoint } = this.#settings;
    const region = typeof given === 'string' ? given : await given();
    return { region, endpoint: endpoint ? new URL(endpoint) : findEndpoint(this.#api, region) };
  }

  #request(operation: string, body: string, { endpoint }: Place): HttpRequest {
    const { protocol, hostname, port, pathname, host } = endpoint;
    const { target, jsonVersion } = this.#api;
    const traceId = findTraceId();
    return new HttpRequest({
      protocol,
      hostname,
      ...(port && { port: Number(port) }),
      method: 'POST',
      path: pathname.endsWith('/') ? pathname : `${pathname}/`,
      headers: {
        'content-type': `application/x-amz-json-${jsonVersion}`,
        'content-length': String(Buffer.byteLength(body)),
        'x-amz-target': `${target}.${operation}`,
        host,
        'user-agent': 'account-linking',
        ...(traceId && { 'x-amzn-trace-id': traceId }),
      },
      body,
    });
  }

  async #attempt(
    request: HttpRequest,
    region: string,
    abortSignal: AbortSignal | undefined,
  ): Promise<object> {
    const { credentials = findCredentials } = this.#settings;
    const scope = { region, service: this.#api.signingName };
    const { path, body } = request;
    const signable = { path, headers: request.headers, body };
    const headers = this.#signer.sign(signable, scope, await credentials(), new Date());
    const signed = new HttpRequest({ ...request, headers });
    const { response } = await this.requestHandler.handle(signed, { ...(abortSignal && { abortSignal }) });
    const $metadata = metadataOf(response);
    try {
      return { ...(await readReply(response)), $metadata };
    } catch (error) {
      // Whence retries read how long to wait, and what no log should have.
      Object.defineProperty(error, '$response', { value: response, enumerable: false });
      const isPassing = this.#api.isPassing?.(error as Error);
      throw Object.assign(error as Error, {
        $metadata,
        ...(isPassing && { $retryable: { throttling: false } }),
      });
    }
  }
}

function metadataOf({ statusCode, headers }: HttpResponse) {
  const requestId =
    headers['x-amzn-requestid'] ?? headers['x-amzn-request-id'] ?? headers['x-amz-request-id'];
  return { httpStatusCode: statusCode, ...(requestId && { requestId }) };
}

/** By its events, which make no promises for each chunk. @throws where it ends too early */
function readText(body: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    body.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    finished(body, (error) => (error ? reject(error) : resolve(Buffer.concat(chunks).toString('utf8'))));
  });
}

/** @throws SyntaxError for what is no JSON, as what stands in front of a service may answer */
async function readReply(response: HttpResponse): Promise<object> {
  const text = await readText(response.body);
  const body: object = { ...(text !== '' && JSON.parse(text)) };
  if (response.statusCode < HTTP_ERROR) return body;
  const error = new ServiceException({
    name: loadJsonRpcErrorCode(response, body) ?? 'Unknown',
    $fault: response.statusCode < HTTP_SERVER_ERROR ? 'client' : 'server',
    $metadata: metadataOf(response),
  });
  throw decorateServiceException(error, body);
}
