import type { Browser } from './browser.ts';
import type { World } from './world.ts';

/** An account of its own for one case, with the people and the address that can open it. */
export interface Person {
  readonly accountId: string;
  readonly phone: string;
  readonly address: string;
  /** The name at WeChat and at QQ. */
  readonly who: string;
  readonly subjects: { readonly email: string[]; readonly wechat: string[]; readonly qq: string[] };
}

let people = 0;

/** Registers an account by QQ and introduces its person to WeChat. No such number is anybody's: mobile ones begin with 13 to 19. */
export async function newPerson(
  world: World,
  { links = [], phone }: { links?: ('email' | 'wechat')[]; phone?: string } = {},
): Promise<Person> {
  people += 1;
  const number = String(people).padStart(6, '0');
  const who = `p${number}`;
  const { wechat, qq } = world.providers;
  const profile = { openid: `open-${who}`, unionid: `union-${who}`, nickname: `昵称${number}` };
  wechat.people.set(who, profile);
  qq.people.set(who, profile);
  const person: Person = {
    accountId: `3${number}`,
    phone: phone ?? `+8610000${number}`,
    address: `${who}@example.com`,
    who,
    subjects: {
      email: [`${who}@example.com`],
      wechat: [`${world.settings.WECHAT_APP_ID}:open-${who}`, `union-${who}`],
      qq: [`${world.settings.QQ_APP_ID}:open-${who}`, `union-${who}`],
    },
  };
  const linked = {
    email: { provider: 'email', subject: person.address, display: person.address },
    wechat: { provider: 'wechat', subject: `union-${who}`, display: profile.nickname },
  };
  await world.importAccounts({
    accountId: person.accountId,
    name: who,
    phone: person.phone,
    registered: { provider: 'qq', subject: `union-${who}`, display: profile.nickname },
    links: links.map((provider) => linked[provider]),
  });
  return person;
}

export async function signedIn(
  world: World,
  { who }: Person,
  provider: 'wechat' | 'qq' = 'qq',
): Promise<Browser> {
  const browser = world.browser();
  const { result } = await browser.signInBy(provider, who);
  if (result !== 'signed_in') throw new Error(`sign-in came to ${result}`);
  return browser;
}

/** A code that is not the right one. */
export function wrongCode(right: string, other = 1): string {
  return String((Number(right) + other) % 1_000_000).padStart(6, '0');
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
