import { expect, test } from '@jest/globals';
import type { Reply } from '../support/browser.ts';
import { becomesSubAccount, type Member, newAddress, newMember, signedIn } from '../support/people.ts';
import { SignInScenes } from '../support/sign-in-scenes.ts';
import { TableCalls } from '../support/table-calls.ts';
import { createWorld } from '../support/world.ts';

const MINUTE = 60;

/** A world, and what a request in it is answered with, and how many calls it makes that are no reads. */
async function newWorld(settings: Record<string, string> = {}) {
  const world = await createWorld(settings);
  const calls = new TableCalls(world);
  const costOf = async (ask: () => Promise<Reply>) => {
    let writes = 0;
    const { status, json } = await calls.during(async ({ command }, proceed) => {
      if (!/^(Batch)?Get|^Query/.test(command)) writes += 1;
      return proceed();
    }, ask);
    return { answer: json?.code ?? String(status), writes };
  };
  return { world, costOf };
}
const free = (answer: string) => ({ answer, writes: 0 });

const sendSms = ({ browser }: Member, purpose = 'link_email') => browser.post('/otp/send', { purpose });

test('a code for an account whose day is spent, by SMS or mail', async () => {
  const { world, costOf } = await newWorld({ SENDS_PER_ACCOUNT_PER_DAY: '1' });
  const member = await newMember(world);
  await member.browser.checkIdentity('link_email', member.phone);
  world.pass({ seconds: MINUTE });
  expect(await costOf(() => sendSms(member))).toEqual(free('quota_exceeded'));
  const mail = () => member.browser.post('/links/email/send', { email: newAddress() });
  expect(await costOf(mail)).toEqual(free('quota_exceeded'));
});

test('a code before the interval is over, by SMS or mail', async () => {
  const { world, costOf } = await newWorld();
  const member = await newMember(world);
  await sendSms(member);
  expect(await costOf(() => sendSms(member))).toEqual(free('too_soon'));
  world.pass({ seconds: MINUTE });
  await member.browser.checkIdentity('link_email', member.phone);
  const email = newAddress();
  const mail = () => member.browser.post('/links/email/send', { email });
  await mail();
  expect(await costOf(mail)).toEqual(free('too_soon'));
});

test('a mail to one address too many', async () => {
  const { world, costOf } = await newWorld({ MAIL_ADDRESSES_PER_ACCOUNT_PER_DAY: '1' });
  const member = await newMember(world);
  await member.browser.checkIdentity('link_email', member.phone);
  const mail = () => member.browser.post('/links/email/send', { email: newAddress() });
  expect((await mail()).status).toBe(202);
  expect(await costOf(mail)).toEqual(free('quota_exceeded'));
});

test('a code of an account that leaves too many unverified while the ratio is known to be over', async () => {
  const { world, costOf } = await newWorld({
    UNVERIFIED_RATIO_LIMIT: '1',
    SENDS_PER_10_MINUTES: '100',
    SENDS_PER_DAY: '100',
    SENDS_PER_ACCOUNT_PER_DAY: '100',
  });
  const member = await newMember(world, { links: ['wechat'] });
  world.pass({ seconds: 73 * 3600 });
  const browser = await signedIn(world, member);
  const purposes = ['link_email', 'unlink_wechat', 'replace_wechat', 'preferences', 'export', 'only'];
  for (let sends = 0; sends < 20; sends += 1) {
    if (sends % purposes.length === 0) world.pass({ seconds: MINUTE });
    const purpose = purposes[sends % purposes.length];
    expect((await browser.post('/otp/send', { purpose })).status).toBe(202);
  }
  world.pass({ seconds: MINUTE });
  const ask = () => browser.post('/otp/send', { purpose: 'link_email' });
  expect((await ask()).status).toBe(429);
  expect(await costOf(ask)).toEqual(free('quota_exceeded'));
});

test('a code once guesses are spent', async () => {
  const { world, costOf } = await newWorld({ CODE_FAILURES_PER_DAY: '1' });
  const member = await newMember(world);
  await sendSms(member);
  await member.browser.post('/otp/verify', { purpose: 'link_email', code: '000000' });
  await member.browser.post('/otp/verify', { purpose: 'link_email', code: '000001' });
  world.pass({ seconds: MINUTE });
  expect(await costOf(() => sendSms(member))).toEqual(free('too_many_attempts'));
  const verify = () => member.browser.post('/otp/verify', { purpose: 'link_email', code: '000002' });
  expect(await costOf(verify)).toEqual(free('too_many_attempts'));
});

test('what an earlier link, or being a sub-account, keeps out', async () => {
  const { world, costOf } = await newWorld();
  const member = await newMember(world, { links: ['email'] });
  expect(await costOf(() => sendSms(member))).toEqual(free('already_linked'));
  await becomesSubAccount(world, member);
  expect(await costOf(() => sendSms(member))).toEqual(free('sub_account'));
});

test('a code of an IP address, or of a cap, that is known to be full', async () => {
  const { world, costOf } = await newWorld({ SENDS_PER_IP_PER_HOUR: '2', SMS_PER_HOUR: '1' });
  const [one, two] = [await newMember(world), await newMember(world)];
  await sendSms(one);
  expect((await sendSms(two)).status).toBe(503);
  expect(await costOf(() => sendSms(two))).toEqual(free('unavailable'));
  const signIn = () => world.browser().post('/sign-in/email/send', { email: newAddress() });
  await signIn();
  expect((await signIn()).status).toBe(429);
  expect(await costOf(signIn)).toEqual(free('quota_exceeded'));
});

test('a sign-in code before the interval is over, or beyond the quota, once it was refused', async () => {
  const { world, costOf } = await newWorld({ SENDS_PER_10_MINUTES: '2' });
  const email = newAddress();
  const ask = () => world.browser().post('/sign-in/email/send', { email });
  expect((await ask()).status).toBe(202);
  expect((await ask()).json.code).toBe('too_soon');
  expect(await costOf(ask)).toEqual(free('too_soon'));
  world.pass({ seconds: MINUTE });
  expect((await ask()).status).toBe(202);
  world.pass({ seconds: MINUTE });
  expect((await ask()).json).toMatchObject({ code: 'quota_exceeded', retryAfter: 480 });
  world.pass({ seconds: 1 });
  expect(await costOf(ask)).toEqual(free('quota_exceeded'));
  expect((await ask()).json).toMatchObject({ retryAfter: 479 });
  world.pass({ seconds: 479 });
  expect((await ask()).status).toBe(202);
});

test('a sign-in code of an address whose guesses are spent, once it was refused, whatever was refused before', async () => {
  const { world, costOf } = await newWorld({ CODE_FAILURES_PER_DAY: '5' });
  const email = newAddress();
  const scenes = new SignInScenes(world);
  const challenge = await scenes.challengeFor(email);
  const ask = () => world.browser().post('/sign-in/email/send', { email });
  expect((await ask()).json.code).toBe('too_soon');
  await scenes.guessWrong(email, challenge, 5);
  expect((await ask()).json.code).toBe('too_many_attempts');
  expect(await costOf(ask)).toEqual(free('too_many_attempts'));
});
