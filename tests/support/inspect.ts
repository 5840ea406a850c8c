import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Method } from '../../lib/linking/account.ts';
import { PROVIDERS } from '../../lib/linking/identity.ts';
import { pseudonym } from '../../lib/linking/secrets.ts';
import { parseMethods } from '../../lib/table/accounts.ts';
import type { Item } from '../../lib/table/client.ts';
import type { Person } from './people.ts';
import type { World } from './world.ts';

/** What the table holds of one person's account and identities. */
interface Inspection {
  readonly accountId: string;
  readonly methods: ReadonlyMap<
    string,
    { relation: string; methodId: string; subjects: string[]; suspended?: true }
  >;
  /** Owner of each subject, by `provider subject`. */
  readonly claims: ReadonlyMap<string, { accountId: string; methodId: string }>;
  readonly checks: ReadonlyMap<string, { verifiedUntil?: number; mail?: object; code?: object } | undefined>;
  readonly events: readonly { type: string; provider: string; reason?: string }[];
  /** How many codes of identity checks to the phone are counted. */
  readonly smsCounted: number;
}

/** All items of one partition. */
export async function itemsOf({ table, documents }: World, pk: string): Promise<Item[]> {
  const page = await documents.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
    }),
  );
  return page.Items ?? [];
}

/** The methods of an account's items. */
export function methodsIn(items: readonly Item[]): ReadonlyMap<string, Method> {
  return parseMethods(items.find(({ sk }) => sk === 'PROFILE'));
}

/** The challenges of an account's items: those of a method's sessions are one item, that of a link is its own. */
export function challengesIn(items: readonly Item[]): { purpose: string; challenge: Item }[] {
  return items
    .filter(({ sk }) => String(sk).startsWith('CHALLENGE#'))
    .flatMap((item) => {
      const inOne = item['challenges'] as Record<string, Item> | undefined;
      return Object.entries(inOne ?? { restore: item });
    })
    .map(([purpose, challenge]) => ({ purpose, challenge }));
}

export async function inspect(world: World, person: Person): Promise<Inspection> {
  const { accountId, phone, subjects } = person;
  const quota = `QUOTA#sms#${pseudonym(world.dependencies.keys.current.pseudonyms, 'phone', phone)}`;
  // Apart for each method that opened the session.
  const quotas = PROVIDERS.map((provider) => `${quota}#${provider}`);
  const [items, counted] = await Promise.all([
    itemsOf(world, `ACCOUNT#${accountId}`),
    world.itemsAt(quotas.map((pk) => ({ pk, sk: 'SENDS' }))),
  ]);
  const of = (kind: string) =>
    items
      .filter(({ sk }) => String(sk).startsWith(kind))
      .map((item) => [String(item['sk']).slice(kind.length), item] as const);
  const methods = methodsIn(items);
  // The person's own, and whatever else the account has by now.
  const owned = [
    ...Object.entries(subjects),
    ...[...methods].map(([provider, method]) => [provider, method.subjects] as const),
  ];
  const named = owned.flatMap(([provider, all]) =>
    all.map((subject) => [`${provider} ${subject}`, `IDENTITY#${provider}#${subject}`] as const),
  );
  const wanted = [...new Map(named)].map(([name, pk]) => ({ name, pk }));
  const claims = await world.itemsAt(wanted.map(({ pk }) => ({ pk, sk: 'CLAIM' })));
  return {
    accountId,
    methods: methods as unknown as Inspection['methods'],
    // By purpose: in a scene, one method opens the sessions that change something.
    checks: new Map(
      challengesIn(items).map(({ purpose, challenge }) => [purpose, challenge['check']]),
    ) as Inspection['checks'],
    events: of('EVENT#').map(([, item]) => item) as unknown as Inspection['events'],
    claims: new Map(
      wanted.flatMap(({ name, pk }) => {
        const claim = claims.find((item) => item['pk'] === pk);
        return claim ? [[name, claim]] : [];
      }),
    ) as unknown as Inspection['claims'],
    smsCounted: counted.flatMap(({ sends }) => sends as unknown[]).length,
  };
}

/**
 * What is half done in an account. A method has exactly its claims and they have their method; a link is in the history once, and
 * its identity check is used up; an unlinking too.
 *
 * @param imported the providers that were linked without a history
 */
export function halfDone(found: Inspection, imported: readonly string[]): string[] {
  const wrong: string[] = [];
  const { accountId, methods, claims, checks, events } = found;
  for (const [name, claim] of claims) {
    const [provider = '', subject = ''] = name.split(' ');
    const method = methods.get(provider);
    const isOwn = claim.accountId === accountId;
    if (isOwn && (method?.methodId !== claim.methodId || !method.subjects.includes(subject)))
      wrong.push(`claim without method: ${provider}`);
  }
  for (const [provider, { methodId, subjects }] of methods)
    for (const subject of subjects)
      if (claims.get(`${provider} ${subject}`)?.methodId !== methodId)
        wrong.push(`method without claim: ${provider}`);

  for (const provider of ['email', 'wechat']) {
    const told = (type: string) =>
      events.filter((event) => event.type === type && event.provider === provider).length;
    const isLinked = methods.has(provider);
    const linkedByHistory = told('linked') - told('unlinked') + (imported.includes(provider) ? 1 : 0);
    if (linkedByHistory !== Number(isLinked)) wrong.push(`history tells another story: ${provider}`);
    if (isLinked && checks.get(`link_${provider}`))
      wrong.push(`linked, and the check is not used up: ${provider}`);
    if (!isLinked && checks.get(`unlink_${provider}`))
      wrong.push(`unlinked, and the check is not used up: ${provider}`);
  }
  return wrong;
}
