import fc from 'fast-check';
import type { Answering } from './alone.ts';
import { Attacker } from './attacker.ts';
import { type Deed, deeds } from './deeds.ts';
import { Mailbag } from './mailbag.ts';
import { Owner, type Ownership } from './owner.ts';
import { methodOf, PROVIDERS, type Provider } from './state.ts';

/** What an attacker has of an account, and does. */
export interface Story {
  /** The way in that is the owner's alone, and those that the attacker has too. */
  readonly mine: Provider;
  readonly stolen: readonly Provider[];
  /** A session of the owner's that the attacker has. */
  readonly session: 'none' | 'of the browser' | 'of another browser';
  /** How long it is since the owner was last there. */
  readonly restsSeconds: number;
  /** While the phone is the attacker's, and after that. */
  readonly withPhone: readonly Deed[];
  readonly without: readonly Deed[];
  /** Before each request of the owner's. */
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

/** Within so many requests there is nobody but the owner; and within these, too, the owner is in, where that is not so yet. */
const REQUESTS = 6;
/** Where SMS have no links: each is opened with its code before it is used. */
const REQUESTS_WITH_CODES = 10;
const REQUESTS_OF_A_SIGN_IN = 2;

export interface Outcome {
  /** The owner's, and what came of each. */
  readonly requests: readonly string[];
  /** Whether the owner is in, and nobody else can get in. */
  readonly isBack: boolean;
}

async function signIn(run: Answering, mailbag: Mailbag, own: Ownership, browser: string): Promise<void> {
  const before = new Owner(run, mailbag, own, browser);
  for (let requests = 0; requests < REQUESTS_OF_A_SIGN_IN; requests += 1) await before.signIn();
}

/** An attacker prepares what he can, and then the owner wants the account back. @returns null where nothing is promised */
export async function struggle(run: Answering, told: Story): Promise<Outcome | null> {
  const { mine: provider, stolen, session, restsSeconds, withPhone, without, hindrances } = told;
  const account = run.cast.accounts[1] ?? '';
  const method = methodOf(run.state, account, provider);
  if (method === undefined) throw new Error('the owner has no way in');
  const own = { account, provider, method };
  const mailbag = new Mailbag(run, account, (address) => attacker.readsMailTo(address));
  const attacker = new Attacker(run, mailbag, { account, stolen });
  const attack = async (done: readonly Deed[] = []) => {
    for (const deed of done) await attacker.does(deed);
  };

  await signIn(run, mailbag, own, 'one');
  if (session === 'of another browser') await signIn(run, mailbag, own, 'copy');
  if (session === 'of the browser')
    await run.happens({ happens: 'the session of a browser is stolen', from: 'one' });
  await run.happens({ happens: 'time passes', seconds: restsSeconds });
  mailbag.isPhoneRead = true;
  await attack(withPhone);
  mailbag.isPhoneRead = false;
  await attack(without);

  const owner = new Owner(run, mailbag, own);
  if (!owner.hasWayBack()) return null;
  const isBack = () => owner.isAlone() && owner.isSignedIn();
  const enough = run.state.rules.hasLinks ? REQUESTS : REQUESTS_WITH_CODES;
  let most = enough;
  for (let request = 0; request < most && !isBack(); request += 1) {
    await attack(hindrances[request]);
    await owner.goOn();
    // Who is still inside can end the owner's session: once, for the links that the owner takes from then on need none.
    const isSessionLost = owner.requests.at(-1)?.endsWith(': not_signed_in');
    if (isSessionLost && most === enough) most = request + 1 + enough;
  }
  const left = owner.isAlone() ? REQUESTS_OF_A_SIGN_IN : 0;
  for (let request = most; request < most + left && !isBack(); request += 1) {
    await attack(hindrances[request]);
    await owner.signIn();
  }
  return { requests: owner.requests, isBack: isBack() };
}
