import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { AwsClient } from 'aws4fetch';
import { type Environment, readPorts, StartError } from '../environment.ts';
import type { Arguments, OperatorRequest } from './commands.ts';

/** Where requests go, and for which region they are signed; not signed at all where they stay on this machine. */
export interface Target {
  readonly origin: string;
  readonly region?: string;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const isLoopback = (url: string) => LOOPBACK.includes(new URL(url).hostname);

function parseOrigin(api: string): string {
  if (URL.canParse(api) && /^https?:/.test(api)) return new URL(api).origin;
  throw new StartError(`--api must be a URL such as https://api.example.com, but is "${api}".`);
}

/**
 * The deployment that is meant: `--api`, or API_ORIGIN; the local world, which answers at the inbox's port, without either.
 *
 * @throws StartError where the region is not known, or a request would be signed and sent in clear
 */
export function findTarget(
  { api, region }: Pick<Arguments, 'api' | 'region'>,
  environment: Environment,
): Target {
  const local = `http://localhost:${readPorts(environment).inbox}`;
  if (api !== undefined && isLoopback(parseOrigin(api))) return { origin: parseOrigin(api) };
  const given = api ?? environment['API_ORIGIN'];
  // The API of the local world knows no IAM: its support desk is elsewhere.
  if (!given || isLoopback(parseOrigin(given))) return { origin: local };
  const origin = parseOrigin(given);
  if (!origin.startsWith('https:'))
    throw new StartError(`${origin} is not https: what is sent there could be read on the way.`);
  const named = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/.exec(new URL(origin).hostname)?.[1];
  const found = region ?? named ?? environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
  if (!found)
    throw new StartError(
      `In which region is ${origin}? Say so by --region or AWS_REGION: requests are signed for it.`,
    );
  return { origin, region: found };
}

type Credentials = () => Promise<{
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}>;

/** What a client works with; tests give their own. */
export interface Outside {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly credentials: Credentials;
}

const CLIENT_TIMEOUT_MILLISECONDS = 35_000;

export const SYSTEM: Outside = {
  fetch: (request) => fetch(request, { signal: AbortSignal.timeout(CLIENT_TIMEOUT_MILLISECONDS) }),
  credentials: defaultProvider(),
};

async function sign(url: string, method: string, region: string, credentials: Credentials): Promise<Request> {
  const found = await credentials().catch((error: Error) => {
    throw new StartError(
      `No AWS credentials to sign with (${error.message}). Sign in, such as by aws sso login, or set AWS_PROFILE.`,
    );
  });
  const client = new AwsClient({ ...found, service: 'execute-api', region });
  return client.sign(url, { method, headers: { 'accept-language': 'en' } });
}

export interface Reply {
  readonly status: number;
  /** Undefined where there is no body, or none that is JSON. */
  readonly body: unknown;
}

/** Sends a request, signed where it leaves this machine. @throws StartError in a sentence where it can't be sent, or nobody answers */
export async function send(
  { method, path }: OperatorRequest,
  { origin, region }: Target,
  { fetch, credentials }: Outside,
): Promise<Reply> {
  const url = `${origin}${path}`;
  const request = region
    ? await sign(url, method, region, credentials)
    : new Request(url, { method, headers: { 'accept-language': 'en' } });
  const response = await fetch(request).catch((error: Error) => {
    const hint = region
      ? 'Is the URL right?'
      : 'Does the local world run (npm start), and did INBOX_PORT move it?';
    throw new StartError(`${origin} does not answer (${error.message}). ${hint}`);
  });
  const text = await response.text();
  return { status: response.status, body: parseJson(text) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
