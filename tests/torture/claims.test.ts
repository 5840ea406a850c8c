import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { applyAccount } from '../../lib/flows/apply-account.ts';
import type { AccountId } from '../../lib/linking/account.ts';
import { parseAccountRecord } from '../../lib/linking/account-record.ts';
import { type Check, NO_CHALLENGE } from '../../lib/linking/challenge.ts';
import type { EmailAddress } from '../../lib/linking/email.ts';
import type { Purpose } from '../../lib/linking/identity.ts';
import {
  hashToken,
  hmacCode,
  newCode,
  newId,
  newToken,
  parseToken,
  systemRandomness,
  type TokenHash,
} from '../../lib/linking/secrets.ts';
import { parseSessionToken } from '../../lib/linking/session.ts';
import { parseMethods } from '../../lib/table/accounts.ts';
import { checkChanged, parseChecks } from '../../lib/table/challenges.ts';
import { commit, type Fragment, type Item, readItems } from '../../lib/table/client.ts';
import { type Key, keys } from '../../lib/table/keys.ts';
import { stateCreated } from '../../lib/table/states.ts';
import type { Browser, Reply } from '../support/browser.ts';
import { newMember, type Person, tally } from '../support/people.ts';
import { createWorld, type World } from '../support/world.ts';
import { figure } from './report.ts';
import { AT_ONCE, countRounds, MANY_SENDS } from './rounds.ts';
import { patience, scaled } from './scale.ts';

const random = systemRandomness;
/** What members are signed in by. */
const OPENED_BY = 'qq' as const;

/** Somebody who races, again and again: the session stays, and each round begins with a check that was passed. */
interface Racer {
  readonly accountId: AccountId;
  readonly person: Person;
  readonly browser: Browser;
  readonly sessionHash: TokenHash;
}

let world: World;
const racers: Racer[] = [];
beforeAll(async () => {
  world = await createWorld(MANY_SENDS);
  while (racers.length < AT_ONCE) racers.push(await enter());
});

async function enter(): Promise<Racer> {
  const person = await newMember(world);
  const { browser } = person;
  await browser.get('/sign-in/wechat');
  const ref = parseSessionToken(browser.cookies.get('__Host-session'));
  if (ref === undefined) throw new Error('no session');
  return { accountId: ref.accountId, person, browser, sessionHash: ref.hash };
}

/** The item of each racer. */
async function itemsOfRacers(keyOf: (racer: Racer) => Key): Promise<(Item | undefined)[]> {
  const found = await readItems(world.table, racers.map(keyOf));
  return racers.map((racer) => found.get(keyOf(racer)));
}

/** Gives each racer a passed identity check, with what goes with it. */
async function passChecks(purpose: Purpose, more: (racer: Racer, index: number) => Partial<Check>) {
  const now = world.nowSeconds;
  const items = await itemsOfRacers(({ accountId }) => keys.checks(accountId, OPENED_BY));
  const checks = racers.map((racer, index) => {
    const { sessionHash, accountId } = racer;
    const check: Check = {
      factor: 'sms',
      boundTo: sessionHash,
      sentTo: '',
      sentAt: now,
      verifiedUntil: now + 600,
      ...more(racer, index),
    };
    const seen = { session: { accountId, openedBy: OPENED_BY }, checks: parseChecks(items[index], now) };
    return checkChanged(world.table, seen, purpose, { ...NO_CHALLENGE, check }, now);
  });
  await commit(world.table, checks);
}

/** What is raced for. */
interface Prize {
  /** As an import names it. */
  readonly subject: string;
  /** All the subjects that must be claimed together. */
  readonly subjects: readonly string[];
  readonly attempts: readonly (() => Promise<Reply & { result?: string | null }>)[];
}

let prizes = 0;

async function address(): Promise<Prize> {
  prizes += 1;
  const subject = `prize${prizes}@example.com`;
  const codes = racers.map(() => ({ id: newId(random), code: newCode(random) }));
  await passChecks('link_email', (_racer, index) => {
    const { id = '', code = newCode(random) } = codes[index] ?? {};
    const hmac = hmacCode(world.dependencies.keys.current.codes, id, 'link_email', code);
    const expiresAt = world.nowSeconds + 600;
    return { mail: { address: subject as EmailAddress, code: { id, hmac, attempts: 0, expiresAt } } };
  });
  const attempts = racers.map(({ browser }, index) => () => {
    return browser.post('/links/email', { email: subject, code: codes[index]?.code });
  });
  return { subject, subjects: [subject], attempts };
}

