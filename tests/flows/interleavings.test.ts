import { beforeAll, describe, expect, test } from '@jest/globals';
import { undoToken } from '../../lib/linking/notice.ts';
import { parseNotice } from '../../lib/table/notices.ts';
import type { Browser } from '../support/browser.ts';
import { challengesIn, methodsIn, itemsOf as partition } from '../support/inspect.ts';
import { newPerson, type Person, saying, signedIn } from '../support/people.ts';
import { type Scene, SerialOrders } from '../support/serial-orders.ts';
import { TableCalls } from '../support/table-calls.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let calls: TableCalls;
beforeAll(async () => {
  world = await createWorld();
  calls = new TableCalls(world);
});

/** What an account's items say, without ids, hashes and times. */
async function itemsOf({ accountId }: Person) {
  const items = await partition(world, `ACCOUNT#${accountId}`);
  const of = (kind: string) => items.filter(({ sk }) => String(sk).startsWith(kind));
  return {
    methods: [...methodsIn(items).values()].map(({ provider, relation, subjects, suspended = false }) => {
      return [provider, relation, subjects, suspended];
    }),
    checks: challengesIn(items)
      .map(({ purpose, challenge: { check } }) => [purpose, check && Object.keys(check).toSorted()])
      .toSorted(),
    // Whether a check that was replaced meanwhile is also told as a refusal depends on when that was found.
    events: of('EVENT#')
      .filter(({ reason }) => reason !== 'identity_check_required')
      .map(({ type, provider, reason }) => `${type} ${provider} ${reason ?? ''}`)
      .toSorted(),
  };
}

async function ownersOf({ subjects }: Person) {
  const wanted = Object.entries(subjects).flatMap(([provider, all]) =>
    all.map((subject) => `IDENTITY#${provider}#${subject}`),
  );
  const claims = await Promise.all(wanted.map((pk) => partition(world, pk)));
  return claims.map((items) => items.map(({ accountId }) => accountId));
}

async function alive(browsers: Readonly<Record<string, Browser>>) {
  const looks = Object.entries(browsers).map(async ([name, browser]) => [
    name,
    (await browser.get('/account')).status,
  ]);
  return Object.fromEntries(await Promise.all(looks));
}

/** Ids of one case are not those of the next. */
function anonymous(person: Person, text: unknown, name = 'PERSON'): unknown {
  const { accountId, who } = person;
  return JSON.parse(JSON.stringify(text).replaceAll(who, name).replaceAll(accountId, name));
}

/** Signs out while other requests of the browser are under way: they carry its cookie still. Twice is as good as once. */
async function signOut(browser: Browser) {
  const { status } = await browser.copy().delete('/session');
  return { status: status === 401 ? 204 : status };
}

interface AccountPage {
  readonly person: Person;
  readonly first: Browser;
  readonly second: Browser;
  readonly byWeChat: Browser;
  readonly newcomer: Browser;
  readonly awayTo: string;
  readonly mailCode: string;
  readonly sentBefore: number;
}

const accountPage: Scene<AccountPage> = {
  async make() {
    const person = await newPerson(world, { links: ['wechat'] });
    const [first, second] = [await signedIn(world, person), await signedIn(world, person)];
    const byWeChat = await signedIn(world, person, 'wechat');
    // A read renews the second session, that has asked for nothing for so long.
    world.pass({ seconds: 310 });
    await first.checkIdentity('link_email', person.phone);
    await first.post('/links/email/send', { email: person.address });
    await first.checkIdentity('unlink_wechat', person.phone);
    world.pass({ seconds: 61 });
    const newcomer = world.browser();
    const awayTo = (await newcomer.get('/sign-in/wechat')).headers['location'] ?? '';
    const mailCode = world.outbox.codeFor(person.address);
    const sentBefore = world.outbox.sent.length;
    return { person, first, second, byWeChat, newcomer, awayTo, mailCode, sentBefore };
  },
  actions: {
    'the first session confirms the address': ({ first, person, mailCode }) =>
      first.post('/links/email', { email: person.address, code: mailCode }),
    'the first session unlinks WeChat': ({ first }) => first.delete('/links/wechat'),
    'a newcomer signs in by WeChat': ({ newcomer, awayTo, person }) =>
      newcomer.answer('wechat', awayTo, person.who),
    'the first session signs out': ({ first }) => signOut(first),
    'the second session reads the account': ({ second }) => second.get('/account'),
    'the second session signs out': ({ second }) => signOut(second),
    'the WeChat session begins a check of its own': ({ byWeChat }) =>
      byWeChat.post('/otp/send', { purpose: 'link_email' }),
  },
  async outcome({ person, first, second, byWeChat, newcomer, sentBefore }) {
    return anonymous(person, {
      items: await itemsOf(person),
      owners: await ownersOf(person),
      alive: await alive({ first, second, byWeChat, newcomer }),
      sent: world.outbox.sent.length - sentBefore,
    });
  },
};

interface ScanWindow {
  readonly person: Person;
  readonly browser: Browser;
  readonly flow: { readonly flowId: string; readonly authorizeUrl: string };
  readonly rival: { readonly person: Person; readonly browser: Browser; readonly url: string };
}

