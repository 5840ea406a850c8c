import fc from 'fast-check';
import type { Answering } from './alone.ts';
import { Attacker } from './attacker.ts';
import { type Deed, deeds } from './deeds.ts';
import { Mailbag } from './mailbag.ts';
import { Owner } from './owner.ts';
import { methodOf, PROVIDERS, type Provider } from './state.ts';

export interface Story {
  /** The way in that the attacker has not, and those that he has. */
  readonly mine: Provider;
  readonly stolen: readonly Provider[];
  /** A session of the owner's that the attacker has got. */
  readonly session: 'none' | 'of the browser' | 'of another browser';
  readonly restsSeconds: number;
  readonly withPhone: readonly Deed[];
  readonly without: readonly Deed[];
  readonly hindrances: readonly (readonly Deed[])[];
}

export const story: fc.Arbitrary<Story> = fc
  .record({
    mine: fc.constantFrom(...PROVIDERS),
    others: fc.subarray([...PROVIDERS]),
    session: fc.constantFrom('none', 'none', 'of the browser', 'of another browser'),
    restsSeconds: fc.constantFrom(0, 0, 61, 400_000),
    deeds,
  })
  .map(({ mine, others, deeds: done, ...rest }) => {
    return { ...rest, ...done, mine, stolen: others.filter((provider) => provider !== mine) };
  });

const REQUESTS = 6;

/** @returns what the owner did in vain; undefined where he got back in, null where nothing was promised */
export async function struggle(run: Answering, told: Story): Promise<string[] | null | undefined> {
  const { mine, stolen, session, restsSeconds, withPhone, without, hindrances } = told;
  const account = run.cast.accounts[1] ?? '';
  const mailbag = new Mailbag(run, account, (address) => attacker.readsMailTo(address));
  const attacker = new Attacker(run, mailbag, { account, stolen });
  const method = methodOf(run.state, account, mine);
  if (method === undefined) throw new Error('the owner has no way in');
  const before = new Owner(run, mailbag, account, { provider: mine, method });
  await before.signIn();
  await before.signIn();
  if (session === 'of another browser') {
    const other = new Owner(run, mailbag, account, { provider: mine, method }, 'copy');
    await other.signIn();
    await other.signIn();
  }
  if (session === 'of the browser')
    await run.happens({ happens: 'the session of a browser is stolen', from: 'one' });
  await run.happens({ happens: 'time passes', seconds: restsSeconds });
  mailbag.isPhoneHis = true;
  for (const one of withPhone) await attacker.does(one);
  mailbag.isPhoneHis = false;
  for (const one of without) await attacker.does(one);
  const owner = new Owner(run, mailbag, account, { provider: mine, method });
  if (!owner.hasWayBack()) return null;
  for (let requests = 0; requests < REQUESTS && !(owner.isAlone() && owner.isSignedIn()); requests += 1) {
    for (const one of hindrances[requests] ?? []) await attacker.does(one);
    await owner.next();
  }
  if (!owner.isAlone()) return owner.did;
  for (const turn of [6, 7]) {
    if (owner.isSignedIn()) break;
    for (const one of hindrances[turn] ?? []) await attacker.does(one);
    await owner.signIn();
  }
  return owner.isAlone() && owner.isSignedIn() ? undefined : [...owner.did, 'in the end'];
}
