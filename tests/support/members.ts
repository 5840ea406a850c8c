import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from '@jest/globals';
import type { AccountId } from '../../lib/linking/account.ts';
import { keys } from '../../lib/table/keys.ts';
import type { Browser, Reply } from './browser.ts';
import { otherCode } from './contract.ts';
import type { World } from './world.ts';

/** Somebody with an account of their own, registered by QQ, signed in. */
export interface Member {
  readonly accountId: string;
  readonly phone: string;
  readonly browser: Browser;
  /** The person at QQ. */
  readonly person: string;
}

interface Link {
  readonly provider: string;
  readonly subject: string;
  readonly display?: string;
}

let members = 0;

/** A new account for a test, so that tests of one file don't meet in each other's. */
export async function newMember(
  world: World,
  { phone, links = [] }: { phone?: string | null; links?: readonly Link[] } = {},
): Promise<Member> {
  members += 1;
  const person = `member${members}`;
  const number = phone === undefined ? `+8613800138${100 + members}` : phone;
  const accountId = `member-${members}`;
  world.providers.qq.people.set(person, {
    openid: `open-${person}`,
    unionid: `union-${person}`,
    nickname: person,
  });
  await world.importAccounts({
    accountId,
    name: person,
    phone: number,
    registered: { provider: 'qq', subject: `union-${person}`, display: person },
    links,
  });
  const member = { accountId, phone: number ?? '', person };
  return { ...member, browser: await signedIn(world, member) };
}

/** Another browser, and so another session, of the same member. */
export async function signedIn(world: World, { person }: Pick<Member, 'person'>): Promise<Browser> {
  const browser = world.browser();
  expect((await browser.signInBy('qq', person)).result).toBe('signed_in');
  return browser;
}

let people = 0;

/** Somebody at WeChat whom no account knows yet. @returns their name, to scan as */
export function newWeChatPerson(world: World, { unionid = true } = {}): string {
  people += 1;
  const name = `person${people}`;
  world.providers.wechat.people.set(name, {
    openid: `open-${name}`,
    ...(unionid && { unionid: `union-${name}` }),
    nickname: `微信${name}`,
  });
  return name;
}

let addresses = 0;

/** An address nobody has. */
export function newAddress(): string {
  addresses += 1;
  return `somebody${addresses}@example.com`;
}

export const emailLink = (address: string): Link => ({ provider: 'email', subject: address });
export const weChatLink = (person: string): Link => ({
  provider: 'wechat',
  subject: `union-${person}`,
  display: person,
});

export async function becomesSubAccount(
  world: World,
  { accountId }: Pick<Member, 'accountId'>,
): Promise<void> {
  await world.table.documents.send(
    new UpdateCommand({
      TableName: world.table.name,
      Key: keys.account(accountId as AccountId),
      UpdateExpression: 'SET parentId = :parent',
      ExpressionAttributeValues: { ':parent': '100000001' },
    }),
  );
}

/** Sends wrong codes for a purpose. @returns the last answer */
export async function guessWrong(
  world: World,
  { browser, phone }: Member,
  purpose: string,
  times: number,
): Promise<Reply> {
  const code = otherCode(world.outbox.codeFor(phone));
  let reply = await browser.post('/otp/verify', { purpose, code });
  for (let guess = 1; guess < times; guess += 1) reply = await browser.post('/otp/verify', { purpose, code });
  return reply;
}

/** What the account page shows of one provider. */
export async function methodOf(browser: Browser, provider: string) {
  const { json } = await browser.get('/account');
  return json.methods.find((method: { provider: string }) => method.provider === provider);
}