const scanWindow: Scene<ScanWindow> = {
  async make() {
    const [person, other] = [await newPerson(world), await newPerson(world)];
    const [browser, theirs] = [await signedIn(world, person), await signedIn(world, other)];
    await browser.checkIdentity('link_wechat', person.phone);
    await theirs.checkIdentity('link_wechat', other.phone);
    world.pass({ seconds: 61 });
    const url = (await theirs.post('/links/wechat')).json.authorizeUrl;
    const flow = (await browser.post('/links/wechat')).json;
    return { person, browser, flow, rival: { person: other, browser: theirs, url } };
  },
  actions: {
    'the scan comes back': ({ browser, flow, person }) =>
      browser.answer('wechat', flow.authorizeUrl, person.who),
    'the scan comes back with a code WeChat does not know': ({ browser, flow }) =>
      browser.answer('wechat', flow.authorizeUrl, 'nobody'),
    'a refusal comes back': ({ browser, flow }) => browser.answer('wechat', flow.authorizeUrl, null),
    'a second window is opened': ({ browser }) => browser.post('/links/wechat'),
    'the session signs out': ({ browser }) => signOut(browser),
    'another account links this WeChat': ({ rival, person }) =>
      rival.browser.answer('wechat', rival.url, person.who),
    'a new identity check begins': ({ browser }) => browser.post('/otp/send', { purpose: 'link_wechat' }),
  },
  async outcome({ person, browser, flow, rival }) {
    const { json } = await browser.get('/account');
    const { flowId, result } = json.lastFlow ?? {};
    const theirs = anonymous(rival.person, await itemsOf(rival.person), 'RIVAL');
    const owners = anonymous(rival.person, await ownersOf(person), 'RIVAL');
    return anonymous(person, {
      items: await itemsOf(person),
      theirs,
      owners,
      lastFlow: flowId && [flowId === flow.flowId ? 'the first' : 'the second', result],
    });
  },
};

/** Of a session that has just done so the notice may be found to be settled before the session is found to have ended. */
async function disown(browser: Browser, notice: string) {
  const reply = await browser.copy().post(`/account/notices/${notice}/disown`);
  return saying(reply) === 'undo_expired' ? { status: 401, json: { code: 'not_signed_in' } } : reply;
}

interface Recovery {
  readonly person: Person;
  readonly first: Browser;
  readonly byWeChat: Browser;
  readonly newcomer: Browser;
  readonly awayTo: string;
  /** What the phone has: the link that tells of the sign-in by WeChat, and a code to restore by it. */
  readonly link: { readonly token: string };
  readonly code: string;
  /** The notice of the first sign-in. */
  readonly firstNotice: string;
}

const recovery: Scene<Recovery> = {
  async make() {
    const person = await newPerson(world, { links: ['wechat'] });
    const first = await signedIn(world, person);
    const byWeChat = await signedIn(world, person, 'wechat');
    const notices = await partition(world, `ACCOUNT#${person.accountId}`);
    const noticeOf = (provider: string) =>
      notices
        .filter(({ sk }) => String(sk).startsWith('NOTICE#'))
        .find((item) => item['provider'] === provider);
    const token = undoToken(world.dependencies.keys, parseNotice(noticeOf('wechat') ?? {}), 'sms');
    const link = { token };
    await first.checkIdentity('only', person.phone);
    await world.browser().post('/undo/code', link);
    const code = world.outbox.codeFor(person.phone);
    const newcomer = world.browser();
    const awayTo = (await newcomer.get('/sign-in/wechat')).headers['location'] ?? '';
    const firstNotice = String(noticeOf('qq')?.['noticeId']);
    return { person, first, byWeChat, newcomer, awayTo, link, code, firstNotice };
  },
  actions: {
    'the first session keeps its method alone': ({ first }) => first.post('/account/only'),
    'the first session signs out everywhere': ({ first }) => first.delete('/sessions'),
    'the WeChat session disowns the first sign-in': ({ byWeChat, firstNotice }) =>
      disown(byWeChat, firstNotice),
    'a newcomer signs in by WeChat': ({ newcomer, awayTo, person }) =>
      newcomer.answer('wechat', awayTo, person.who),
    'the link says that it was not them': ({ link }) => world.browser().post('/undo', link),
    'the link restores, and keeps QQ alone': ({ link, code }) =>
      world.browser().post('/undo/restore', { ...link, code, only: 'qq' }),
    'the link restores, and keeps WeChat alone': ({ link, code }) =>
      world.browser().post('/undo/restore', { ...link, code, only: 'wechat' }),
  },
  async outcome({ person, first, byWeChat, newcomer }) {
    return anonymous(person, {
      items: await itemsOf(person),
      owners: await ownersOf(person),
      alive: await alive({ first, byWeChat, newcomer }),
    });
  },
};

function pairsOf<Cast>({ actions }: Scene<Cast>): [outer: string, inner: string][] {
  const names = Object.keys(actions);
  return names.flatMap((outer) => names.map((inner): [string, string] => [outer, inner]));
}

function serializable<Cast>(scene: Scene<Cast>): void {
  let orders: SerialOrders<Cast>;
  beforeAll(() => {
    orders = new SerialOrders(world, calls, scene);
  });
  test.each(pairsOf(scene))('%s; in the middle of it, %s', async (outer, inner) => {
    const { found, allowed } = await orders.explore(outer, inner);
    for (const outcome of found) {
      expect(allowed).toContainEqual(outcome);
      expect(outcome.answers.join()).not.toMatch(/unavailable|: 5\d\d/);
    }
  });
}

describe('on the account page, two requests at once come to what they come to one after the other', () => {
  serializable(accountPage);
});

describe('with WeChat’s window open, two requests at once come to what they come to one after the other', () => {
  serializable(scanWindow);
});

describe('with the account at stake, two requests at once come to what they come to one after the other', () => {
  serializable(recovery);
});
