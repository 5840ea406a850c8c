import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { AccountId } from '../../lib/linking/account.ts';
import { keys } from '../../lib/table/keys.ts';
import type { Browser, Reply } from './browser.ts';
import { profileOf } from './doubles.ts';
import type { World } from './world.ts';

/** An account of its own for one case, with the people and the address that can open it. */
export interface Person {
  readonly accountId: string;
  /** Empty if the account has none. */
  readonly phone: string;
  readonly address: string;
  /** The name of the account, and of its person at WeChat and at QQ. */
  readonly who: string;
  /** Of its person at WeChat and at QQ. */
  readonly nickname: string;
  readonly subjects: { readonly email: string[]; readonly wechat: string[]; readonly qq: string[] };
}

/** A person who is signed in, by QQ. */
export interface Member extends Person {
  readonly browser: Browser;
}

interface Options {
  /** What is linked from the start: the person's own address or WeChat, or an identity as it is imported. */
  readonly links?: readonly ('email' | 'wechat' | { readonly provider: string; readonly subject: string })[];
  readonly phone?: string | null;
  readonly address?: string;
  readonly language?: 'zh-CN' | 'en';
}

let people = 0;

/** Registers an account by QQ and introduces its person to WeChat. Phones begin with 10, which no mobile phone in China does. */
export async function newPerson(world: World, { links = [], ...options }: Options = {}): Promise<Person> {
  people += 1;
  const number = String(people).padStart(6, '0');
  const who = `p${number}`;
  const { phone = `+8610000${number}`, address = `${who}@example.com`, language } = options;
  const { wechat, qq } = world.providers;
  const [unionid, nickname] = [`union-${who}`, `昵称${number}`];
  for (const { people: known } of [wechat, qq]) known.set(who, profileOf(who, nickname));
  const own = {
    email: { provider: 'email', subject: address, display: address },
    wechat: { provider: 'wechat', subject: unionid, display: nickname },
  };
  const accountId = `3${number}`;
  await world.importAccounts({
    accountId,
    name: who,
    phone,
    language,
    registered: { ...own.wechat, provider: 'qq' },
    links: links.map((link) => (typeof link === 'string' ? own[link] : link)),
  });
  const { WECHAT_APP_ID, QQ_APP_ID } = world.settings;
  return {
    accountId,
    phone: phone ?? '',
    address,
    who,
    nickname,
    subjects: {
      email: [address],
      wechat: [`${WECHAT_APP_ID}:open-${who}`, unionid],
      qq: [`${QQ_APP_ID}:open-${who}`, unionid],
    },
  };
}

/** What the company's account system says of a person's account, by default as it was imported; other members as they are given. */
export function recordOf({ accountId, who, phone, subjects, nickname }: Person, changes: object = {}) {
  const [, unionid] = subjects.qq;
  return {
    accountId,
    name: who,
    phone: phone === '' ? null : phone,
    registered: { provider: 'qq', subject: unionid, display: nickname },
    ...changes,
  };
}

export async function newMember(world: World, options?: Options): Promise<Member> {
  const person = await newPerson(world, options);
  return { ...person, browser: await signedIn(world, person) };
}

/** Another browser of the same person, and so another session. */
export async function signedIn(
  world: World,
  { who }: Pick<Person, 'who'>,
  provider: 'wechat' | 'qq' = 'qq',
): Promise<Browser> {
  const browser = world.browser();
  const { result } = await browser.signInBy(provider, who);
  if (result !== 'signed_in') throw new Error(`sign-in came to ${result}`);
  return browser;
}

let strangers = 0;

/** Somebody at WeChat without an account. @returns their name, to scan as */
export function newWeChatPerson(world: World, { unionid = true } = {}): string {
  strangers += 1;
  const name = `stranger${strangers}`;
  world.providers.wechat.people.set(name, profileOf(name, `微信${name}`, { unionid }));
  return name;
}

let addresses = 0;

/** An address without an account. */
export function newAddress(): string {
  addresses += 1;
  return `somebody${addresses}@example.com`;
}

export async function becomesSubAccount(
  world: World,
  { accountId }: Pick<Person, 'accountId'>,
): Promise<void> {
  await world.documents.send(
    new UpdateCommand({
      TableName: world.table.name,
      Key: keys.account(accountId as AccountId),
      UpdateExpression: 'SET parentId = :parent',
      ExpressionAttributeValues: { ':parent': '100000001' },
    }),
  );
}

/** Six digits that are not the right ones; others for each `step` below a million. */
export function wrongCode(right: string, step = 1): string {
  return String((Number(right) + step) % 1_000_000).padStart(6, '0');
}

/** Sends wrong codes for a purpose. @returns the last answer */
export async function guessWrong(
  world: World,
  { browser, phone }: Member,
  purpose: string,
  times: number,
): Promise<Reply> {
  const code = wrongCode(world.outbox.codeFor(phone));
  let reply = await browser.post('/otp/verify', { purpose, code });
  for (let guess = 1; guess < times; guess += 1) reply = await browser.post('/otp/verify', { purpose, code });
  return reply;
}

/** What the account page shows of one provider. */
export async function methodOf(browser: Browser, provider: string) {
  const { json } = await browser.get('/account');
  return json.methods.find((method: { provider: string }) => method.provider === provider);
}

/** What a reply comes to: its result, its code, or its status. */
export function saying(reply: {
  status: number;
  json?: { code?: string } | undefined;
  result?: string | null;
}): string {
  return reply.result ?? reply.json?.code ?? String(reply.status);
}

/** How often each answer was given. */
export function tally(replies: readonly Parameters<typeof saying>[0][]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reply of replies) counts[saying(reply)] = (counts[saying(reply)] ?? 0) + 1;
  return counts;
}

export function times<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => make(index)));
}
