import { expect } from '@jest/globals';
import { type Device, openDevice } from '../../lib/linking/device.ts';
import type { Browser, Reply } from './browser.ts';
import { expectProblem } from './contract.ts';
import { type Member, newMember, tally, wrongCode } from './people.ts';
import type { World } from './world.ts';

export const DAY = 86_400;
export const DEVICE_COOKIE = '__Host-device';

/** An address that opens an account, and a browser that is known to it and signed out. */
interface Owned {
  readonly email: string;
  readonly member: Member;
  readonly known: Browser;
}

/** What owners and strangers do at sign-in addresses. A browser that is not named is a new one: a stranger's. */
export class SignInScenes {
  readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  ask = (email: string, browser = this.world.browser()) => browser.post('/sign-in/email/send', { email });
  enter = (challengeId: string, code: string, browser = this.world.browser()) =>
    browser.post('/sign-in/email', { challengeId, code });

  challengeFor = async (email: string, browser?: Browser): Promise<string> => {
    const reply = await this.ask(email, browser);
    expect(reply.status).toBe(202);
    await this.world.deliverStream();
    return reply.json.challengeId;
  };

  /** A code that is wrong for whatever is waiting at the address. */
  wrongFor = (email: string): string => {
    const sent = this.world.outbox.sent.find(({ to }) => to === email);
    return sent ? wrongCode(sent.code) : '123456';
  };

  guessWrong = async (email: string, challengeId: string, count: number, browser?: Browser) => {
    const replies: Reply[] = [];
    for (let guess = 0; guess < count; guess += 1)
      replies.push(await this.enter(challengeId, this.wrongFor(email), browser));
    return replies;
  };

  /** A day has passed since the browser was there, so that every budget is whole. */
  owned = async (): Promise<Owned> => {
    const member = await newMember(this.world, { links: ['email'] });
    const { address: email } = member;
    const known = this.world.browser();
    expect((await known.signInByEmail(email)).status).toBe(200);
    await known.delete('/session');
    this.world.pass({ seconds: DAY });
    return { email, member, known };
  };

  /** Strangers, each in a browser of their own, spend all the guesses an address has: it takes them two minutes. */
  spendGuesses = async (email: string): Promise<void> => {
    for (let codes = 0; codes < 2; codes += 1) {
      const challengeId = await this.challengeFor(email);
      expect(tally(await this.guessWrong(email, challengeId, 5))).toEqual({ code_wrong: 5 });
      this.world.pass({ seconds: 60 });
    }
    expectProblem(await this.ask(email), 'too_many_attempts', { retryAfter: expect.any(Number) });
  };

  /** A browser that comes with a cookie like this. */
  withCookie = (value: string): Browser => {
    const browser = this.world.browser();
    browser.cookies.set(DEVICE_COOKIE, value);
    return browser;
  };

  cookieOf = (browser: Browser): string => browser.cookies.get(DEVICE_COOKIE) ?? '';

  deviceOf = (browser: Browser): Device => {
    const { dependencies, nowSeconds } = this.world;
    const device = openDevice(this.cookieOf(browser), dependencies.keys, nowSeconds);
    if (device === undefined) throw new Error('the browser has no cookie of a device');
    return device;
  };
}
