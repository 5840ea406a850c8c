import { stateIn } from './browser.ts';
import type { Actor } from './fuzz-requests.ts';
import { noticesDuring, tokenIn } from './notices.ts';
import { becomesSubAccount, newAddress, newMember, newWeChatPerson } from './people.ts';
import type { World } from './world.ts';

let scans = 0;
const scanOf = (who: string) => {
  scans += 1;
  return `${who}~fuzz${scans}`;
};

/** Waits for an SMS code, and for a mail code after a check that has passed. */
async function linker(world: World): Promise<Actor> {
  const { browser, phone } = await newMember(world);
  const email = newAddress();
  await browser.checkIdentity('link_email', phone);
  await browser.post('/links/email/send', { email });
  await browser.post('/otp/send', { purpose: 'link_wechat' });
  const codes = [email, phone].map((to) => world.outbox.codeFor(to));
  return {
    cookies: browser.cookieLines,
    live: { email: [email], code: codes, purpose: Array(6).fill('link_wechat') },
  };
}

/** Is away at WeChat, to link. */
async function scanner(world: World): Promise<Actor> {
  const { browser, phone } = await newMember(world);
  await browser.checkIdentity('link_wechat', phone);
  const { authorizeUrl } = (await browser.post('/links/wechat')).json;
  const live = { state: [stateIn(authorizeUrl)], scan: [scanOf(newWeChatPerson(world)), scanOf('hua')] };
  return { cookies: browser.cookieLines, live };
}

/** Has linked an address and a WeChat, and may unlink both. */
async function unlinker(world: World): Promise<Actor> {
  const { browser, phone, address } = await newMember(world, { links: ['email', 'wechat'] });
  await browser.checkIdentity('unlink_wechat', phone);
  world.pass({ seconds: 61 });
  await browser.checkIdentity('unlink_email', phone);
  return { cookies: browser.cookieLines, live: { email: [address] } };
}

/** Has been asked for a code to sign in, and is away at QQ as well. */
async function newcomer(world: World): Promise<Actor> {
  const { address: email, who } = await newMember(world, { links: ['email'] });
  const browser = world.browser();
  const away = await browser.get('/sign-in/qq');
  const { challengeId } = (await browser.post('/sign-in/email/send', { email })).json;
  await world.deliverStream();
  const live = {
    challengeId: [challengeId],
    code: [world.outbox.codeFor(email)],
    email: [email, newAddress()],
  };
  return {
    cookies: browser.cookieLines,
    live: { ...live, state: [stateIn(away.headers['location'])], scan: [scanOf(who)] },
  };
}

/** Has read a page of a history, and tries others. */
async function historian(world: World): Promise<Actor> {
  const { browser } = await newMember(world);
  const places = ['1999-12-31', '2026-11-24', '9999-12-31'].map(
    (day) => `${day}T10:00:00.000Z#${'A'.repeat(22)}`,
  );
  const cursor = places.map((place) => Buffer.from(place).toString('base64url'));
  return { cookies: browser.cookieLines, live: { cursor } };
}

/** Has been told that their address was taken off, and has not said anything to it yet. */
async function told(world: World): Promise<Actor> {
  const { browser, phone, address: email } = await newMember(world, { links: ['email'] });
  await browser.checkIdentity('unlink_email', phone);
  const messages = await noticesDuring(world, () => browser.delete('/links/email'));
  const token = messages.filter(({ to }) => to === email).map(tokenIn);
  return { cookies: browser.cookieLines, live: { token, email: [email] } };
}

/** Has said that it was not them, and waits for a code to put it back. */
async function undoer(world: World): Promise<Actor> {
  const { cookies, live } = await told(world);
  const [token = ''] = live['token'] ?? [];
  world.pass({ seconds: 61 });
  await world.browser().post('/undo', { token });
  await world.browser().post('/undo/code', { token });
  return { cookies, live: { ...live, code: [world.outbox.sent[0]?.code ?? ''] } };
}

/** May keep one method alone and clear another, and is shown what somebody else did. */
async function owner(world: World): Promise<Actor> {
  const member = await newMember(world, { links: ['email', 'wechat'] });
  const { browser, phone } = member;
  await browser.checkIdentity('only', phone);
  await browser.post('/account/only');
  world.pass({ seconds: 61 });
  await browser.checkIdentity('clear_wechat', phone);
  await browser.checkIdentity('only', phone);
  await world.browser().signInBy('wechat', member.who);
  const { notices } = (await browser.get('/account')).json;
  return { cookies: browser.cookieLines, live: { notice: notices.map(({ id }: { id: string }) => id) } };
}

async function subAccount(world: World): Promise<Actor> {
  const member = await newMember(world);
  await becomesSubAccount(world, member);
  return { cookies: member.browser.cookieLines, live: {} };
}

async function withoutPhone(world: World): Promise<Actor> {
  const { browser } = await newMember(world, { phone: null });
  return { cookies: browser.cookieLines, live: {} };
}

/** People in every state a request can find them in, each with what would be right for them to send. */
export async function newActors(world: World): Promise<Actor[]> {
  const actors = [];
  const states = [
    linker,
    scanner,
    unlinker,
    newcomer,
    historian,
    told,
    undoer,
    owner,
    subAccount,
    withoutPhone,
  ];
  for (const make of states) actors.push(await make(world));
  return actors;
}
