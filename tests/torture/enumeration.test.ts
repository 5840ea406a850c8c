import { expect, test } from '@jest/globals';
import { storeUndoCode } from '../../lib/flows/store-undo-code.ts';
import type { AccountId } from '../../lib/linking/account.ts';
import { type Notice, newNoticeId } from '../../lib/linking/notice.ts';
import type { PhoneNumber } from '../../lib/linking/phone.ts';
import { commit } from '../../lib/table/client.ts';
import { noticeCreated } from '../../lib/table/notices.ts';
import type { Browser, Reply } from '../support/browser.ts';
import { newMember, wrongCode } from '../support/people.ts';
import { TableCalls } from '../support/table-calls.ts';
import { createWorld } from '../support/world.ts';
import { figure } from './report.ts';
import { isFull, patience, scaled } from './scale.ts';

/** Whose an address may be. A sub-account's can't be told from one that nobody has, either. */
const KINDS = ['known', 'other', 'child'] as const;
type Kind = (typeof KINDS)[number];

/** So many of each are needed to judge by time. */
const JUDGED = 1_000;
const DIFFERENCE_MAX_MILLISECONDS = 5;

const COUNT = scaled({ short: 10, full: JUDGED });
/** How many are gone through all that can be answered; a difference that is there is there for each. */
const CLOSELY = Math.min(COUNT, scaled({ short: 3, full: 50 }));

/** Of one length and with one mask, whosever it is. */
const addressOf = (kind: Kind, index: number) => `a-${kind}-${String(index).padStart(5, '0')}@example.com`;

const world = await createWorld({ SENDS_PER_10_MINUTES: '1000', SENDS_PER_DAY: '1000' });
for (let index = 0; index < COUNT; index += 1)
  for (const kind of ['known', 'child'] as const) {
    const subject = addressOf(kind, index);
    await world.importAccounts({
      accountId: `${kind}-${index}`,
      name: kind,
      phone: null,
      registered: { provider: 'email', subject, display: subject },
      ...(kind === 'child' && { parentId: '100000001' }),
    });
  }
const calls = new TableCalls(world);

/** A browser for each, and each from somewhere else: what is counted by address is counted alone. */
const browserOf = (index: number): Browser =>
  world.browser({ ip: `198.18.${Math.floor(index / 250)}.${index % 250}` });

/** Ids and times by their form alone. */
function withoutValue(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return 'a time';
  return /^[A-Za-z0-9_-]{22,}$/.test(value) ? `an id of ${value.length}` : value;
}

interface Look {
  readonly reply: Reply;
  /** All that can be seen from outside less ids and times, and what the table was asked. */
  readonly seen: string;
  readonly milliseconds: number;
}

async function look(ask: () => Promise<Reply>): Promise<Look> {
  const asked: string[] = [];
  let milliseconds = 0;
  const reply = await calls.during(
    async ({ command, input }, proceed) => {
      const items = (input['TransactItems'] ?? []) as object[];
      asked.push([command, ...items.map((item) => Object.keys(item).join())].join(' '));
      return proceed();
    },
    async () => {
      const startedAt = performance.now();
      const answer = await ask();
      milliseconds = performance.now() - startedAt;
      return answer;
    },
  );
  const { status, json, headers, setCookies } = reply;
  const body = Object.entries(json as object).map(([name, value]) => [name, withoutValue(value)]);
  return { reply, seen: JSON.stringify({ status, body, headers, setCookies, asked }), milliseconds };
}

const differences: string[] = [];

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}

/**
 * Asks about an address of each kind, each time another one first, so that what drifts drifts for all.
 *
 * @returns how far the median times are apart, in milliseconds
 */
async function compare(
  what: string,
  count: number,
  expected: number,
  ask: (address: string, index: number) => Promise<Reply>,
): Promise<number> {
  const times: Record<Kind, number[]> = { known: [], other: [], child: [] };
  for (let index = 0; index < count; index += 1) {
    const seen = new Set<string>();
    for (let turn = 0; turn < KINDS.length; turn += 1) {
      const kind = KINDS[(index + turn) % KINDS.length] as Kind;
      const found = await look(() => ask(addressOf(kind, index), index));
      expect(found.reply.status).toBe(expected);
      seen.add(found.seen);
      times[kind].push(found.milliseconds);
    }
    if (seen.size > 1) differences.push(`${what}: ${[...seen].join(' or ')}`);
  }
  const each = KINDS.map((kind) => median(times[kind]));
  return Math.max(...each) - Math.min(...each);
}

const challenges = new Map<string, string>();

async function send(address: string, index: number): Promise<Reply> {
  const reply = await browserOf(index).post('/sign-in/email/send', { email: address });
  if (reply.status === 202) challenges.set(address, reply.json.challengeId);
  return reply;
}

const codes = () => new Set(world.outbox.sent.map(({ code }) => code));
function guess(wrong: string) {
  return (address: string, index: number) =>
    browserOf(index).post('/sign-in/email', { challengeId: challenges.get(address), code: wrong });
}

/** A code that none of those that wait is. */
function nobodysCode(): string {
  const taken = codes();
  let code = '000000';
  while (taken.has(code)) code = wrongCode(code);
  return code;
}

