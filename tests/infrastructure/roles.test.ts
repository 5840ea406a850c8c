import { createRequire } from 'node:module';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, expect, test } from '@jest/globals';
import { OAUTH_PROVIDERS } from '../../lib/linking/identity.ts';
import { pseudonym } from '../../lib/linking/secrets.ts';
import { providerSecrets } from '../../lib/providers/enabled.ts';
import { HMAC_KEYS, PHONE_INDEX_KEYS, parameterName } from '../../lib/secret-store.ts';
import { enter, FLOWS } from '../support/fault-flows.ts';
import type { Flow } from '../support/fault-steps.ts';
import {
  BUS_FUNCTIONS,
  CONDITIONAL_FUNCTIONS,
  findFunction,
  HTTP_FUNCTIONS,
  QUEUE_FUNCTIONS,
  readEvent,
  STREAM_FUNCTIONS,
} from '../support/functions.ts';
import { bounce } from '../support/mail-events.ts';
import { noticesDuring, sentDuring, tokenIn, undoCodeIn } from '../support/notices.ts';
import { asOperator } from '../support/operator.ts';
import { ownLoginWorld } from '../support/own-login.ts';
import { newMember, newPerson, recordOf, signedIn, wrongCode } from '../support/people.ts';
import { SignInScenes } from '../support/sign-in-scenes.ts';
import { TableStream } from '../support/stream.ts';
import { actionsOf, partitionKindsOf, TableCalls } from '../support/table-calls.ts';
import { createWorld, type World } from '../support/world.ts';

interface Role {
  readonly Properties: {
    readonly Policies: readonly {
      PolicyDocument: { Statement: readonly Statement[] };
    }[];
  };
}

interface Statement {
  readonly Action: readonly string[];
  readonly Resource: readonly unknown[];
  readonly Condition?: unknown;
}

type MakeRoles = (serverless: {
  resolveConfigurationProperty: (path: string[]) => Promise<string>;
}) => Promise<{ Resources: Record<string, Role> }>;

const makeRoles = createRequire(import.meta.url)('../../infrastructure/roles.cjs') as MakeRoles;

/** The roles of a deployment with these settings. */
async function rolesWith(settings: Readonly<Record<string, string>>): Promise<Record<string, Role>> {
  const given: Record<string, string> = {
    SECRETS_PATH: '/test',
    SIGN_IN_PROVIDERS: 'email,wechat,qq',
    HUMAN_CHECK: 'off',
    SMS_ROUTES: '*=aws',
    MAIL_FROM: 'no-reply@example.com',
    EVENT_BUS_NAME: 'default',
    STATE: 'test',
    ...settings,
  };
  const resolve = async (path: string[]) => given[path.at(-1) ?? ''] ?? '';
  return (await makeRoles({ resolveConfigurationProperty: resolve })).Resources;
}

const statementsOf = (role: Role | undefined): Statement[] =>
  role?.Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement) ?? [];

/** What each role that allows an action allows it on. */
const resourcesOf = (roles: Readonly<Record<string, Role>>, action: string) =>
  Object.values(roles)
    .flatMap(statementsOf)
    .flatMap(({ Action: actions, Resource: on }) => (actions.includes(action) ? [on] : []));

