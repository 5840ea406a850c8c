import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inspect, itemsOf } from '../support/inspect.ts';
import { newMember, newPerson, type Person, recordOf, tally, times } from '../support/people.ts';
import { type Around, TableCalls } from '../support/table-calls.ts';
import { createWorld } from '../support/world.ts';

const world = await createWorld({ SENDS_PER_10_MINUTES: '1000', SENDS_PER_DAY: '1000' });
const calls = new TableCalls(world);
const ROUNDS = 5;

const closing = ({ accountId }: Person) => ({ accountId, revision: 9, status: 'closed' });
const email = (subject: string) => ({ provider: 'email', subject });

const keysOf = async ({ accountId }: Person) =>
  (await itemsOf(world, `ACCOUNT#${accountId}`)).map(({ sk }) => String(sk));

/** Waits for a random while, so that what runs at once meets at another point each time. */
const stagger: Around = async (_call, proceed) => {
  for (let turns = Math.floor(Math.random() * 4); turns > 0; turns -= 1) await new Promise(setImmediate);
  return proceed();
};

/** Lets `rival` run to its end before one of the calls that `action` makes, each of them in turn, and once after all of them. */
async function atEachCall<Case>(
  prepare: () => Promise<Case>,
  action: (of: Case) => Promise<unknown>,
  rival: (of: Case) => Promise<unknown>,
  check: (of: Case) => Promise<void>,
): Promise<void> {
  for (let at = 1, isReached = true; isReached; at += 1) {
    const of = await prepare();
    let seen = 0;
    isReached = false;
    const around: Around = async (_call, proceed) => {
      seen += 1;
      if (seen === at) {
        isReached = true;
        calls.around = undefined;
        await rival(of);
        calls.around = around;
      }
      return proceed();
    };
    await calls.during(around, () => action(of));
    if (!isReached) await rival(of);
    await check(of);
  }
}

/** An account that is closed has its tombstone and nothing else, and none of its identities. */
async function expectClosed(person: Person): Promise<void> {
  expect(await keysOf(person)).toEqual(['PROFILE']);
  expect([...(await inspect(world, person)).claims.values()]).toEqual([]);
}

/** At the last step of linking an address. */
async function beforeLink() {
  const member = await newMember(world);
  const { browser, phone, address } = member;
  await browser.checkIdentity('link_email', phone);
  await browser.post('/links/email/send', { email: address });
  const code = world.outbox.codeFor(address);
  return { member, link: () => browser.post('/links/email', { email: address, code }) };
}

describe('a closing', () => {
  test('in the middle of a link leaves no link, and a link in the middle of a closing none either', async () => {
    type Case = Awaited<ReturnType<typeof beforeLink>>;
    const close = ({ member }: Case) => world.accountChanged(closing(member));
    const link = ({ link: run }: Case) => run();
    const check = ({ member }: Case) => expectClosed(member);
    await atEachCall(beforeLink, link, close, check);
    await atEachCall(beforeLink, close, link, check);
  });

  test('in the middle of a sign-in leaves no session, and a sign-in in the middle of a closing none either', async () => {
    const prepare = () => newPerson(world, { links: ['email'] });
    const close = (person: Person) => world.accountChanged(closing(person));
    const signIn = (person: Person) => world.browser().signInBy('qq', person.who);
    await atEachCall(prepare, signIn, close, (person) => expectClosed(person));
    await atEachCall(prepare, close, signIn, (person) => expectClosed(person));
  });

  test('at the same time as sign-ins, links and itself leaves nothing', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { member, link } = await beforeLink();
      await calls.during(stagger, () =>
        Promise.all([
          link(),
          ...Array.from({ length: 3 }, () => world.browser().signInBy('qq', member.who)),
          ...Array.from({ length: 2 }, () => world.accountChanged(closing(member))),
        ]),
      );
      await world.accountChanged(closing(member));
      await expectClosed(member);
    }
  });
});

test('a suspension in the middle of a sign-in leaves nobody signed in, and the other way round', async () => {
  const suspend = (person: Person) =>
    world.accountChanged(recordOf(person, { revision: 9, status: 'suspended' }));
  const prepare = async () => ({ person: await newPerson(world), browser: world.browser() });
  type Case = Awaited<ReturnType<typeof prepare>>;
  const signIn = ({ browser, person }: Case) => browser.signInBy('qq', person.who);
  const check = async ({ browser }: Case) => expect((await browser.get('/account')).status).toBe(401);
  await atEachCall(prepare, signIn, ({ person }) => suspend(person), check);
  await atEachCall(prepare, ({ person }) => suspend(person), signIn, check);
});

test('a new phone in the middle of a link, or of a check, lets nothing through that the old one was sent', async () => {
  const phone = '+8613900139000';
  const change = ({ member }: { member: Person }) =>
    world.accountChanged(recordOf(member, { revision: 9, phone }));
  const linked: number[] = [];
  await atEachCall(
    beforeLink,
    async ({ link }) => linked.push((await link()).status),
    change,
    async ({ member }) => {
      const { methods, checks } = await inspect(world, member);
      // Before the change, or not at all.
      expect([methods.has('email'), linked.at(-1)]).toEqual(
        linked.at(-1) === 201 ? [true, 201] : [false, 403],
      );
      expect(checks.get('link_email')?.verifiedUntil === undefined).toBe(linked.at(-1) === 201);
    },
  );
  // Before its first call there is the change, and after its last the link.
  expect([linked[0], linked.at(-1)]).toEqual([403, 201]);
  expect(linked.slice(0, -1)).toEqual(linked.slice(0, -1).map(() => 403));
});

