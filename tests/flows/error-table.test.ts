import { describe, expect, jest, test } from '@jest/globals';
import { PROBLEM_CODES } from '../../lib/contract/problems.ts';
import type { ProblemCode } from '../../lib/linking/problem.ts';
import type { Reply } from '../support/browser.ts';
import { expectProblem } from '../support/contract.ts';
import { humanWorld } from '../support/human-check.ts';
import { noticesDuring, tokenIn } from '../support/notices.ts';
import { asOperator, withAuthorizer } from '../support/operator.ts';
import { ownLoginWorld } from '../support/own-login.ts';
import {
  becomesSubAccount,
  guessWrong,
  newAddress,
  newMember,
  newPerson,
  newWeChatPerson,
  recordOf,
  signedIn,
} from '../support/people.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
/** Where nobody gets a code to sign in without being human. */
const strict = await humanWorld({ HUMAN_CHECK_AFTER: '0' });

/** Whose company has a login of its own. */
const trusting = await ownLoginWorld();

type Headers = Record<string, string>;

const linkEmailOfSomebody = async (address: string, headers: Headers): Promise<Reply> => {
  const { browser, phone } = await newMember(world);
  await browser.checkIdentity('link_email', phone);
  world.pass({ seconds: 60 });
  await browser.post('/links/email/send', { email: address });
  const code = world.outbox.codeFor(address);
  return browser.post('/links/email', { email: address, code }, { headers });
};

/** Told by a redirect, or where there is no session yet: each is reached in the tests of its own routes. */
const ELSEWHERE = ['provider_failed'] as const;

/** How each row of the table is reached, and what it says besides. */
const ROWS: Record<
  Exclude<ProblemCode, (typeof ELSEWHERE)[number]>,
  { extensions?: object; reach: (headers: Headers) => Promise<Reply> }
