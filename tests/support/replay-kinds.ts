import { type Browser, type Reply, stateIn } from './browser.ts';
import { noticesDuring, tokenIn } from './notices.ts';
import { newAddress, newMember, newWeChatPerson, signedIn } from './people.ts';
import type { World } from './world.ts';

type Answer = Reply & { result?: string | null };
/** What is sent once more, in somebody's browser: whose it is, it must come to nothing. */
type Replay = (browser: Browser) => Promise<Answer>;

/** Something that was good once, and has been used. */
export interface Used {
  /** What the one use of it came to. */
  readonly first: Answer;
  /** Of the one who used it, of the same person elsewhere, of somebody else, and of nobody. */
  readonly browsers: readonly Browser[];
  readonly replays: readonly Replay[];
}

/** The one who used it, with the cookies from before and from after, the same person elsewhere, somebody else, and nobody. */
async function everybody(world: World, member: Awaited<ReturnType<typeof newMember>>, before: Browser) {
  const other = await newMember(world);
  return [member.browser, before, await signedIn(world, member), other.browser, world.browser()];
}

async function usedSmsCode(world: World): Promise<Used> {
  const member = await newMember(world);
  const { browser, phone } = member;
  const before = browser.copy();
  const first = await browser.checkIdentity('link_email', phone);
  const code = world.outbox.codeFor(phone);
  const purposes = ['link_email', 'unlink_email', 'link_wechat', 'unlink_wechat'];
  return {
    first,
    browsers: await everybody(world, member, before),
    replays: purposes.map((purpose) => (by) => by.post('/otp/verify', { purpose, code })),
  };
}

async function usedMailCode(world: World): Promise<Used> {
  const member = await newMember(world);
  const email = newAddress();
  const first = await member.browser.linkEmail(email, member.phone);
  const code = world.outbox.codeFor(email);
  // Unlinked again, and with a new check that has passed: it is the code alone that stands in the way.
  await member.browser.checkIdentity('unlink_email', member.phone);
  await member.browser.delete('/links/email');
  world.pass({ seconds: 61 });
  await member.browser.checkIdentity('link_email', member.phone);
  return {
    first,
    browsers: await everybody(world, member, member.browser.copy()),
    replays: [
      (by) => by.post('/links/email', { email, code }),
      (by) => by.post('/links/email', { email: ` ${email.toUpperCase()}`, code }),
    ],
  };
}

async function usedSignInCode(world: World): Promise<Used> {
  const member = await newMember(world, { links: ['email'] });
  const { address: email } = member;
  const browser = world.browser();
  const { challengeId } = (await browser.post('/sign-in/email/send', { email })).json;
  await world.deliverStream();
  const code = world.outbox.codeFor(email);
  const before = browser.copy();
  const first = await browser.post('/sign-in/email', { challengeId, code });
  return {
    first,
    browsers: [browser, ...(await everybody(world, member, before))],
    replays: [(by) => by.post('/sign-in/email', { challengeId, code })],
  };
}

let scans = 0;
function query(state: string, who: string): string {
  scans += 1;
  return String(new URLSearchParams({ state, code: `${who}~replay${scans}` }));
}

/** A callback once more, with the code it came with and with new ones. */
const callbacks = (provider: string, state: string, people: readonly string[]): Replay[] => [
  ...people.map((who) => (by: Browser) => by.callback(provider, query(state, who))),
  (by) => by.callback(provider, `state=${state}`),
];

async function usedLinkState(world: World): Promise<Used> {
  const member = await newMember(world);
  const { browser, phone } = member;
  const who = newWeChatPerson(world);
  await browser.checkIdentity('link_wechat', phone);
  const state = stateIn((await browser.post('/links/wechat')).json.authorizeUrl);
  const before = browser.copy();
  const first = await browser.callback('wechat', query(state, who));
  return {
    first,
    browsers: await everybody(world, member, before),
    replays: callbacks('wechat', state, [who, newWeChatPerson(world), 'hua']),
  };
}