test(
  'whether an address is anybody’s is told by no status, body or header, and by no time',
  async () => {
    const apart = [await compare('asking for a code', COUNT, 202, send)];
    await compare('asking too soon', CLOSELY, 429, send);
    expect(await world.deliverStream()).toBe(0);
    // Mail went to those it should go to, and to no others.
    expect(new Set(world.outbox.sent.map(({ to }) => to.slice(0, 7)))).toEqual(new Set(['a-known']));
    expect(world.outbox.sent).toHaveLength(COUNT);

    const wrong = guess(nobodysCode());
    apart.push(await compare('a wrong code', COUNT, 422, wrong));
    for (let more = 1; more < 5; more += 1) await compare('a wrong code', CLOSELY, 422, wrong);
    await compare('a code whose guesses are spent', CLOSELY, 429, wrong);
    world.pass({ seconds: 60 });
    await compare('asking again', CLOSELY, 202, send);
    await world.deliverStream();
    const another = guess(nobodysCode());
    for (let more = 0; more < 5; more += 1) await compare('a wrong code', CLOSELY, 422, another);
    world.pass({ seconds: 60 });
    await compare('a day’s guesses spent', CLOSELY, 429, another);
    await compare('asking when they are spent', CLOSELY, 429, send);
    world.pass({ seconds: 600 });
    await compare('a code that has expired', CLOSELY, 410, another);

    const milliseconds = Math.max(...apart);
    // Of fewer, or beside other work, a median says little.
    const isJudged = isFull && COUNT >= JUDGED;
    const time = isJudged ? `${milliseconds.toFixed(2)} ms` : `time not judged at n = ${COUNT}`;
    await figure({
      row: 'known and unknown address told apart by status, body, headers; by median time at n = 1,000',
      mustBe: 'no; under 5 ms',
      value: `${differences.length === 0 ? 'no' : `${differences.length} times`}; ${time}`,
    });
    expect(differences).toEqual([]);
    if (isJudged) expect(milliseconds).toBeLessThan(DIFFERENCE_MAX_MILLISECONDS);
  },
  patience,
);

test('nor to somebody who wants to link it', async () => {
  const before = differences.length;
  const { browser, phone } = await newMember(world);
  for (let index = 0; index < CLOSELY; index += 1) {
    await browser.checkIdentity('link_email', phone);
    const seen = new Set<string>();
    for (const kind of KINDS) {
      const email = addressOf(kind, index);
      seen.add((await look(() => browser.post('/links/email/send', { email }))).seen);
      world.pass({ seconds: 60 });
    }
    if (seen.size > 1) differences.push(`a mail to link by: ${[...seen].join(' or ')}`);
  }
  expect(differences.slice(before)).toEqual([]);
});

/** A phone that a notice without a link went to, one of an account that was told nothing, and one that nobody has. */
const PHONE_KINDS = ['told', 'silent', 'unowned'] as const;
const phoneOf = (kind: (typeof PHONE_KINDS)[number], index: number) =>
  `+8610${PHONE_KINDS.indexOf(kind)}00${String(index).padStart(6, '0')}` as PhoneNumber;

async function ownPhone(kind: 'told' | 'silent', index: number): Promise<void> {
  const { table, dependencies, nowSeconds } = world;
  const subject = `${kind}-${index}@phones.example.com`;
  const [accountId, phone] = [`${kind}-${index}` as AccountId, phoneOf(kind, index)];
  const registered = { provider: 'email', subject, display: subject };
  await world.importAccounts({ accountId, name: kind, phone, registered });
  if (kind === 'silent') return;
  const noticeId = newNoticeId('change', nowSeconds * 1000, dependencies.random);
  const notice = { accountId, noticeId, expiresAt: nowSeconds + 3600 } as Notice;
  await commit(table, [noticeCreated(table, notice)]);
  await storeUndoCode(dependencies, notice, phone);
}

test(
  'nor is it told whose a phone is, or whether a notice went there, to somebody who guesses at its codes',
  async () => {
    const times = new Map(PHONE_KINDS.map((kind) => [kind, [] as number[]]));
    const guessAt = async (index: number) => {
      const seen = new Set<string>();
      for (let turn = 0; turn < PHONE_KINDS.length; turn += 1) {
        const kind = PHONE_KINDS[(index + turn) % PHONE_KINDS.length] as (typeof PHONE_KINDS)[number];
        const guess = { phone: phoneOf(kind, index), code: '000000' };
        const found = await look(() => browserOf(index).post('/undo/open', guess));
        seen.add(found.seen);
        times.get(kind)?.push(found.milliseconds);
      }
      if (seen.size > 1) differences.push(`a code of a phone: ${[...seen].join(' or ')}`);
    };
    const before = differences.length;
    for (let index = 0; index < COUNT; index += 1) {
      for (const kind of ['told', 'silent'] as const) await ownPhone(kind, index);
      await guessAt(index);
    }
    const medians = [...times.values()].map(median);
    for (let index = 0; index < CLOSELY; index += 1)
      for (let more = 0; more < 11; more += 1) await guessAt(index);
    expect(differences.slice(before)).toEqual([]);
    if (isFull && COUNT >= JUDGED)
      expect(Math.max(...medians) - Math.min(...medians)).toBeLessThan(DIFFERENCE_MAX_MILLISECONDS);
  },
  patience,
);