/** Of the region and account of the stack. */
const arn = (service: string, resource: string) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`,
});

/** The secrets that a role allows, by the names of their parameters. */
const secretsOf = (role: Role | undefined) => JSON.stringify(role).match(/(?<=parameter\/test\/)[\w-]+/g);

const FUNCTIONS = [
  ...HTTP_FUNCTIONS,
  ...STREAM_FUNCTIONS,
  ...QUEUE_FUNCTIONS,
  ...BUS_FUNCTIONS,
  ...CONDITIONAL_FUNCTIONS,
];

/** What a function does on the table. */
interface Use {
  readonly actions: Set<string>;
  readonly partitions: Set<string>;
}

const used = new Map<string, Use>(
  FUNCTIONS.map(({ name }) => [name, { actions: new Set(), partitions: new Set() }]),
);
/** The functions that have put something into the queue of deferred notices. */
const deferring = new Set<string>();
let allowed: Record<string, Role>;

/** Notes under the function of each request what it asks of DynamoDB. */
function recordActions(world: World): void {
  const calls = new TableCalls(world);
  let running: string | undefined;
  calls.around = (call, proceed) => {
    const use = running === undefined ? undefined : used.get(running);
    for (const action of actionsOf(call)) use?.actions.add(action);
    for (const kind of partitionKindsOf(call)) use?.partitions.add(kind);
    return proceed();
  };
  const defer = world.queue.defer.bind(world.queue);
  world.queue.defer = (pending, delaySeconds) => {
    if (running) deferring.add(running);
    return defer(pending, delaySeconds);
  };
  const during = async <T>(name: string, action: () => Promise<T>): Promise<T> => {
    running = name;
    try {
      return await action();
    } finally {
      running = undefined;
    }
  };
  const request = world.request.bind(world);
  world.request = (method, path, options) =>
    during(findFunction(method, path).found.name, () => request(method, path, options));
  const deliverStream = world.deliverStream.bind(world);
  world.deliverStream = (options) => during('mailSignInCode', () => deliverStream(options));
  const notifyOwners = world.notifyOwners.bind(world);
  world.notifyOwners = (options) => during('notifyOwner', () => notifyOwners(options));
  const retryNotices = world.retryNotices.bind(world);
  world.retryNotices = (options) => during('retryNotices', () => retryNotices(options));
  const busEvent = world.busEvent.bind(world);
  world.busEvent = (name, detail) => during(name, () => busEvent(name, detail));
}

/** Counts as if very many codes had gone to an address, all of them long ago: the list is cut before one more is added. */
async function fillQuota(
  { table, documents, dependencies, nowSeconds }: World,
  address: string,
): Promise<void> {
  const subject = pseudonym(dependencies.keys.current.pseudonyms, 'email', address);
  const sends = Array.from({ length: 1000 }, () => nowSeconds - 2 * 86_400);
  const Item = { pk: `QUOTA#sign_in#${subject}`, sk: 'SENDS', sends, expiresAt: nowSeconds + 100 };
  await documents.send(new PutCommand({ TableName: table.name, Item }));
}

/** What the account page offers against others: a notice that is theirs, one that is not, one method alone, and one cleared. */
async function lookAfterAccount(world: World): Promise<void> {
  const member = await newMember(world, { links: ['wechat'] });
  world.pass({ seconds: 1 });
  await signedIn(world, member, 'wechat');
  await member.browser.checkIdentity('export', member.phone);
  expect((await member.browser.get('/account/export')).status).toBe(200);
  expect((await member.browser.post('/assertions', { audience: 'nobody' })).status).toBe(400);
  const { notices } = (await member.browser.get('/account')).json;
  const path = `/account/notices/${notices[0].id}`;
  expect((await member.browser.delete(path)).status).toBe(204);
  expect((await member.browser.post(`${path}/disown`)).status).toBe(200);
  const browser = await signedIn(world, member);
  await signedIn(world, member);
  const [other] = (await browser.get('/sessions')).json.sessions.filter(
    ({ current }: { current: boolean }) => !current,
  );
  expect((await browser.delete(`/sessions/${other.id}`)).status).toBe(204);
  await browser.checkIdentity('only', member.phone);
  expect((await browser.post('/account/only')).status).toBe(200);
  await browser.checkIdentity('clear_wechat', member.phone);
  expect((await browser.post('/links/wechat/clear')).status).toBe(204);
}

/** The company's account system says what an account is, and that there is one no more, while somebody signs in to it. */
async function keepInStep(world: World): Promise<void> {
  const person = await newPerson(world, { links: ['email', 'wechat'] });
  const registered = { provider: 'email', subject: person.address };
  const changes = { revision: 1, phone: '+8613900139000', registered };
  expect(await world.accountChanged(recordOf(person, changes))).toBe('taken');
  await world.browser().post('/sign-in/email/send', { email: person.address });
  const { accountId } = person;
  expect(await world.accountChanged({ accountId, revision: 2, status: 'closed' })).toBe('taken');
}

/** Mail to an address that somebody has and another asked for comes back, and an SMS arrives. */
async function hearOfMessages(world: World): Promise<void> {
  const { address, accountId } = await newPerson(world, { links: ['email'] });
  const tags = { account: [accountId], opened_by: ['qq'] };
  world.pass({ seconds: 1 });
  const detail = bounce(address, { sentAt: world.nowSeconds, tags });
  expect(await world.busEvent('takeMailEvent', detail)).toBe('taken');
  const { detail: receipt } = readEvent('countSmsReceipt') as { detail: object };
  expect(await world.busEvent('countSmsReceipt', receipt)).toBe('taken');
}

