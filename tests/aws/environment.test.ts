import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { findCredentials, findEndpoint } from '../../lib/aws/environment.ts';
import { ANY_REQUEST, ask, connectBoth, SERVICE_NAMES, type ServiceName } from '../support/both-clients.ts';
import { ROOT } from '../support/packaged.ts';

/** Where the SDK has its partitions, of which it exports no list. */
const PARTITIONS = join(
  ROOT,
  'node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js',
);
/** Those that AWS sells to the public; the others are isolated from it, and so is what would be deployed there. */
const PUBLIC = ['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'];

interface Partition {
  readonly id: string;
  readonly regions: Readonly<Record<string, unknown>>;
}

const [, json = ''] = /partitionsInfo = (\{.*\});/s.exec(readFileSync(PARTITIONS, 'utf8')) ?? [];
const { partitions } = JSON.parse(json) as { readonly partitions: readonly Partition[] };
const REGIONS = partitions
  .filter(({ id }) => PUBLIC.includes(id))
  // No place, but what services are asked by that are in none.
  .flatMap(({ regions }) => Object.keys(regions).filter((region) => !region.endsWith('-global')));

const environmentBefore = { ...process.env };
afterEach(() => {
  process.env = { ...environmentBefore };
});

/** Where each client has sent a request. */
async function asked(service: ServiceName, region: string, environment: Readonly<Record<string, string>>) {
  Object.assign(process.env, environment);
  const { ours, sdk } = connectBoth(service, { region });
  const { sent } = await ask(ours, ANY_REQUEST[service], { status: 400, body: '' });
  const bySdk = await ask(sdk, ANY_REQUEST[service], { status: 400, body: '' });
  const [our, theirs] = [sent, bySdk.sent].map((all) => all.map(({ origin, path }) => `${origin}${path}`));
  expect(theirs).toHaveLength(1);
  return { our, theirs };
}

describe.each(SERVICE_NAMES)('%s', (service) => {
  test('is asked where the SDK asks it, in every region of the public', async () => {
    expect(REGIONS.length).toBeGreaterThan(30);
    for (const region of REGIONS) {
      const { our, theirs } = await asked(service, region, {});
      expect(our).toEqual(theirs);
    }
  });

  const { serviceId } = connectBoth(service).api;
  test.each<Readonly<Record<string, string>>>([
    { AWS_ENDPOINT_URL: 'http://localhost:4566' },
    { AWS_ENDPOINT_URL: 'https://proxy.example.com/aws' },
    { [`AWS_ENDPOINT_URL_${serviceId}`]: 'http://127.0.0.1:4002/path/' },
    { [`AWS_ENDPOINT_URL_${serviceId}`]: 'https://vpce-1.example.com', AWS_ENDPOINT_URL: 'http://other' },
    { [`AWS_ENDPOINT_URL_${serviceId}`]: '', AWS_ENDPOINT_URL: '' },
    { [`AWS_ENDPOINT_URL_${serviceId}`]: 'http://a', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
    { AWS_ENDPOINT_URL: 'http://a', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false' },
  ])('is asked where %j says, as the SDK does', async (environment) => {
    const { our, theirs } = await asked(service, 'eu-west-1', environment);
    expect(our).toEqual(theirs);
  });
});

test('without a region, and an endpoint in its place, there is nobody to ask', () => {
  const named = { hostPrefix: 'sqs', serviceId: 'SQS' };
  expect(() => findEndpoint(named, '', {})).toThrow('AWS_REGION');
  expect(findEndpoint(named, '', { AWS_ENDPOINT_URL: 'http://a' }).href).toBe('http://a/');
});

describe('credentials', () => {
  const [AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN] = ['id', 'secret', 'token'];
  test('are those of the environment, with a session or without', async () => {
    const pair = { accessKeyId: 'id', secretAccessKey: 'secret' };
    expect(await findCredentials({ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY })).toEqual(pair);
    const role = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN };
    expect(await findCredentials(role)).toEqual({ ...pair, sessionToken: 'token' });
  });

  test.each([{}, { AWS_ACCESS_KEY_ID }, { AWS_SECRET_ACCESS_KEY, AWS_ACCESS_KEY_ID: '' }])(
    'that are missing, with %j, are missed as the SDK misses them',
    async (environment) => {
      await expect(findCredentials(environment)).rejects.toMatchObject({ name: 'CredentialsProviderError' });
    },
  );
});
