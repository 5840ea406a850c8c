import { type Profile, profileOf } from '../doubles.ts';
import { keyOf, type Method, type OAuthProvider, type Provider, type Rules, type State } from './state.ts';

/** Who and what a sequence is about: accounts of its own, their identities, and some that are nobody's yet. */
export interface Cast {
  readonly browsers: readonly string[];
  readonly accounts: readonly string[];
  readonly addresses: readonly string[];
  readonly people: Readonly<Record<OAuthProvider, Map<string, Profile>>>;
  readonly imported: readonly Imported[];
  /** The same as lines of an import. */
  readonly records: readonly object[];
}

interface Imported {
  readonly accountId: string;
  readonly name: string;
  readonly phone: string | null;
  readonly parentId?: string;
  readonly methods: readonly { provider: Provider; subject: string; display: string }[];
}

/** Holds whatever cookies another browser had once; before that, none. */
export const COPY = 'copy';

/** @param id tells this cast from all others of the same table */
export function castOf(id: string): { cast: Cast; imported: readonly Imported[] } {
  const phone = (last: number) => `+8610${id.padStart(8, '0')}${last}`;
  const address = (name: string) => `${name}.${id}@example.com`;
  const union = (name: string) => `union-${name}-${id}`;
  const account = (name: string) => `${name}-${id}`;
  const person = (name: string, hasUnion = true): [string, Profile] => [
    name,
    profileOf(`${name}-${id}`, `昵称${name}`, { unionid: hasUnion }),
  ];
  const email = (name: string) => {
    return { provider: 'email', subject: address(name), display: address(name) } as const;
  };
  const oauth = (provider: OAuthProvider, name: string) => {
    return { provider, subject: union(name), display: `昵称${name}` } as const;
  };
  const imported: Imported[] = [
    { accountId: account('anna'), name: 'Anna', phone: phone(1), methods: [oauth('qq', 'anna')] },
    {
      accountId: account('bob'),
      name: 'Bob',
      // Two accounts with one phone share what may be sent to it.
      phone: phone(1),
      methods: [oauth('qq', 'bob'), email('bob'), oauth('wechat', 'bob')],
    },
    { accountId: account('cleo'), name: 'Cleo', phone: phone(2), methods: [email('cleo')] },
    { accountId: account('dan'), name: 'Dan', phone: null, methods: [oauth('wechat', 'dan')] },
    {
      accountId: account('sub'),
      name: 'Sub',
      phone: null,
      parentId: account('anna'),
      methods: [email('sub'), oauth('wechat', 'sub')],
    },
  ];
  const cast: Cast = {
    browsers: ['one', 'two', 'three', COPY],
    accounts: imported.map(({ accountId }) => accountId),
    imported,
    addresses: ['anna', 'bob', 'cleo', 'sub'].map(address),
    people: {
      wechat: new Map([person('anna'), person('bob'), person('dan'), person('sub'), person('eve', false)]),
      qq: new Map([person('anna'), person('bob'), person('cleo')]),
    },
    records: imported.map(({ methods: [registered, ...links], ...rest }) => ({
      ...rest,
      registered,
      links,
    })),
  };
  return { cast, imported };
}

/** Every account as it is after the import, and nobody signed in. */
export function beginning(imported: readonly Imported[], rules: Rules, now: number): State {
  const state: State = {
    rules,
    now,
    accounts: {},
    closed: {},
    methods: {},
    claims: {},
    sessions: {},
    challenges: {},
    sends: {},
    failures: {},
    signIns: {},
    flows: {},
    events: {},
    notices: {},
    undoCodes: {},
    counts: {},
    jars: {},
  };
  for (const { accountId, name, phone, parentId, methods } of imported) {
    state.accounts[accountId] = { name, phone, isSub: parentId !== undefined };
    for (const [index, { provider, subject, display }] of methods.entries()) {
      const id = `import ${accountId} ${provider}`;
      const relation = index === 0 ? 'registered' : 'linked';
      const method: Method = { id, relation, subjects: [subject], display, since: now, isImported: true };
      state.methods[keyOf(accountId, provider)] = method;
      state.claims[keyOf(provider, subject)] = {
        account: accountId,
        relation: parentId === undefined ? relation : 'sub_account',
        methodId: id,
      };
    }
  }
  return state;
}
