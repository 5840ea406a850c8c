import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createOperatorApp, type Invoke, LOCAL_OPERATOR } from '../../local/operator/app.ts';
import { runOperator } from '../../local/operator/cli.ts';
import { type Outside, SYSTEM } from '../../local/operator/client.ts';
import { type RunningServer, serve } from '../../local/server.ts';
import { invokeOn } from '../support/operator.ts';
import { newPerson } from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const app = await createOperatorApp(invokeOn(world));

let server: RunningServer;
beforeAll(async () => {
  server = await serve(app, 0, 'machine');
});
afterAll(() => server?.stop());

const HOST = 'localhost:3002';

/** An app whose functions only tell what they were asked. */
async function listening() {
  const asked: { name: string; event: Record<string, unknown> }[] = [];
  const invoke: Invoke = async (name, event) => {
    asked.push({ name, event: event as Record<string, unknown> });
    return { statusCode: 204 };
  };
  const own = await createOperatorApp(invoke);
  const send = (method: string, path: string, headers: Record<string, string> = {}) =>
    own.request(`http://${HOST}/operator${path}`, { method, headers: { host: HOST, ...headers } });
  return { asked, send };
}

describe('the support desk of the local world', () => {
  test('asks the function of the route, as an operator whom IAM has let in, and passes no cookie on', async () => {
    const { asked, send } = await listening();
    const reply = await send('DELETE', '/accounts/1/links/email?reason=a%20b', { cookie: 'x=y' });
    expect(reply.status).toBe(204);
    expect(asked).toEqual([
      {
        name: 'operatorUnlink',
        event: expect.objectContaining({
          rawPath: '/operator/accounts/1/links/email',
          rawQueryString: 'reason=a%20b',
          pathParameters: { id: '1', provider: 'email' },
          requestContext: expect.objectContaining({
            authorizer: { iam: expect.objectContaining({ userArn: LOCAL_OPERATOR }) },
          }),
        }),
      },
    ]);
    expect(JSON.stringify(asked)).not.toContain('x=y');
    expect((await send('PUT', '/accounts/1')).status).toBe(404);
  });

  test.each<[string, Record<string, string>]>([
    ['a name that somebody’s DNS has pointed here', { host: 'evil.example:3002' }],
    ['a name that only begins like ours', { host: 'localhost.evil.example' }],
    ['no name', { host: '' }],
    ['a page of another origin', { origin: 'https://evil.example' }],
    ['a page of another port', { origin: 'http://localhost:3000' }],
    ['a page without an origin', { origin: 'null' }],
    ['an image on another site’s page', { 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site' }],
  ])('refuses what comes by or from %s, and asks nothing', async (_who, headers) => {
    const { asked, send } = await listening();
    for (const [method, path] of [
      ['GET', '/accounts/1'],
      ['GET', '/phones?number=13800138001'],
      ['DELETE', '/accounts/1/sessions?reason=x'],
      ['POST', '/accounts/1/unfreeze?reason=x'],
    ] as const)
      expect((await send(method, path, headers)).status).toBe(403);
    expect(asked).toEqual([]);
  });

  test.each<Record<string, string>>([
    { host: '127.0.0.1:3002' },
    { host: '[::1]:3002' },
    { origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin' },
  ])('takes %j', async (headers) => {
    const { asked, send } = await listening();
    expect((await send('GET', '/accounts/1', headers)).status).toBe(204);
    expect(asked).toHaveLength(1);
  });

  test('shows its page to nobody in a frame, and lets it load nothing from elsewhere', async () => {
    const { send } = await listening();
    const page = await send('GET', '/');
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none';.*frame-ancestors 'none'$/,
    );
    const files = [...(await page.text()).matchAll(/"\/operator(\/page\/[^"]+)"/g)];
    expect(files.length).toBeGreaterThan(1);
    for (const [, path = ''] of files) expect((await send('GET', path)).status).toBe(200);
    expect((await send('GET', '/', { host: 'evil.example' })).status).toBe(403);
  });

  test('says so where a function can’t be asked', async () => {
    const broken = await createOperatorApp(() => Promise.reject(new Error('down')));
    const reply = await broken.request(`http://${HOST}/operator/accounts/1`, { headers: { host: HOST } });
    expect(reply.status).toBe(500);
  });
});

const CREDENTIALS = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'a-secret', sessionToken: 'a-session' };

/** Runs a command. @returns its exit status, what it wrote, and the requests it sent */
async function run(args: string[], environment: Record<string, string> = {}, outside: Partial<Outside> = {}) {
  const [out, errors, sent]: [string[], string[], Request[]] = [[], [], []];
  const given: Outside = {
    credentials: async () => CREDENTIALS,
    fetch: (request) => {
      sent.push(request);
      return SYSTEM.fetch(request);
    },
    ...outside,
  };
  const to = { out: (line: string) => void out.push(line), error: (line: string) => void errors.push(line) };
  const status = await runOperator(args, environment, to, given);
  return { status, out: out.join('\n'), errors: errors.join('\n'), sent };
}

const here = (args: string[]) => run(args, { INBOX_PORT: String(server.port) });
const answering = (status: number, body: object) => {
  const sent: Request[] = [];
  const fetch = async (request: Request) => {
    sent.push(request);
    return Response.json(body, { status });
  };
  return { fetch, sent };
};

describe('npm run operator, on the local world', () => {
  test('shows an account, its history, and whose a phone and an identity are, and signs nothing', async () => {
    const person = await newPerson(world, { links: ['email'] });
    const { accountId, phone, address } = person;
    const account = await here(['account', accountId]);
    expect(account.status).toBe(0);
    expect(account.out).toMatch(new RegExp(`^${accountId}  ${person.who}\n`));
    expect(account.out).toMatch(/^ {2}email +linked +p\*\*\*/m);
    expect(account.out).not.toContain(address);
    for (const { headers } of account.sent) {
      expect(headers.get('authorization')).toBeNull();
      expect(headers.get('x-amz-date')).toBeNull();
    }
    expect((await here(['phone', phone])).out).toBe(accountId);
    expect((await here(['identity', 'email', address])).out).toMatch(new RegExp(`^${accountId}  linked`));
    const ended = await here(['end-sessions', accountId, '--reason', 'asked by phone']);
    expect(ended.out).toBe('Signed out everywhere. The owner is told.');
    expect((await here(['history', accountId])).out).toContain(`${LOCAL_OPERATOR}: asked by phone`);
    const json = JSON.parse((await here(['account', accountId, '--json'])).out);
    expect(json).toMatchObject({ accountId, status: 'active' });
    expect((await here(['unlink', accountId, 'email', '--reason', 'x'])).status).toBe(0);
    expect((await here(['unfreeze', accountId, '--reason', 'x'])).status).toBe(0);
  });

  test.each<[string[], RegExp]>([
    [['account', 'nobody'], /no such account|no account/i],
    [['unlink', '100000001', 'qq', '--reason', 'x'], /registered/i],
    [['phone', 'x'], /^number: must be a phone number/],
    [['release', 'wechat', 'union-nobody', '--reason', 'x'], /no account/i],
    [['unfreeze', '100000001', '--reason', 'x'.repeat(300)], /^reason: must be 1 to 200 characters/],
  ])('says why %j is refused', async (args, why) => {
    const { status, out, errors } = await here(args);
    expect([status, out]).toEqual([1, '']);
    expect(errors).toMatch(why);
  });

  test('says so where it does not run', async () => {
    const { status, errors } = await run(['account', '1'], { INBOX_PORT: '9' });
    expect([status, errors]).toEqual([1, expect.stringContaining('npm start')]);
  });

  test('is what is meant by the API of this machine', async () => {
    const { sent, fetch } = answering(200, { accounts: [] });
    await run(['phone', '1'], { API_ORIGIN: 'http://localhost:3001' }, { fetch });
    await run(['phone', '1', '--api', 'http://127.0.0.1:4000'], {}, { fetch });
    expect(sent.map(({ url }) => new URL(url).origin)).toEqual([
      'http://localhost:3002',
      'http://127.0.0.1:4000',
    ]);
  });
});

describe('npm run operator, on a deployment', () => {
  const API = 'https://abc123.execute-api.eu-west-1.amazonaws.com';

  test.each<[string[], Record<string, string>, string]>([
    [['--api', API], { AWS_REGION: 'us-east-1' }, 'eu-west-1'],
    [['--api', 'https://api.example.com'], { AWS_REGION: 'ap-southeast-1' }, 'ap-southeast-1'],
    [['--region', 'cn-north-1'], { API_ORIGIN: 'https://api.example.com' }, 'cn-north-1'],
  ])('signs for the region: %j', async (options, environment, region) => {
    const { fetch, sent } = answering(200, { accounts: ['1', '2'], next: '2' });
    const args = ['phone', '+8613800138001', '--reason', 'who is it', ...options];
    const { status, out } = await run(args, environment, { fetch });
    expect([status, out]).toEqual([0, '1\n2\nMore: --cursor 2']);
    const [request] = sent;
    expect(request?.headers.get('authorization')).toMatch(
      new RegExp(
        `^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/\\d{8}/${region}/execute-api/aws4_request, SignedHeaders=[a-z;-]*host[a-z;-]*, Signature=[0-9a-f]{64}$`,
      ),
    );
    expect(request?.headers.get('x-amz-date')).toMatch(/^\d{8}T\d{6}Z$/);
    expect(request?.headers.get('x-amz-security-token')).toBe('a-session');
    expect(request?.url).toMatch(/\/operator\/phones\?number=%2B8613800138001&reason=who%20is%20it$/);
  });

  test('says what to do about credentials, regions, refusals and URLs', async () => {
    const at = ['--api', API];
    const none = { credentials: () => Promise.reject(new Error('Could not load credentials')) };
    expect((await run(['account', '1', ...at], {}, none)).errors).toMatch(/^No AWS credentials.*AWS_PROFILE/);
    const elsewhere = ['account', '1', '--api', 'https://api.example.com'];
    expect((await run(elsewhere)).errors).toMatch(/^In which region.*AWS_REGION/);
    for (const body of [{ message: 'Forbidden' }, { code: 'operator_only' }]) {
      const { errors, status } = await run(['account', '1', ...at], {}, answering(403, body));
      expect([status, errors]).toEqual([1, expect.stringMatching(/execute-api:Invoke/)]);
    }
    const plain = ['account', '1', '--api', 'http://api.example.com'];
    expect((await run(plain)).errors).toMatch(/is not https/);
    expect((await run(['account', '1', '--api', 'api'])).errors).toMatch(/^--api must be a URL/);
  });
});

test.each([
  [[]],
  [['delete', '1']],
  [['account']],
  [['account', '1', '2']],
  [['unlink', '1', '--reason', 'x']],
  [['end-sessions', '1']],
  [['end-sessions', '1', '--reason', ' ']],
  [['account', '1', '--provider', 'qq']],
  [['account', '1', '--force']],
])('%j is answered with how to use it, and sends nothing', async (args) => {
  const { status, errors, sent } = await run(args);
  expect([status, sent]).toEqual([2, []]);
  expect(errors).toContain('Usage: npm run operator');
});

test('--help says how to use it', async () => {
  const { status, out } = await run(['--help']);
  expect([status, out]).toEqual([0, expect.stringContaining('end-sessions ID --reason WHY')]);
});
