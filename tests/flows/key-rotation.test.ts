import { describe, expect, test } from '@jest/globals';
import { deriveKeys, type Keys } from '../../lib/linking/secrets.ts';
import { expectProblem } from '../support/contract.ts';
import type { SentMessage } from '../support/doubles.ts';
import { noticesDuring, tokenIn, undoCodeIn } from '../support/notices.ts';
import {
  guessWrong,
  newAddress,
  newMember,
  newPerson,
  saying,
  signedIn,
  wrongCode,
} from '../support/people.ts';
import { SignInScenes } from '../support/sign-in-scenes.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld();
const { ask, enter, challengeFor, guessWrong: guessAt, owned, spendGuesses } = new SignInScenes(world);
const PURPOSE = 'link_email';

const OLD = 'the-old-key-of-the-tests-of-at-least-32-characters';
const NEW = 'the-new-key-of-the-tests-of-at-least-32-characters';
/** What functions have before, between and after the steps of docs/operating.md. */
const [before, announced, swapped, done] = [
  deriveKeys(OLD),
  deriveKeys(OLD, NEW),
  deriveKeys(NEW, OLD),
  deriveKeys(NEW),
];

/** From now on the functions have these. */
const runWith = (keys: Keys) => Object.assign(world.dependencies, { keys });

/** The tokens of the links that an owner is sent when an address is linked, by channel. */
async function linksOfChange() {
  const { browser, phone } = await newMember(world, { links: ['wechat', 'email'] });
  await browser.checkIdentity('unlink_wechat', phone);
  const told = await noticesDuring(world, () => browser.delete('/links/wechat'));
  const tokenBy = (by: SentMessage['channel']) =>
    tokenIn(told.find(({ channel }) => channel === by) ?? { text: '' });
  return [tokenBy('sms'), tokenBy('email')];
}

const show = (token = '') => world.browser().post('/undo/show', { token });

/** A browser that has signed in to two accounts, and how many are told of signing in to each again. */
async function sharedBrowser() {
  const browser = world.browser();
  const people = [await newPerson(world), await newPerson(world)];
  const signInToAll = async () => {
    for (const { who } of people) expect((await browser.signInBy('qq', who)).result).toBe('signed_in');
  };
  await signInToAll();
  return { browser, noticed: async () => (await noticesDuring(world, signInToAll)).length };
}

/** Functions are not replaced all at once: what one has made, another one is shown. */
describe.each([
  ['announced', before, announced],
  ['swapped for the previous one', announced, swapped],
  ['swapped, by functions that have yet to be', swapped, announced],
  ['taken for good', swapped, done],
])('while a key is %s', (_step, first, second) => {
  test('a sign-in that was requested is mailed, and its code opens a session', async () => {
    runWith(first);
    const { address } = await newMember(world, { links: ['email'] });
    const { challengeId } = (await ask(address)).json;
    runWith(second);
    await world.deliverStream();
    expect((await enter(challengeId, world.outbox.codeFor(address))).status).toBe(200);
    expect(world.observer.counted).not.toContain('SignInCodeFailed');
  });

  test('a code that was mailed or sent by SMS is judged as before, and its guesses count on', async () => {
    runWith(first);
    const { email } = await owned();
    const member = await newMember(world);
    const challengeId = await challengeFor(email);
    const mailed = world.outbox.codeFor(email);
    await member.browser.post('/otp/send', { purpose: PURPOSE });
    const sent = world.outbox.codeFor(member.phone);
    await guessAt(email, challengeId, 1);
    await guessWrong(world, member, PURPOSE, 1);
    runWith(second);
    expectProblem(await enter(challengeId, wrongCode(mailed)), 'code_wrong', { attemptsLeft: 3 });
    expectProblem(await guessWrong(world, member, PURPOSE, 1), 'code_wrong', { attemptsLeft: 3 });
    expect((await enter(challengeId, mailed)).status).toBe(200);
    const verified = await member.browser.post('/otp/verify', { purpose: PURPOSE, code: sent });
    expect(verified.status).toBe(200);
  });

  test('the links that were sent open', async () => {
    runWith(first);
    const links = await linksOfChange();
    runWith(second);
    for (const link of links) expect((await show(link)).status).toBe(200);
  });

  test('the codes that were sent in place of links open, and their guesses count on', async () => {
    runWith(first);
    const { phone, ...member } = await newMember(world, { links: ['wechat'] });
    world.outbox.linkless.add(phone);
    const told = await noticesDuring(world, () => signedIn(world, member, 'wechat'));
    const code = undoCodeIn(told.find(({ to }) => to === phone) ?? {});
    const open = (typed: string) => world.browser().post('/undo/open', { phone, code: typed });
    expectProblem(await open(wrongCode(code)), 'code_wrong', { attemptsLeft: 9 });
    runWith(second);
    const { status, json } = await open(code);
    expect(status).toBe(200);
    expect((await show(json.token)).status).toBe(200);
    expectProblem(await open(wrongCode(code)), 'code_wrong', { attemptsLeft: 8 });
  });

  test('a browser is new to no account it is known to, now or later', async () => {
    runWith(first);
    const { browser, noticed } = await sharedBrowser();
    runWith(second);
    expect(await noticed()).toBe(0);
    runWith(first);
    expect(await noticed()).toBe(0);
    browser.cookies.delete('__Host-device');
    expect(await noticed()).toBeGreaterThan(0);
  });

  test('a browser that is known to an address has a budget of its own', async () => {
    runWith(first);
    const { email, known } = await owned();
    runWith(second);
    await spendGuesses(email);
    expect((await ask(email, known)).status).toBe(202);
  });
});