/** Somebody whose SMS have no links opens one with its code, after a wrong one; with the account the code is gone. */
async function openByCode(world: World): Promise<void> {
  world.outbox.hasLinks = false;
  const member = await newMember(world, { links: ['wechat'] });
  const { accountId, phone } = member;
  const [told] = await noticesDuring(world, () => signedIn(world, member, 'wechat'));
  const code = undoCodeIn(told ?? {});
  expect((await world.browser().post('/undo/open', { phone, code: wrongCode(code) })).status).toBe(422);
  expect((await world.browser().post('/undo/open', { phone, code })).status).toBe(200);
  expect(await world.accountChanged({ accountId, revision: 1, status: 'closed' })).toBe('taken');
  world.outbox.hasLinks = true;
}

/** Counted only if it is limited: codes that are not verified. Counted only later: notices that find a cap spent. */
async function runIntoLimits(): Promise<void> {
  const world = await createWorld({ UNVERIFIED_RATIO_LIMIT: '10', NOTICES_PER_HOUR: '1' });
  recordActions(world);
  world.outbox.hasLinks = false;
  const { browser, phone } = await newMember(world, { links: ['email', 'wechat'] });
  expect((await browser.checkIdentity('unlink_wechat', phone)).status).toBe(200);
  expect((await browser.delete('/links/wechat')).status).toBe(204);
  await world.notifyOwners();
  world.pass({ seconds: 3_600 });
  expect(await sentDuring(world, () => world.retryNotices())).not.toEqual([]);
}

/** The company's login signs somebody in, and again in the same browser. */
async function signInByOwnLogin(): Promise<void> {
  const { world, signInOwn } = await ownLoginWorld();
  recordActions(world);
  const person = await newPerson(world);
  const { browser } = await signInOwn(person);
  expect((await signInOwn(person, browser)).reply.status).toBe(201);
}

/** What was taken off an account is another's by the time that it is to be put back, and stays theirs. */
async function restoreTooLate(world: World): Promise<void> {
  const owner = await newPerson(world, { links: ['email'] });
  const browser = await signedIn(world, owner);
  await browser.checkIdentity('unlink_email', owner.phone);
  const [told] = await noticesDuring(world, () => browser.delete('/links/email'));
  const link = { token: tokenIn(told ?? { text: '' }) };
  world.pass({ seconds: 86_400 });
  const { browser: other, phone } = await newMember(world);
  expect((await other.linkEmail(owner.address, phone)).status).toBe(201);
  expect((await browser.post('/undo/code', link)).status).toBe(202);
  const restoring = { ...link, code: world.outbox.codeFor(owner.phone) };
  expect((await browser.post('/undo/restore', restoring)).status).toBe(409);
}

/** The support desk looks at an account, takes and gives back what it can, and releases what belongs to two accounts, whole and in part. */
async function helpOut(world: World): Promise<void> {
  const because = { reason: 'asked by phone' };
  const ask = async (method: string, path: string, query: Record<string, string> = because) =>
    expect((await asOperator(world, method, path, query)).status).toBeLessThan(300);
  const member = await newMember(world, { links: ['email', 'wechat'] });
  const { accountId, phone, who } = member;
  const account = `/accounts/${accountId}`;
  const [openid = '', unionid = ''] = member.subjects.wechat;
  const linked = { provider: 'wechat', subject: openid };
  const other = await newPerson(world, { links: [linked] });
  expect((await world.browser().signInBy('wechat', who)).result).toBe('identity_unknown');
  await ask('GET', account);
  await ask('GET', `${account}/history`);
  await ask('GET', '/identities/wechat', { subject: unionid });
  await ask('GET', '/phones', { number: phone });
  await ask('DELETE', '/identities/wechat', { ...because, subject: openid });
  await signedIn(world, member, 'wechat');
  await ask('DELETE', '/identities/wechat', { ...because, subject: openid });
  await ask('DELETE', `${account}/links/email`);
  await ask('DELETE', `${account}/sessions`);
  world.pass({ seconds: 1 });
  const browser = await signedIn(world, member);
  await signedIn(world, member, 'wechat');
  const { notices } = (await browser.get('/account')).json;
  const signIn = notices.find(({ type }: { type: string }) => type === 'signed_in');
  expect((await browser.post(`/account/notices/${signIn.id}/disown`)).status).toBe(200);
  await ask('POST', `${account}/unfreeze`);
  await ask('POST', `${account}/unfreeze`, { ...because, provider: 'wechat' });
  await ask('POST', `/accounts/${other.accountId}/unfreeze`);
}