async function weChat(): Promise<Prize> {
  prizes += 1;
  const who = `prize${prizes}`;
  const subject = `union-${who}`;
  world.providers.wechat.people.set(who, { openid: `open-${who}`, unionid: subject, nickname: who });
  await passChecks('link_wechat', () => ({}));
  const states = racers.map(() => newToken(random));
  const flows = racers.map(({ browser, sessionHash }, index): Fragment => {
    const browserToken = parseToken(browser.cookies.get('__Host-browser'));
    const state = states[index];
    if (browserToken === undefined || state === undefined) throw new Error('no token');
    return stateCreated(world.table, hashToken(state), {
      flowId: newId(random),
      provider: 'wechat',
      intent: 'link',
      app: 'website',
      browserHash: hashToken(browserToken),
      sessionHash,
      expiresAt: world.nowSeconds + 600,
    });
  });
  await commit(world.table, flows);
  const attempts = racers.map(({ browser }, index) => () => {
    return browser.callback('wechat', `state=${states[index]}&code=${who}~${index}`);
  });
  return { subject, subjects: [`${world.settings.WECHAT_APP_ID}:open-${who}`, subject], attempts };
}

/** Somebody who comes by an import, in the midst of the race. */
const OUTSIDERS = [
  undefined,
  { relation: 'registered', conflict: 'identity_registered', more: {} },
  { relation: 'sub_account', conflict: 'identity_sub_account', more: { parentId: '100000001' } },
] as const;

async function importRacing(provider: string, subject: string, more: object): Promise<string> {
  const accountId = `outsider-${prizes}`;
  const line = { accountId, name: accountId, registered: { provider, subject }, ...more };
  const parsed = parseAccountRecord(line);
  if ('rejected' in parsed) throw new Error(parsed.rejected);
  const outcome = await applyAccount(world.dependencies, parsed.record);
  return typeof outcome === 'string' ? outcome : 'rejected';
}

const ownersOf = (provider: string, subjects: readonly string[]) =>
  world.itemsAt(subjects.map((subject) => ({ pk: `IDENTITY#${provider}#${subject}`, sk: 'CLAIM' })));

const RACES = [
  { provider: 'email', prize: address, success: '201', purpose: 'link_email' },
  { provider: 'wechat', prize: weChat, success: 'linked', purpose: 'link_wechat' },
] as const;
type Race = (typeof RACES)[number];

async function run({ provider, prize, success, purpose }: Race, round: number) {
  const { subject, subjects, attempts } = await prize();
  const outsider = OUTSIDERS[round % OUTSIDERS.length];
  const [imported, ...replies] = await Promise.all([
    outsider && importRacing(provider, subject, outsider.more),
    ...attempts.map((attempt) => attempt()),
  ]);
  const [claims, methods, challenges] = await Promise.all([
    ownersOf(provider, subjects),
    itemsOfRacers(({ accountId }) => keys.account(accountId)).then((items) =>
      items.map((item) => parseMethods(item).get(provider)),
    ),
    itemsOfRacers(({ accountId }) => keys.checks(accountId, OPENED_BY)),
  ]);
  const winners = racers.filter((_racer, index) => methods[index] !== undefined);
  const [winner] = winners;
  const checks = challenges.map((item) => parseChecks(item, world.nowSeconds).challenges.get(purpose)?.check);
  const result = {
    told: tally(replies),
    // One owner, of every subject, with a method of the same id.
    owners: new Set(claims.map(({ accountId, methodId }) => `${accountId} ${methodId}`)).size,
    isOwner: claims.every(({ accountId }) => accountId === (winner?.accountId ?? `outsider-${prizes}`)),
    winners: winners.length,
    methodsOfClaims: methods.filter((item) => item && item['methodId'] === claims[0]?.['methodId']).length,
    // A conflict uses up the code and never the identity check.
    keptChecks: checks.filter((check) => check?.verifiedUntil !== undefined && check.mail === undefined)
      .length,
  };
  const lost = attempts.length - 1;
  const won = { owners: 1, isOwner: true };
  const byOutsider = outsider && {
    ...won,
    told: { [outsider.conflict]: attempts.length },
    winners: 0,
    methodsOfClaims: 0,
    keptChecks: attempts.length,
  };
  const byRacer = {
    ...won,
    told: { [success]: 1, identity_linked: lost },
    winners: 1,
    methodsOfClaims: 1,
    keptChecks: lost,
  };
  const expected = imported === 'added' ? byOutsider : byRacer;
  // Whoever has won leaves, and somebody new takes the place.
  for (const racer of winners) racers[racers.indexOf(racer)] = await enter();
  // Of the subjects an import knows one, so its claims may be fewer.
  const claimsExpected = imported === 'added' ? 1 : subjects.length;
  return { isRight: isDeepStrictEqual(result, expected) && claims.length === claimsExpected, result };
}

const rounds = scaled({ short: 3, full: 500 });
let right = 0;
let ran = 0;

test.each(RACES)(
  `${AT_ONCE} accounts race for one $provider identity: one owner, the others are told which conflict`,
  async (race) => {
    const found = await countRounds(world, rounds, (round) => run(race, round));
    right += found.right;
    ran += rounds;
    expect(found).toEqual({ right: rounds, wrong: undefined });
  },
  patience,
);

afterAll(() =>
  figure({
    row: 'accounts racing for one identity, 100 at once, 1,000 rounds',
    mustBe: 'exactly 1 owner each, the others told which conflict',
    value: `exactly 1 owner, the others told which conflict, in ${right} of ${ran}`,
  }),
);