describe('once the previous key is gone', () => {
  test('what it made is expired, spends nothing, and costs no fault', async () => {
    runWith(before);
    const [link] = await linksOfChange();
    const member = await newMember(world);
    await member.browser.post('/otp/send', { purpose: PURPOSE });
    const code = world.outbox.codeFor(member.phone);
    const { challengeId } = (await ask(newAddress())).json;
    const { noticed } = await sharedBrowser();
    runWith(done);
    expectProblem(await show(link), 'undo_expired');
    expectProblem(await enter(challengeId, '123456'), 'code_expired');
    for (let guess = 0; guess < 12; guess += 1)
      expectProblem(await member.browser.post('/otp/verify', { purpose: PURPOSE, code }), 'code_expired');
    expect(await noticed()).toBe(2);
    expect(await noticed()).toBe(0);
    world.pass({ seconds: 60 });
    expect((await member.browser.checkIdentity(PURPOSE, member.phone)).status).toBe(200);
  });
});

describe('budgets', () => {
  test('of an account and purpose go on', async () => {
    runWith(announced);
    const member = await newMember(world);
    await member.browser.post('/otp/send', { purpose: PURPOSE });
    await guessWrong(world, member, PURPOSE, 5);
    world.pass({ seconds: 60 });
    runWith(swapped);
    await member.browser.post('/otp/send', { purpose: PURPOSE });
    expectProblem(await guessWrong(world, member, PURPOSE, 5), 'code_wrong', { attemptsLeft: 0 });
    world.pass({ seconds: 60 });
    const reply = await member.browser.post('/otp/send', { purpose: PURPOSE });
    expectProblem(reply, 'too_many_attempts', { retryAfter: expect.any(Number) });
  });

  test('of a phone or an address begin anew once, when the keys are swapped', async () => {
    const { browser } = await newMember(world);
    const address = newAddress();
    const minutes = [...Array(5).fill(before), announced, ...Array(5).fill(swapped), done];
    const answers: string[][] = [];
    for (const keys of minutes) {
      runWith(keys);
      const replies = [await browser.post('/otp/send', { purpose: PURPOSE }), await ask(address)];
      answers.push(replies.map(saying));
      world.pass({ seconds: 60 });
    }
    const [sent, spent] = [
      ['202', '202'],
      ['quota_exceeded', 'quota_exceeded'],
    ];
    expect(answers).toEqual([...Array(5).fill(sent), spent, ...Array(5).fill(sent), spent]);
  });
});
