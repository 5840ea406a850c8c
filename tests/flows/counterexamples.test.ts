import { beforeAll, describe, expect, test } from '@jest/globals';
import { undoToken } from '../../lib/linking/notice.ts';
import type { Browser } from '../support/browser.ts';
import { itemsOf } from '../support/inspect.ts';
import { newPerson, type Person, signedIn } from '../support/people.ts';
import { type TableCall, TableCalls } from '../support/table-calls.ts';
import { createWorld, type World } from '../support/world.ts';

/** Orders of calls that once came to what no order of the requests themselves does. */

let world: World;
let calls: TableCalls;
beforeAll(async () => {
  world = await createWorld();
  calls = new TableCalls(world);
});

/** Lets `meanwhile` happen between what a request has read and what it writes. */
function beforeItWrites<Result>(request: () => Promise<Result>, meanwhile: () => Promise<unknown>) {
  let isOver = false;
  return calls.during(async ({ command }: TableCall, proceed) => {
    if (!isOver && command.startsWith('TransactWrite')) {
      isOver = true;
      await meanwhile();
    }
    return proceed();
  }, request);
}

interface Scene {
  readonly person: Person;
  readonly browser: Browser;
  /** Links a WeChat, and signs in by it at once. */
  readonly linkAndEnter: () => Promise<Browser>;
}

async function enter(): Promise<Scene> {
  const person = await newPerson(world);
  const [browser, other] = [await signedIn(world, person), await signedIn(world, person)];
  await other.checkIdentity('link_wechat', person.phone);
  const { authorizeUrl } = (await other.post('/links/wechat')).json;
  return {
    person,
    browser,
    async linkAndEnter() {
      expect((await other.answer('wechat', authorizeUrl, person.who)).result).toBe('linked');
      return signedIn(world, person, 'wechat');
    },
  };
}

async function newestNotice({ accountId }: Person): Promise<string> {
  const items = await itemsOf(world, `ACCOUNT#${accountId}`);
  const notice = items.findLast(({ sk }) => String(sk).startsWith('NOTICE#'));
  const ref = { accountId, noticeId: notice?.['noticeId'] } as Parameters<typeof undoToken>[1];
  return undoToken(world.dependencies.keys, ref, 'sms');
}

describe('a method that is linked while every session is being ended is no way around it', () => {
  test('signing out everywhere ends the session it opened, too', async () => {
    const { browser, linkAndEnter } = await enter();
    let entered: Browser | undefined;
    const reply = await beforeItWrites(
      () => browser.delete('/sessions'),
      async () => {
        entered = await linkAndEnter();
      },
    );
    expect(reply.status).toBe(204);
    expect((await entered?.get('/account'))?.status).toBe(401);
  });

  test('so does saying "this wasn’t me"', async () => {
    const { person, linkAndEnter } = await enter();
    const token = await newestNotice(person);
    let entered: Browser | undefined;
    const reply = await beforeItWrites(
      () => world.browser().post('/undo', { token }),
      async () => {
        entered = await linkAndEnter();
      },
    );
    expect(reply.status).toBe(200);
    expect((await entered?.get('/account'))?.status).toBe(401);
  });
});
