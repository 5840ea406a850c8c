import { describe, expect, test } from '@jest/globals';
import { expectProblem } from '../support/contract.ts';
import type { SentMessage } from '../support/doubles.ts';
import { noticesDuring, sentDuring, undoCodeIn } from '../support/notices.ts';
import { type Member, newMember, recordOf, signedIn, tally, times, wrongCode } from '../support/people.ts';
import { createWorld, type World } from '../support/world.ts';

const HOUR = 3_600;

/** Where SMS go by templates, which take no links. */
async function createLinkless(settings?: Record<string, string>): Promise<World> {
  const made = await createWorld(settings);
  made.outbox.hasLinks = false;
  return made;
}
const world = await createLinkless();

let unowned = 0;
/** A phone that nobody has. */
function newPhone(): string {
  unowned += 1;
  return `+8610900${String(unowned).padStart(6, '0')}`;
}

const open = (phone: string, code: string, on = world) => on.browser().post('/undo/open', { phone, code });
const show = (token: string) => world.browser().post('/undo/show', { token });

/** Somebody who has been told of a sign-in, with the code of that. */
async function newTold(on = world): Promise<Member & { readonly code: string; readonly text: string }> {
  const member = await newMember(on, { links: ['wechat'] });
  const { code, text } = await toldOfSignIn(member, on);
  return { ...member, code, text };
}

async function toldOfSignIn(member: Member, on = world) {
  const told = await noticesDuring(on, () => signedIn(on, member, 'wechat'));
  const message = smsTo(member.phone, told);
  return { code: undoCodeIn(message), text: message.text };
}

function smsTo(phone: string, told: readonly SentMessage[]): SentMessage {
  const message = told.find(({ to }) => to === phone);
  if (message === undefined) throw new Error('nothing was sent to the phone');
  return message;
}

describe('a notice to a phone that gets no links', () => {
  test('says where the page is and a code, which opens there what the link would have opened', async () => {
    const { phone, code, text } = await newTold();
    expect(text).toContain('https://console.example.com/not-me');
    expect(text).not.toContain('/not-me#');
    expect(text).toContain(code);
    const opened = await open(phone, code);
    expect(opened.status).toBe(200);
    expect(Object.keys(opened.json)).toEqual(['token']);
    expect((await show(opened.json.token)).json).toMatchObject({ type: 'signed_in', provider: 'wechat' });
    // A link opens as often as somebody reloads the page; so does this, however the number is written.
    const written = `${phone.slice(0, 3)} ${phone.slice(3, 6)} ${phone.slice(6)}`;
    expect((await open(written, ` ${code.slice(0, 3)}-${code.slice(3)}`)).json).toEqual(opened.json);
  });

  test('has another code than the one before, and both are good', async () => {
    const first = await newTold();
    const second = await toldOfSignIn(first);
    expect(second.code).not.toBe(first.code);
    const tokens = await Promise.all([first, second].map(({ code }) => open(first.phone, code)));
    expect(new Set(tokens.map(({ json }) => json.token)).size).toBe(2);
  });

  test('has no code where a link would not be good either', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    await world.notifyOwners();
    const told = await noticesDuring(world, () =>
      world.accountChanged({ ...recordOf(member, { phone: newPhone() }), revision: 5 }),
    );
    const { sms } = smsTo(member.phone, told);
    expect(sms).toMatchObject({ type: 'phone_changed', undo: undefined });
  });

  test('says the same again where nobody knows whether it went out', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    await world.notifyOwners();
    await signedIn(world, member, 'wechat');
    world.outbox.fates.push('lost');
    const [first] = await sentDuring(world, () => world.notifyOwners());
    world.pass({ seconds: HOUR });
    const [again] = await sentDuring(world, () => world.retryNotices());
    expect([first?.to, again?.text]).toEqual([member.phone, first?.text]);
    expect((await open(member.phone, undoCodeIn(first ?? {}))).status).toBe(200);
  });

  test('is stored before it is sent', async () => {
    const member = await newMember(world, { links: ['wechat'] });
    await world.notifyOwners();
    await signedIn(world, member, 'wechat');
    const kept: number[] = [];
    world.outbox.beforeSending = async () => {
      kept.push([...(await world.items()).values()].filter(isKeptFor(member)).length);
    };
    await world.notifyOwners();
    world.outbox.beforeSending = () => undefined;
    expect(kept).toEqual([1]);
  });
});

const isKeptFor =
  ({ accountId }: Pick<Member, 'accountId'>) =>
  (item: Record<string, unknown>) =>
    String(item['pk']).startsWith('UNDO#') && JSON.stringify(item).includes(`"${accountId}"`);

describe('a code that a link is opened with', () => {
  test('ends after 72 hours, as the link does', async () => {
    const { phone, code } = await newTold();
    world.pass({ seconds: 72 * HOUR - 1 });
    expect((await open(phone, code)).status).toBe(200);
    world.pass({ seconds: 1 });
    expectProblem(await open(phone, code), 'code_wrong', { attemptsLeft: 9 });
  });

  test('ends as the link does where the phone is no longer the account’s', async () => {
    const told = await newTold();
    await world.accountChanged({ ...recordOf(told, { phone: newPhone() }), revision: 5 });
    const { status, json } = await open(told.phone, told.code);
    expect(status).toBe(200);
    expectProblem(await show(json.token), 'undo_expired');
  });

  test('is of its phone alone', async () => {
    const { code } = await newTold();
    expectProblem(await open((await newTold()).phone, code), 'code_wrong', { attemptsLeft: 9 });
  });

  test('is told in a notice that takes the place of a spent one, too', async () => {
    const few = await createLinkless({ CODE_FAILURES_PER_DAY: '1' });
    const { phone, code } = await newTold(few);
    const { token } = (await open(phone, code, few)).json;
    await few.browser().post('/undo/code', { token });
    const wrong = wrongCode(few.outbox.codeFor(phone));
    const told = await noticesDuring(few, () => few.browser().post('/undo/restore', { token, code: wrong }));
    const successor = await open(phone, undoCodeIn(smsTo(phone, told)), few);
    expect(successor.status).toBe(200);
    expect(successor.json.token).not.toBe(token);
  });
});

