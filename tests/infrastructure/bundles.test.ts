import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { parse } from 'yaml';
import type { HttpResult } from '../../lib/http/answer.ts';
import { SECRETS } from '../../lib/secret-store.ts';
import { createTable, localClient } from '../../local/dynamodb.ts';
import { breachesOf } from '../support/contract.ts';
import {
  BUS_FUNCTIONS,
  CONDITIONAL_FUNCTIONS,
  HTTP_FUNCTIONS,
  QUEUE_FUNCTIONS,
  readEvent,
  STREAM_FUNCTIONS,
} from '../support/functions.ts';
import { kept } from '../support/kept.ts';
import { ROOT, type Template, templateText } from '../support/packaged.ts';
import { TEST_ENVIRONMENT } from '../support/settings.ts';
import { unzip } from '../support/zip.ts';

const FUNCTIONS = [
  ...HTTP_FUNCTIONS,
  ...STREAM_FUNCTIONS,
  ...QUEUE_FUNCTIONS,
  ...BUS_FUNCTIONS,
  ...CONDITIONAL_FUNCTIONS,
];
/** How functions are bundled, as far as it decides of what they are made. */
const { format, platform, mainFields, alias, supported } = (
  parse(readFileSync(join(ROOT, 'serverless.yml'), 'utf8')) as {
    custom: {
      esbuild: Required<Pick<BuildOptions, 'format' | 'platform' | 'mainFields' | 'alias' | 'supported'>>;
    };
  }
).custom.esbuild;
const BUNDLING: BuildOptions = {
  ...{ format, platform, mainFields, alias, supported },
  absWorkingDir: ROOT,
  bundle: true,
  logLevel: 'silent',
};

/** Of a bundle, compressed. The client of SES is 37,000 of it. */
const BYTES_MAX = 100_000;
const BYTES_WITH_SES_MAX = 125_000;

const TABLE_NAME = 'bundles-test';
const SECRETS_PATH = '/account-linking/test';

/** What each function on an event bus returns for its sample event. */
const TAKEN: Readonly<Record<string, unknown>> = {
  changeAccount: 'added',
  takeMailEvent: 'delivered',
  countSmsReceipt: 'delivered',
  pullSmsReceipts: 0,
};

interface Run {
  readonly name: string;
  readonly answer: HttpResult & { readonly batchItemFailures?: unknown };
  readonly asked: readonly string[];
}

// Packaging bundles every function.
jest.setTimeout(180_000);

let template: Template;
let folder: string;
/** Every file that a function imports, and those that they import. */
const sources = new Map<string, string[]>();
const files = new Map<string, string[]>();
/** How large each bundle is, compressed. */
const sizes = new Map<string, number>();
const runs = new Map<string, Run>();

/** Starts every bundle apart from this process's modules, and gives each its event. */
async function runBundles(): Promise<void> {
  const [{ endpoint }, packaged] = await Promise.all([kept('store'), kept('package')]);
  template = JSON.parse(templateText(packaged.folder));
  const client = localClient(endpoint);
  await createTable(client, TABLE_NAME);
  client.destroy();
  const functions = FUNCTIONS.map(({ name }) => {
    const archive = unzip(join(packaged.folder, `${name}.zip`));
    files.set(name, [...archive.keys()]);
    const [[path, code] = ['', Buffer.of()]] = archive;
    const bundle = join(folder, `${name}-${basename(path)}`);
    writeFileSync(bundle, code);
    sizes.set(name, gzipSync(code).byteLength);
    return { name, bundle, event: readEvent(name) };
  });
  const names: readonly string[] = SECRETS;
  const settings = Object.entries({
    ...TEST_ENVIRONMENT,
    // As it is packaged.
    WECHAT_MP_APP_ID: '',
    TABLE_NAME,
    SECRETS_PATH,
  });
  const script = join(ROOT, 'tests', 'support', 'run-bundles.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(functions)], {
    env: {
      ...Object.fromEntries(settings.filter(([name]) => !names.includes(name))),
      AWS_REGION: 'ap-southeast-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    },
  });
  for (const line of stdout.split('\n'))
    if (line.startsWith('BUNDLE ')) {
      const run = JSON.parse(line.slice('BUNDLE '.length)) as Run;
      runs.set(run.name, run);
    }
}