async function usedSignInState(world: World): Promise<Used> {
  const member = await newMember(world);
  const browser = world.browser();
  const away = await browser.get('/sign-in/qq');
  const state = stateIn(away.headers['location']);
  const before = browser.copy();
  const first = await browser.callback('qq', query(state, member.who));
  return {
    first,
    browsers: [browser, ...(await everybody(world, member, before))],
    replays: [...callbacks('qq', state, [member.who]), ...callbacks('wechat', state, ['hua'])],
  };
}

/** An identity check that has opened its action once. */
async function usedProof(world: World): Promise<Used> {
  const member = await newMember(world);
  const { browser, phone } = member;
  const email = newAddress();
  await browser.linkEmail(email, phone);
  await browser.checkIdentity('unlink_email', phone);
  await browser.delete('/links/email');
  await browser.linkWeChat(newWeChatPerson(world), phone);
  await browser.checkIdentity('unlink_wechat', phone);
  const first = await browser.delete('/links/wechat');
  return {
    first,
    browsers: await everybody(world, member, browser.copy()),
    replays: [
      (by) => by.post('/links/email/send', { email: newAddress() }),
      (by) => by.post('/links/wechat'),
      (by) => by.delete('/links/email'),
      (by) => by.delete('/links/wechat'),
    ],
  };
}

/** A proof to unlink is used, and what it unlinked is linked once more. */
async function usedUnlinkProof(world: World): Promise<Used> {
  const member = await newMember(world, { links: ['email'] });
  const { browser, phone } = member;
  await browser.checkIdentity('unlink_email', phone);
  const first = await browser.delete('/links/email');
  await browser.linkEmail(newAddress(), phone);
  return {
    first,
    browsers: await everybody(world, member, browser.copy()),
    replays: [(by) => by.delete('/links/email')],
  };
}

/** Cookies of sessions that have ended in each of the ways they can. */
async function usedCookie(world: World): Promise<Used> {
  const member = await newMember(world, { links: ['email'] });
  const { address: email } = member;
  const signedOut = member.browser.copy();
  await member.browser.delete('/session');

  const browser = await signedIn(world, member);
  const replaced = browser.copy();
  await browser.signInBy('qq', member.who);

  const byEmail = world.browser();
  await byEmail.signInByEmail(email);
  await browser.checkIdentity('unlink_email', member.phone);
  await browser.delete('/links/email');

  const swept = browser.copy();
  const first = await swept.get('/account');
  await browser.delete('/sessions');
  return {
    first,
    browsers: [signedOut, replaced, byEmail, swept],
    replays: [
      (by) => by.get('/account'),
      (by) => by.get('/account/history'),
      (by) => by.post('/otp/send', { purpose: 'link_wechat' }),
      (by) => by.post('/links/wechat'),
      (by) => by.delete('/links/email'),
      (by) => by.delete('/session'),
      (by) => by.delete('/sessions'),
    ],
  };
}

/** The link of a message that somebody has followed: it was not them. What it may restore is restored, too. */
async function usedUndoLink(world: World): Promise<Used> {
  const member = await newMember(world, { links: ['email'] });
  const { browser, phone, address: email } = member;
  await browser.checkIdentity('unlink_email', phone);
  const messages = await noticesDuring(world, () => browser.delete('/links/email'));
  const token = tokenIn(messages.find(({ to }) => to === email) ?? { text: '' });
  const before = browser.copy();
  world.pass({ seconds: 61 });
  await browser.post('/undo', { token });
  await browser.post('/undo/code', { token });
  const code = world.outbox.codeFor(phone);
  const first = await browser.post('/undo/restore', { token, code });
  return {
    first,
    browsers: await everybody(world, member, before),
    replays: [
      (by) => by.post('/undo', { token }),
      (by) => by.post('/undo/code', { token }),
      (by) => by.post('/undo/restore', { token, code }),
    ],
  };
}

/** Everything that is good once, by name. */
export const REPLAY_KINDS: Readonly<Record<string, (world: World) => Promise<Used>>> = {
  'an SMS code': usedSmsCode,
  'a mailed code': usedMailCode,
  'a sign-in code': usedSignInCode,
  'the state of a link': usedLinkState,
  'the state of a sign-in': usedSignInState,
  'an identity check': usedProof,
  'an identity check to unlink': usedUnlinkProof,
  'the cookie of a session': usedCookie,
  'the link of “this wasn’t me”': usedUndoLink,
};