beforeAll(async () => {
  allowed = await rolesWith({});

  const world = await createWorld();
  const stream = new TableStream(world.client, world.table.name, world.endpoint);
  recordActions(world);
  for (const flow of Object.values(FLOWS) as Flow[]) {
    if (flow === FLOWS['sign in by mail']) continue;
    const scene = await enter(world, stream, flow);
    for (const step of flow.steps) await step(scene);
  }
  stream.close();

  const person = await newMember(world, { links: ['email'] });
  const { browser } = person;
  await fillQuota(world, person.address);
  expect((await browser.signInByEmail(person.address)).status).toBe(200);
  world.pass({ seconds: 61 });
  const sent = await browser.post('/sign-in/email/send', { email: person.address });
  await world.deliverStream();
  const code = wrongCode(world.outbox.codeFor(person.address));
  expect((await browser.post('/sign-in/email', { challengeId: sent.json.challengeId, code })).status).toBe(
    422,
  );

  // Whoever signs in again gets a new session, and the one before is ended.
  expect((await browser.signInBy('qq', person.who)).result).toBe('signed_in');

  const other = await newPerson(world);
  const theirs = await signedIn(world, other);
  world.outbox.fates.push('refused');
  expect((await theirs.post('/otp/send', { purpose: 'link_email' })).status).toBe(502);
  await theirs.checkIdentity('link_email', other.phone);
  world.outbox.fates.push('refused');
  expect((await theirs.post('/links/email/send', { email: other.address })).status).toBe(502);
  expect((await theirs.get('/account/history')).status).toBe(200);

  // "This wasn't me", and the address that was taken off is back in place of the one that was put on.
  const owner = await newPerson(world, { links: ['email'] });
  const robbed = await signedIn(world, owner);
  await robbed.checkIdentity('unlink_email', owner.phone);
  const told = await noticesDuring(world, () => robbed.delete('/links/email'));
  const token = tokenIn(told[0] ?? { text: '' });
  await robbed.linkEmail(other.address, owner.phone);
  const say = (path: string, more = {}) => robbed.post(`/undo${path}`, { token, ...more });
  expect((await say('/show')).status).toBe(200);
  expect((await say('')).status).toBe(200);
  world.outbox.fates.push('refused');
  expect((await say('/code')).status).toBe(502);
  expect((await say('/code')).status).toBe(202);
  expect((await say('/restore', { code: wrongCode(world.outbox.codeFor(owner.phone)) })).status).toBe(422);
  expect((await say('/restore', { code: world.outbox.codeFor(owner.phone) })).status).toBe(200);
  const linked = await newPerson(world);
  const taken = await signedIn(world, linked);
  const mistaken = await noticesDuring(world, () => taken.linkEmail(`x${linked.address}`, linked.phone));
  const link = { token: tokenIn(mistaken[0] ?? { text: '' }) };
  await taken.post('/undo', link);
  world.pass({ seconds: 61 });
  await taken.post('/undo/code', link);
  const restoring = { ...link, code: world.outbox.codeFor(linked.phone) };
  expect((await taken.post('/undo/restore', restoring)).status).toBe(200);

  const scenes = new SignInScenes(world);
  const locked = await newPerson(world, { links: ['email'] });
  for (let codes = 0; codes < 2; codes += 1) {
    await scenes.guessWrong(locked.address, await scenes.challengeFor(locked.address), 5);
    world.pass({ seconds: 61 });
  }
  // What can't go out is deferred, and deferred once more.
  world.outbox.beforeSending = () => void world.outbox.fates.unshift('never sent');
  await world.notifyOwners();
  world.pass({ seconds: 60 });
  await world.retryNotices();
  world.outbox.beforeSending = () => undefined;
  world.pass({ seconds: 120 });
  expect(await sentDuring(world, () => world.retryNotices())).not.toEqual([]);

  expect((await theirs.delete('/sessions')).status).toBe(204);

  await restoreTooLate(world);
  await lookAfterAccount(world);
  await helpOut(world);
  await keepInStep(world);
  await hearOfMessages(world);
  await openByCode(world);
  await runIntoLimits();
  await signInByOwnLogin();
});

/** What a role allows on the items of the table; on its stream it is Lambda that reads. */
const onTable = (role: string): Statement[] =>
  statementsOf(allowed[role]).filter(({ Resource: on }) =>
    on.some((resource) => JSON.stringify(resource) === '{"Fn::ImportValue":"account-linking-test-TableArn"}'),
  );