test('an identity that an event registers and another account links at once is one account’s, whole', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { member, link } = await beforeLink();
    const other = await newPerson(world);
    const event = recordOf(other, { revision: 1, registered: email(member.address) });
    const [linking, outcome] = await calls.during(stagger, () =>
      Promise.all([link(), world.accountChanged(event)]),
    );
    expect([linking.status, outcome]).toEqual(linking.status === 201 ? [201, 'parked'] : [409, 'taken']);
    const owner = linking.status === 201 ? member : other;
    const claim = (await inspect(world, member)).claims.get(`email ${member.address}`);
    expect(claim?.accountId).toBe(owner.accountId);
    const { methods } = await inspect(world, other);
    expect([...methods.keys()]).toEqual([owner === other ? 'email' : 'qq']);
  }
});

test('two imports of the same accounts at once add each once, and end at the newest revision', async () => {
  const people = await times(4, () => newPerson(world));
  const line = ({ accountId }: Person, revision: number) => ({
    accountId: `${accountId}-twice`,
    name: `revision ${revision}`,
    registered: email(`${accountId}@twice.example.com`),
    revision,
  });
  const outcomes = await calls.during(stagger, () =>
    Promise.all(
      people.flatMap((person) =>
        [2, 1, 3, 3, 2, 1].map((revision) => world.accountChanged(line(person, revision))),
      ),
    ),
  );
  expect(tally(outcomes.map((result) => ({ status: 0, result })))).toEqual({ taken: 24 });
  const items = await world.items();
  for (const { accountId } of people)
    expect(items.get(`ACCOUNT#${accountId}-twice/PROFILE`)).toMatchObject({
      name: 'revision 3',
      revision: 3,
    });
});

const SUBJECTS = ['email#one@', 'email#two@', 'qq#three@'];

/** A claim has one, and so has each method within its account. */
const withoutMethodId = (name: string, value: unknown) =>
  name === 'methodId' || (Array.isArray(value) && value[0] === 'methodId') ? undefined : value;

/** What an account is, less what is new each time that it is made, and what says how it came about. */
async function stateOf(accountId: string): Promise<unknown> {
  const claims = SUBJECTS.map((subject) => ({
    pk: `IDENTITY#${subject}${accountId}.example.com`,
    sk: 'CLAIM',
  }));
  const found = [...(await itemsOf(world, `ACCOUNT#${accountId}`)), ...(await world.itemsAt(claims))];
  const lasting = found
    .filter(({ sk }) => !/^(EVENT|NOTICE)#/.test(String(sk)))
    .map(({ browsersForgottenAt: _new, phoneRevision: _phone, imported: _print, ...rest }) => rest)
    .map((item) =>
      JSON.stringify(Object.entries(item).toSorted(), withoutMethodId).replaceAll(accountId, 'it'),
    );
  return lasting.toSorted().map((item) => JSON.parse(item));
}

test('any order and repetition of the revisions of an account comes to the same', async () => {
  let cases = 0;
  const change = fc.record({
    name: fc.constantFrom('a', 'b'),
    phone: fc.constantFrom(null, '+8613900139001', '+8613900139002'),
    language: fc.constantFrom(null, 'en'),
    registered: fc.constantFrom('one', 'two', 'three'),
    registeredAt: fc.constantFrom(null, '2020-01-01'),
    parentId: fc.constantFrom(null, null, '100000001'),
    status: fc.constantFrom('active', 'active', 'suspended', 'closed'),
  });
  const story = fc.array(change, { minLength: 2, maxLength: 4 }).chain((changes) => {
    const all = changes.map((_, index) => index);
    const shuffled = fc.shuffledSubarray([...all, ...all], { minLength: changes.length * 2 });
    return fc.record({ changes: fc.constant(changes), order: shuffled, isAtOnce: fc.boolean() });
  });
  await fc.assert(
    fc.asyncProperty(story, async ({ changes, order, isAtOnce }) => {
      cases += 1;
      const eventsOf = (accountId: string) =>
        changes.map(({ registered, ...said }, index) => ({
          accountId,
          revision: index + 1,
          ...said,
          registered: {
            provider: registered === 'three' ? 'qq' : 'email',
            subject: `${registered}@${accountId}.example.com`,
          },
        }));
      const [inOrder, mixed] = [`order-${cases}-a`, `order-${cases}-b`];
      for (const event of eventsOf(inOrder)) expect(await world.accountChanged(event)).toBe('taken');
      const events = eventsOf(mixed);
      const apply = (index: number) => world.accountChanged(events[index] ?? {});
      if (isAtOnce) await calls.during(stagger, () => Promise.all(order.map(apply)));
      else for (const index of order) expect(await apply(index)).toBe('taken');
      expect(await stateOf(mixed)).toEqual(await stateOf(inOrder));
    }),
    { numRuns: 25 },
  );
});