describe('guesses at the codes of a phone', () => {
  test('are ten wrong ones in 24 hours, and a right one costs none', async () => {
    const { phone, code } = await newTold();
    for (let left = 9; left >= 0; left -= 1) {
      expectProblem(await open(phone, wrongCode(code, left + 1)), 'code_wrong', { attemptsLeft: left });
      if (left > 0) expect((await open(phone, code)).status).toBe(200);
    }
    expectProblem(await open(phone, code), 'too_many_attempts', { retryAfter: 24 * HOUR });
    world.pass({ seconds: 24 * HOUR });
    expect((await open(phone, code)).status).toBe(200);
  });

  test('are answered the same at a phone that nobody has, which leaves nothing for longer than a day', async () => {
    const { phone, code } = await newTold();
    const nobodys = newPhone();
    for (let guess = 1; guess <= 11; guess += 1) {
      const [known, unknown] = [await open(phone, wrongCode(code, guess)), await open(nobodys, code)];
      expect([unknown.status, unknown.json]).toEqual([known.status, known.json]);
    }
    const left = [...(await world.items()).values()].filter((item) => JSON.stringify(item).includes(nobodys));
    expect(left).toEqual([]);
    for (const { sk, expiresAt } of (await world.items()).values())
      if (sk === 'GUESSES') expect(expiresAt).toBeLessThanOrEqual(world.nowSeconds + 24 * HOUR);
  });

  test('of strangers cost a browser that has signed in to the account nothing, and it has ten of its own', async () => {
    const { phone, code, browser } = await newTold();
    for (let guess = 1; guess <= 10; guess += 1) await open(phone, wrongCode(code, guess));
    expectProblem(await open(phone, code), 'too_many_attempts', { retryAfter: 24 * HOUR });
    const own = (typed: string) => browser.post('/undo/open', { phone, code: typed });
    expect((await own(code)).status).toBe(200);
    for (let left = 9; left >= 0; left -= 1)
      expectProblem(await own(wrongCode(code)), 'code_wrong', { attemptsLeft: left });
    expectProblem(await own(code), 'too_many_attempts', { retryAfter: 24 * HOUR });
  });

  test('of a browser that knows another account are a stranger’s', async () => {
    const { phone, code } = await newTold();
    const { browser } = await newMember(world);
    for (let guess = 1; guess <= 10; guess += 1) await open(phone, wrongCode(code, guess));
    expectProblem(await browser.post('/undo/open', { phone, code }), 'too_many_attempts', {
      retryAfter: 24 * HOUR,
    });
  });

  test('of all browsers that know the account are fifty together', async () => {
    const few = await createLinkless({ CODE_FAILURES_PER_DAY: '1' });
    const told = await newTold(few);
    const wrong = { phone: told.phone, code: wrongCode(told.code) };
    for (let browsers = 0; browsers < 5; browsers += 1)
      expect((await (await signedIn(few, told)).post('/undo/open', wrong)).json.code).toBe('code_wrong');
    expect((await told.browser.post('/undo/open', wrong)).json.code).toBe('too_many_attempts');
  });

  test('at the same time are no more: of 30 wrong ones 10 are judged, and the right one then fails', async () => {
    const { phone, code } = await newTold();
    const guesses = await times(30, (index) => open(phone, wrongCode(code, index + 1)));
    expect(tally(guesses)).toEqual({ code_wrong: 10, too_many_attempts: 20 });
    expect(tally([await open(phone, code)])).toEqual({ too_many_attempts: 1 });
  });

  test('are counted for the caller’s IP address, right or wrong', async () => {
    const few = await createLinkless({ UNDO_CODES_PER_IP_PER_HOUR: '2' });
    const { phone, code } = await newTold(few);
    expect((await open(phone, code, few)).status).toBe(200);
    expectProblem(await open(newPhone(), code, few), 'code_wrong', { attemptsLeft: 9 });
    expect((await open(phone, code, few)).json.code).toBe('quota_exceeded');
    const elsewhere = few.browser({ ip: '198.51.100.9' });
    expect((await elsewhere.post('/undo/open', { phone, code })).status).toBe(200);
  });
});

test('of a closed account no code is left, at whichever of its phones', async () => {
  const told = await newTold();
  const moved = { ...told, phone: newPhone() };
  await world.accountChanged({ ...recordOf(moved), revision: 5 });
  await toldOfSignIn(moved);
  const kept = async () => [...(await world.items()).values()].filter(isKeptFor(told)).length;
  expect(await kept()).toBe(2);
  await world.accountChanged({ accountId: told.accountId, revision: 9, status: 'closed' });
  expect(await kept()).toBe(0);
  expectProblem(await open(told.phone, told.code), 'code_wrong', { attemptsLeft: 9 });
});