> = {
  origin_not_allowed: {
    async reach(headers) {
      const { browser } = await newMember(world);
      const foreign = { ...headers, origin: 'https://console.example.com.evil.example' };
      return browser.post('/otp/send', { purpose: 'link_email' }, { headers: foreign });
    },
  },
  identity_unknown: {
    reach: (headers) =>
      asOperator(world, 'GET', '/identities/wechat', { subject: 'union-nobody' }, { headers }),
  },
  operator_only: {
    reach: (headers) =>
      asOperator(world, 'GET', '/accounts/100000001', {}, { headers, ...withAuthorizer(undefined) }),
  },
  not_signed_in: { reach: (headers) => world.browser().get('/account', { headers }) },
  assertion_invalid: {
    async reach(headers) {
      const assertion = await trusting.company.assert('100000001', { aud: 'another' });
      return trusting.world.browser().post('/sessions', { assertion }, { headers });
    },
  },
  invalid_request: {
    extensions: { errors: [{ path: 'purpose', message: expect.any(String) }] },
    async reach(headers) {
      const { browser } = await newMember(world);
      return browser.post('/otp/send', { purpose: 'rename_email' }, { headers });
    },
  },
  not_found: {
    async reach(headers) {
      const { browser } = await newMember(world);
      return browser.post('/links/weibo', undefined, { headers });
    },
  },
  sub_account: {
    async reach(headers) {
      const member = await newMember(world);
      await becomesSubAccount(world, member);
      return member.browser.post('/otp/send', { purpose: 'link_email' }, { headers });
    },
  },
  account_unknown: {
    async reach(headers) {
      const assertion = await trusting.company.assert('nobody');
      return trusting.world.browser().post('/sessions', { assertion }, { headers });
    },
  },
  not_linkable: {
    async reach(headers) {
      const browser = world.browser();
      await browser.signInBy('wechat', 'hua');
      return browser.post('/otp/send', { purpose: 'link_qq' }, { headers });
    },
  },
  registered_method: {
    async reach(headers) {
      const { browser } = await newMember(world);
      return browser.post('/otp/send', { purpose: 'unlink_qq' }, { headers });
    },
  },
  already_linked: {
    async reach(headers) {
      const { browser } = await newMember(world, { links: ['email'] });
      return browser.post('/otp/send', { purpose: 'link_email' }, { headers });
    },
  },
  not_linked: {
    async reach(headers) {
      const { browser } = await newMember(world);
      return browser.delete('/links/email', { headers });
    },
  },
  phone_missing: {
    async reach(headers) {
      const { browser } = await newMember(world, { phone: null });
      return browser.post('/otp/send', { purpose: 'link_email' }, { headers });
    },
  },
  identity_check_required: {
    async reach(headers) {
      const { browser } = await newMember(world);
      return browser.post('/links/wechat', undefined, { headers });
    },
  },
  code_expired: {
    async reach(headers) {
      const { browser } = await newMember(world);
      return browser.post('/otp/verify', { purpose: 'link_email', code: '123456' }, { headers });
    },
  },
  code_wrong: {
    extensions: { attemptsLeft: 3 },
    async reach(headers) {
      const member = await newMember(world);
      await member.browser.post('/otp/send', { purpose: 'link_email' });
      const { json } = await guessWrong(world, member, 'link_email', 1);
      expect(json.attemptsLeft).toBe(4);
      const code = world.outbox.codeFor(member.phone) === '000000' ? '000001' : '000000';
      return member.browser.post('/otp/verify', { purpose: 'link_email', code }, { headers });
    },
  },
  too_many_attempts: {
    extensions: { retryAfter: 60 },
    async reach(headers) {
      const member = await newMember(world);
      await member.browser.post('/otp/send', { purpose: 'link_email' });
      await guessWrong(world, member, 'link_email', 5);
      const code = world.outbox.codeFor(member.phone);
      return member.browser.post('/otp/verify', { purpose: 'link_email', code }, { headers });
    },
  },
  country_not_served: {
    async reach(headers) {
      const { browser } = await newMember(world, { phone: '+447700900123' });
      return browser.post('/otp/send', { purpose: 'link_email' }, { headers });
    },
  },
  recipient_opted_out: {
    async reach(headers) {
      const { browser } = await newMember(world);
      world.outbox.fates.push('opted out');
      return browser.post('/otp/send', { purpose: 'link_email' }, { headers });
    },
  },
  too_soon: {
    extensions: { retryAfter: 50 },
    async reach(headers) {
      const { browser } = await newMember(world);
      await browser.post('/otp/send', { purpose: 'link_email' });
      world.pass({ seconds: 10 });
      return browser.post('/otp/send', { purpose: 'link_email' }, { headers });
    },
  },
  quota_exceeded: {
    extensions: { retryAfter: 300 },
    async reach(headers) {
      const { browser } = await newMember(world);
      for (let sends = 0; sends < 5; sends += 1) {
        expect((await browser.post('/otp/send', { purpose: 'link_email' })).status).toBe(202);
        world.pass({ seconds: 60 });
      }
      return browser.post('/otp/send', { purpose: 'link_email' }, { headers });
    },
  },
  identity_registered: { reach: (headers) => linkEmailOfSomebody('registered@example.com', headers) },
  identity_linked: {
    async reach(headers) {
      const { address } = await newPerson(world, { links: ['email'] });
      return linkEmailOfSomebody(address, headers);
    },
  },
  identity_sub_account: { reach: (headers) => linkEmailOfSomebody('sub@example.com', headers) },
  delivery_failed: {
    async reach(headers) {
      const { browser } = await newMember(world);
      world.outbox.fates.push('refused');
      return browser.post('/otp/send', { purpose: 'link_email' }, { headers });
    },
  },
  account_frozen: {
    extensions: { retryAfter: 86_400 },
    async reach(headers) {
      const member = await newMember(world, { links: ['wechat'] });
      const told = await noticesDuring(world, () => signedIn(world, member, 'wechat'));
      await world.browser().post('/undo', { token: tokenIn(told[0] ?? { text: '' }) });
      const browser = await signedIn(world, member);
      return browser.post('/otp/send', { purpose: 'link_email' }, { headers });
    },
  },
  on_probation: {
    extensions: { retryAfter: 259_200 },
    async reach(headers) {
      const member = await newMember(world);
      await member.browser.linkEmail(member.address, member.phone);
      const browser = world.browser();
      await browser.signInByEmail(member.address);
      return browser.post('/otp/send', { purpose: 'link_wechat' }, { headers });
    },
  },
  method_suspended: {
    async reach(headers) {
      const member = await newMember(world, { links: ['email'] });
      world.pass({ seconds: 60 });
      await member.browser.checkIdentity('only', member.phone);
      await member.browser.post('/account/only');
      const browser = world.browser();
      const { json } = await browser.post('/sign-in/email/send', { email: member.address });
      await world.deliverStream();
      const code = world.outbox.codeFor(member.address);
      return browser.post('/sign-in/email', { challengeId: json.challengeId, code }, { headers });
    },
  },
  account_suspended: {
    async reach(headers) {
      const person = await newPerson(world, { links: ['email'] });
      await world.accountChanged(recordOf(person, { revision: 1, status: 'suspended' }));
      const browser = world.browser();
      const { json } = await browser.post('/sign-in/email/send', { email: person.address });
      await world.deliverStream();
      const code = world.outbox.codeFor(person.address);
      return browser.post('/sign-in/email', { challengeId: json.challengeId, code }, { headers });
    },
  },
  not_suspended: {
    async reach(headers) {
      const { browser } = await newMember(world, { links: ['email'] });
      return browser.post('/otp/send', { purpose: 'clear_email' }, { headers });
    },
  },
  undo_expired: {
    reach: (headers) => world.browser().post('/undo/show', { token: 'nonsense' }, { headers }),
  },
  human_check_required: {
    extensions: { humanCheck: { kind: 'turnstile', siteKey: 'site-key' } },
    reach: (headers) =>
      strict.world.browser().post('/sign-in/email/send', { email: newAddress() }, { headers }),
  },
  unavailable: {
    extensions: { retryAfter: 1 },
    async reach(headers) {
      const { browser } = await newMember(world);
      const down = jest.spyOn(world.table.documents, 'send');
      down.mockRejectedValue(new Error('connect ECONNREFUSED') as never);
      try {
        return await browser.get('/account', { headers });
      } finally {
        down.mockRestore();
      }
    },
  },
};