/** What esbuild told of the imports of every file. */
async function readSources(): Promise<void> {
  const { folder: packaged } = await kept('package');
  const inputs: Metafile['inputs'] = JSON.parse(readFileSync(join(packaged, 'bundles.json'), 'utf8'));
  for (const { name, module } of FUNCTIONS) {
    const reached = new Set([relative(ROOT, module)]);
    for (const path of reached)
      for (const { path: next, external } of inputs[path]?.imports ?? []) if (!external) reached.add(next);
    sources.set(name, [...reached]);
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'account-linking-bundles-'));
  await Promise.all([runBundles(), readSources()]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(FUNCTIONS)('$name', ({ name, module }) => {
  test('is deployed as one file', () => {
    expect(files.get(name)).toHaveLength(1);
    expect(files.get(name)?.[0]).toMatch(/^functions\/.*\.cjs$/);
  });

  test('is made of its own file, lib and packages: nothing of the local world, the tests or other functions', () => {
    const made = sources.get(name) ?? [];
    const others = made.filter((path) => !/^lib\/|(^|\/)node_modules\//.test(path));
    expect(others.map((path) => join(ROOT, path))).toEqual([module]);
    expect(made.some((path) => path.startsWith('lib/'))).toBe(true);
    const packages = made.filter((path) => path.includes('node_modules/'));
    expect(
      packages.filter((path) => /jest|esbuild|hono|serverless|dynamodb-simulator|playwright/.test(path)),
    ).toEqual([]);
  });

  test('has of the SDK what items are converted by and, if it mails, the client of SES; no source of credentials', () => {
    const made = sources.get(name) ?? [];
    const ofTheSdk = new Set(made.flatMap((path) => /node_modules\/(@aws-sdk\/[^/]+)/.exec(path)?.[1] ?? []));
    const isMailing = made.includes('lib/messages/mail.ts');
    const inside = isMailing ? ['client-ses', 'core', 'xml-builder'].map((one) => `@aws-sdk/${one}`) : [];
    ofTheSdk.delete('@aws-sdk/util-dynamodb');
    expect([...ofTheSdk].toSorted()).toEqual(inside);
    expect(sizes.get(name)).toBeLessThan(isMailing ? BYTES_WITH_SES_MAX : BYTES_MAX);
  });

  test('starts by itself, asks for just the secrets its role allows, and answers its sample event by the contract', () => {
    const run = runs.get(name);
    if (run === undefined) throw new Error('it did not run');
    const { answer, asked } = run;
    expect([...asked].toSorted()).toEqual(allowedParameters(name));
    if (CONDITIONAL_FUNCTIONS.some((one) => one.name === name)) {
      // A schedule is told nothing.
      expect(answer).toBeUndefined();
      return;
    }
    if (BUS_FUNCTIONS.some((one) => one.name === name)) {
      // Lambda drops it.
      expect(answer).toBe(TAKEN[name]);
      return;
    }
    if ([...STREAM_FUNCTIONS, ...QUEUE_FUNCTIONS].some((one) => one.name === name)) {
      expect(answer).toEqual({ batchItemFailures: [] });
      return;
    }
    expect(breachesOf({ name }, answer)).toEqual([]);
    expect(answer.statusCode).toBeLessThan(500);
  });
});

/** The parameters of a function's role, as they are named below the path that the test has. */
function allowedParameters(name: string): string[] {
  const { Resources: resources } = template;
  const id = `${name.charAt(0).toUpperCase()}${name.slice(1)}LambdaFunction`;
  const role = resources[id]?.Properties['Role'] as unknown as { 'Fn::GetAtt': string[] };
  const policies = resources[role['Fn::GetAtt'][0] ?? '']?.Properties['Policies'];
  const parameters = JSON.stringify(policies).match(/:parameter\/[^"]+/g) ?? [];
  return parameters.map((parameter) => `${SECRETS_PATH}/${basename(parameter)}`).toSorted();
}

test('there is one sample event a function', () => {
  const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const expected = FUNCTIONS.map(({ name }) => `${kebab(name)}.json`);
  expect(readdirSync(join(ROOT, 'events')).toSorted()).toEqual(expected.toSorted());
});

test('SES does without what is left out of a bundle', async () => {
  const asked: IncomingHttpHeaders[] = [];
  const server = createServer(({ headers }, response) => {
    asked.push(headers);
    response.end(
      '<SendEmailResponse><SendEmailResult><MessageId>m</MessageId></SendEmailResult></SendEmailResponse>',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const outfile = join(folder, 'mail.cjs');
  await build({ ...BUNDLING, entryPoints: ['lib/messages/mail.ts'], outfile });
  const script = `const { createSesClient, createSesMail } = require(${JSON.stringify(outfile)});
    const mail = { to: 'a@example.com', subject: 's', text: 't', html: '<p>' };
    const sent = createSesMail(createSesClient(), { from: 'b@example.com' }).send(mail);
    sent.then((delivery) => console.log(JSON.stringify(delivery)));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--eval', script], {
    env: {
      AWS_REGION: 'ap-southeast-1',
      AWS_ACCESS_KEY_ID: 'of-a-role',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_SESSION_TOKEN: 'of-a-session',
      AWS_ENDPOINT_URL_SES: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    },
  }).finally(() => server.close());
  expect(JSON.parse(stdout)).toEqual({ outcome: 'accepted', messageId: 'm' });
  expect(asked).toMatchObject([
    {
      authorization: expect.stringContaining('Credential=of-a-role/'),
      'x-amz-security-token': 'of-a-session',
    },
  ]);
});