test.each(FUNCTIONS)('$name may do on the table what it does, and no more', ({ name, role }) => {
  const actions = onTable(role).flatMap(({ Action: names }) => names);
  expect(actions.toSorted()).toEqual([...(used.get(name)?.actions ?? [])].toSorted());
});

test.each(FUNCTIONS)(
  '$name may touch the kinds of partitions that it touches, and no others',
  ({ name, role }) => {
    const kinds = [...(used.get(name)?.partitions ?? [])].toSorted();
    const condition = {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': kinds.map((kind) => `${kind}*`) },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    };
    expect(onTable(role).map(({ Condition }) => Condition)).toEqual(kinds.length > 0 ? [condition] : []);
  },
);

test.each(['SendSignInCodeRole', 'BeginSignInRole'])(
  '%s has no access to accounts, nor to who owns what',
  (role) => {
    expect(JSON.stringify(onTable(role))).not.toMatch(/ACCOUNT|IDENTITY/);
  },
);

test('every policy has room within what IAM allows', () => {
  // 10,240 characters; the names of a deployment may be longer than those here.
  for (const { Properties: properties } of Object.values(allowed))
    for (const { PolicyDocument: policy } of properties.Policies)
      expect(JSON.stringify(policy).length).toBeLessThan(5_000);
});

test('what defers notices may put them into their queue, and nothing else may', () => {
  const may = FUNCTIONS.filter(({ role }) =>
    statementsOf(allowed[role]).some(
      ({ Action: actions, Resource: on }) =>
        actions.includes('sqs:SendMessage') && JSON.stringify(on).includes('DeferredNotices'),
    ),
  );
  expect(may.map(({ name }) => name).toSorted()).toEqual([...deferring].toSorted());
});

const KEYS = HMAC_KEYS.map(parameterName);

test('phones are listed and looked up by those alone who must, and the key of the ledger is nobody else’s', () => {
  const phoneKeys = PHONE_INDEX_KEYS.map(parameterName);
  const may = FUNCTIONS.filter(({ role }) =>
    phoneKeys.some((key) => secretsOf(allowed[role])?.includes(key)),
  );
  const touching = FUNCTIONS.filter(({ role }) => JSON.stringify(onTable(role)).includes('PHONE#'));
  for (const functions of [may, touching])
    expect(functions.map(({ name }) => name).toSorted()).toEqual(['changeAccount', 'operatorFindPhone']);
});

test.each([
  ['off', []],
  ['turnstile', ['human-check-secret']],
  ['tencent', ['human-check-secret', 'tencent-secret-key']],
])(
  'where the human check is %s, sign-in sends may read %j besides the keys, and nobody else more',
  async (kind, secrets) => {
    const { SendSignInCodeRole: sender, ...others } = await rolesWith({ HUMAN_CHECK: kind });
    const { SendSignInCodeRole: _sender, ...usual } = await rolesWith({ HUMAN_CHECK: 'off' });
    expect(secretsOf(sender)).toEqual([...KEYS, ...secrets]);
    expect(others).toEqual(usual);
  },
);

/** The roles of functions that send SMS. */
const SMS_SENDERS = ['NotifyOwnerRole', 'RetryNoticesRole', 'SendIdentityCheckRole', 'SendUndoCodeRole'];

test.each([
  ['*=aws', [], true],
  ['86=tencent,*=aws', ['tencent-sms-secret-key'], true],
  ['86=tencent', ['tencent-sms-secret-key'], false],
])(
  'with the routes %s, who sends SMS may read %j besides the keys, who pulls receipts just that, and nobody else more',
  async (routes, secrets, hasAws) => {
    const roles = await rolesWith({ SMS_ROUTES: routes });
    const usual = await rolesWith({});
    for (const [name, role] of Object.entries(roles))
      if (SMS_SENDERS.includes(name)) expect(secretsOf(role)).toEqual([...KEYS, ...secrets]);
      else if (name === 'PullSmsReceiptsRole') expect(secretsOf(role) ?? []).toEqual(secrets);
      else expect(role).toEqual(usual[name]);
    expect(resourcesOf(roles, 'sms-voice:SendTextMessage')).toHaveLength(hasAws ? SMS_SENDERS.length : 0);
  },
);

test('who sends SMS by AWS may use any identity where none is named, and else no more than identities', async () => {
  const resources = async (identity: string) =>
    resourcesOf(await rolesWith({ SMS_ORIGINATION_IDENTITY: identity }), 'sms-voice:SendTextMessage');
  expect((await resources('')).flat()).toEqual(SMS_SENDERS.map(() => '*'));
  expect(await resources('EXAMPLE')).toEqual(
    SMS_SENDERS.map(() =>
      ['phone-number/*', 'pool/*', 'sender-id/*', 'protect-configuration/*', 'configuration-set/*'].map(
        (id) => arn('sms-voice', id),
      ),
    ),
  );
});

test.each([
  ['email', ''],
  ['email,wechat', ''],
  [' qq , email', 'wxfedcba9876543210'],
  ['email,wechat,qq', 'wxfedcba9876543210'],
])(
  'where people sign in by %s, with the service account "%s", the callback may read the secrets of just those, and nobody else more',
  async (signInProviders, serviceAccount) => {
    const { OauthCallbackRole: callback, ...others } = await rolesWith({
      SIGN_IN_PROVIDERS: signInProviders,
      WECHAT_MP_APP_ID: serviceAccount,
    });
    const { OauthCallbackRole: _callback, ...usual } = allowed;
    const enabled = OAUTH_PROVIDERS.filter((provider) => signInProviders.includes(provider));
    const secrets = providerSecrets(enabled, { WECHAT_MP_APP_ID: serviceAccount }).map(parameterName);
    expect(secretsOf(callback)?.toSorted()).toEqual([...KEYS, ...secrets].toSorted());
    expect(others).toEqual(usual);
  },
);

test.each([
  ['no-reply@example.com', ['no-reply@example.com', 'example.com']],
  ['示例云 <no-reply+cn@mail.example.com.cn>', ['no-reply+cn@mail.example.com.cn', 'mail.example.com.cn']],
  ['"Example, Inc." <No-Reply@xn--fiq228c.example>', ['No-Reply@xn--fiq228c.example', 'xn--fiq228c.example']],
])(
  'mail from %s is sent as that address or as one of its domain, with any configuration set, and nothing else',
  async (from, identities) => {
    const on = resourcesOf(await rolesWith({ MAIL_FROM: from }), 'ses:SendEmail');
    expect(on.length).toBeGreaterThan(0);
    for (const resources of on)
      expect(resources).toEqual([
        ...identities.map((identity) => arn('ses', `identity/${identity}`)),
        arn('ses', 'configuration-set/*'),
      ]);
  },
);

test.each([
  '',
  'example.com',
  'no-reply@localhost',
  'no-reply@*.com',
  '*@example.com',
  `\${AWS::Region}@example.com`,
  'no-reply@example.com, other@example.com',
  'no-reply@Example.com',
  'Example <no-reply@example.com',
  'Example <no-reply@example.com> <other@example.com>',
])('a package can’t be made with MAIL_FROM %j', async (from) => {
  await expect(rolesWith({ MAIL_FROM: from })).rejects.toThrow(/^MAIL_FROM: must be an address/);
});

const OTHER_BUS = 'arn:aws-cn:events:cn-north-1:123456789012:event-bus/team/accounts';

test.each([
  ['default', arn('events', 'event-bus/default')],
  ['team/accounts_1.a-b', arn('events', 'event-bus/team/accounts_1.a-b')],
  [OTHER_BUS, OTHER_BUS],
])('what is published to %s goes there, and to no other bus', async (bus, resource) => {
  const on = resourcesOf(await rolesWith({ EVENT_BUS_NAME: bus }), 'events:PutEvents');
  expect(on).toEqual([[resource], [resource], [resource]]);
});

test('where nothing is published, nothing may be', async () => {
  expect(resourcesOf(await rolesWith({ EVENT_BUS_NAME: '' }), 'events:PutEvents')).toEqual([]);
});

test.each([
  '*',
  'a b',
  `\${AWS::Region}`,
  'arn:aws:events:eu-west-1:123456789012:event-bus/*',
  'arn:aws:sqs:a:1:b',
])('a package can’t be made with EVENT_BUS_NAME %j', async (bus) => {
  await expect(rolesWith({ EVENT_BUS_NAME: bus })).rejects.toThrow(/^EVENT_BUS_NAME: must be the name/);
});

test('there is one role a function', () => {
  expect(Object.keys(allowed).toSorted()).toEqual(FUNCTIONS.map(({ role }) => role).toSorted());
});