describe('every row of the error table is reached through the API', () => {
  test.each(Object.entries(ROWS))('%s', async (code, { reach, extensions = {} }) => {
    const chinese = await reach({ 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8' });
    expectProblem(chinese, code as ProblemCode, extensions);
    const english = await reach({ 'accept-language': 'en-US,en;q=0.9,zh;q=0.8' });
    expectProblem(english, code as ProblemCode, extensions);

    expect(chinese.json.title).toMatch(/\p{Script=Han}/u);
    expect(chinese.json.detail).toMatch(/\p{Script=Han}/u);
    expect(english.json.title).toMatch(/^[\x20-\x7e\u2019]+$/);
    expect(english.json.detail).toMatch(/^[\x20-\x7e\u2019]+$/);
    expect(english.json.type).toBe(chinese.json.type);
  });

  test('provider_failed, which only the callback can meet, is told to the page by its redirect', async () => {
    const { browser, phone } = await newMember(world);
    await browser.checkIdentity('link_wechat', phone);
    const reply = await browser.scan('nobody WeChat knows');
    expect(reply).toMatchObject({ status: 302, result: 'provider_failed' });
    expect(await browser.scan(newWeChatPerson(world))).toMatchObject({ result: 'linked' });
  });

  test('the rows are the whole table', () => {
    expect([...Object.keys(ROWS), ...ELSEWHERE].toSorted()).toEqual(PROBLEM_CODES.toSorted());
  });
});
