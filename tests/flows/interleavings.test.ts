import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from '../support/browser.ts';

import { itemsOf as partition } from '../support/inspect.ts';
import { newPerson, type Person, signedIn } from '../support/people.ts';
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
    methods: of('METHOD#').map(({ provider, relation, subjects }) => [provider, relation, subjects]),
    checks: of('CHALLENGE#').map(({ sk, check }) => [sk, check && Object.keys(check as object).toSorted()]),
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

function pairsOf<Cast>({ actions }: Scene<Cast>): [outer: string, inner: string][] {
  const names = Object.keys(actions);
  return names.flatMap((outer) => names.map((inner): [string, string] => [outer, inner]));
}

function serializable<Cast>(scene: Scene<Cast>): void {
  let orders: SerialOrders<Cast>;
  beforeAll(() => {
    orders = new SerialOrders(calls, scene);
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
