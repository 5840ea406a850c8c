import fc from 'fast-check';
import { signedInBy } from './accounts.ts';
import type { Answering } from './alone.ts';
import type { Command } from './commands.ts';
import type { Mailbag } from './mailbag.ts';
import type { Link } from './notices.ts';
import {
  jarOf,
  type Label,
  methodOf,
  PROVIDERS,
  type Provider,
  PURPOSES,
  type Purpose,
} from './state.ts';

/** What an attacker gets done, in as many requests as it takes. `pick` says which of what there is. */
export type Deed = { readonly pick: number } & (
  | { readonly does: 'sign in' | 'sign out' | 'sign out everywhere' | 'disown' | 'link it elsewhere' }
  | { readonly does: 'pass a check' | 'spend guesses' | 'spend codes'; readonly purpose: Purpose }
  | { readonly does: 'use a check'; readonly purpose: Purpose }
  | { readonly does: 'confirm' | 'ask for a code to restore' | 'spend guesses of a link' | 'spend codes of a link' }
  | { readonly does: 'restore'; readonly only: Provider | undefined }
  | { readonly does: 'guess at the owner’s address' }
  | { readonly does: 'wait'; readonly seconds: number }
);

const purpose = fc.constantFrom(...PURPOSES);
const deedOf = (waits: readonly number[]): fc.Arbitrary<Deed> =>
  fc
    .oneof(
      { weight: 4, arbitrary: fc.constant({ does: 'sign in' } as const) },
      { weight: 3, arbitrary: fc.constantFrom({ does: 'sign out everywhere' }, { does: 'disown' }, { does: 'sign out' }) },
      { weight: 3, arbitrary: purpose.map((what) => ({ does: 'pass a check', purpose: what }) as const) },
      { weight: 4, arbitrary: purpose.map((what) => ({ does: 'use a check', purpose: what }) as const) },
      { weight: 1, arbitrary: purpose.map((what) => ({ does: 'spend guesses', purpose: what }) as const) },
      { weight: 1, arbitrary: purpose.map((what) => ({ does: 'spend codes', purpose: what }) as const) },
      {
        weight: 4,
        arbitrary: fc.constantFrom(
          { does: 'confirm' },
          { does: 'ask for a code to restore' },
          { does: 'spend guesses of a link' },
          { does: 'spend codes of a link' },
        ),
      },
      {
        weight: 2,
        arbitrary: fc
          .constantFrom(undefined, ...PROVIDERS)
          .map((only) => ({ does: 'restore', only }) as const),
      },
      { weight: 1, arbitrary: fc.constant({ does: 'guess at the owner’s address' } as const) },
      { weight: 1, arbitrary: fc.constant({ does: 'link it elsewhere' } as const) },
      { weight: 2, arbitrary: fc.constantFrom(...waits).map((seconds) => ({ does: 'wait', seconds }) as const) },
    )
    .chain((deed) => fc.nat(1000).map((pick) => ({ ...deed, pick }) as Deed));

/** While there is time. */
export const deed = deedOf([1, 61, 301, 601, 3600, 43_200, 86_400]);
/** While the owner is about to get back in. */
export const hindrance = deedOf([1, 5, 20]);

/** Who else there is: none of them is the owner of anything at first. */
const OWN = { wechat: 'eve', qq: 'cleo', email: 0 } as const;
const BROWSERS = ['two', 'three', 'copy'] as const;
const WRONG: Label = 'no code';

/** Somebody who wants to keep somebody else's account. */
export class Attacker {
  private readonly run: Answering;
  private readonly mailbag: Mailbag;
  private readonly account: string;
  /** Methods of the account that he can sign in with. */
  private readonly stolen: readonly Provider[];

  constructor(run: Answering, mailbag: Mailbag, { account, stolen }: { account: string; stolen: readonly Provider[] }) {
    this.run = run;
    this.mailbag = mailbag;
    this.account = account;
    this.stolen = stolen;
  }

  /** Addresses whose mail he reads. */
  get addresses(): string[] {
    const { addresses } = this.run.cast;
    const mine = addresses[OWN.email] ?? '';
    return this.stolen.includes('email') ? [mine, addresses[1] ?? ''] : [mine];
  }

  async does(deed: Deed): Promise<void> {
    const { pick } = deed;
    const browser = this.browserFor(pick);
    const link = this.of(this.mailbag.attackersLinks(), pick);
    switch (deed.does) {
      case 'sign in':
        return this.signIn(this.of(BROWSERS.slice(0, 2), pick) ?? 'two', pick);
      case 'sign out':
        return this.send({ browser, ask: 'DELETE /session' });
      case 'sign out everywhere':
        return this.send({ browser, ask: 'DELETE /sessions' });
      case 'disown': {
        const notices = Object.keys(this.run.state.notices);
        const notice = this.of(notices, pick);
        if (notice) await this.send({ browser, ask: 'POST /account/notices/disown', notice });
        return;
      }
      case 'pass a check':
        return this.passCheck(browser, deed.purpose);
      case 'use a check':
        return this.useCheck(deed.purpose, pick);
      case 'spend guesses':
        return this.repeat(5, { browser, ask: 'POST /otp/verify', purpose: deed.purpose, guess: WRONG }, () =>
          this.send({ browser, ask: 'POST /otp/send', purpose: deed.purpose, fate: 'accepted' }),
        );
      case 'spend codes':
        for (const purpose of PURPOSES) await this.send({ browser, ask: 'POST /otp/send', purpose, fate: 'accepted' });
        return;
      case 'confirm':
        if (link) await this.send({ browser, ask: 'POST /undo', ...link });
        return;
      case 'ask for a code to restore':
        if (link) await this.send({ browser, ask: 'POST /undo/code', ...link, fate: 'accepted' });
        return;
      case 'spend guesses of a link':
        if (link)
          await this.repeat(10, { browser, ask: 'POST /undo/restore', ...link, guess: WRONG }, () =>
            this.send({ browser, ask: 'POST /undo/code', ...link, fate: 'accepted' }),
          );
        return;
      case 'spend codes of a link':
        if (link) await this.send({ browser, ask: 'POST /undo/code', ...link, fate: 'accepted' });
        return;
      case 'restore':
        if (link) await this.restore(browser, link, deed.only);
        return;
      case 'link it elsewhere':
        return this.linkElsewhere();
      case 'guess at the owner’s address':
        return this.guessAtAddress(browser);
      case 'wait':
        return this.run.happens({ happens: 'time passes', seconds: deed.seconds });
    }
  }

  private of<T>(list: readonly T[], pick: number): T | undefined {
    // What came last matters most.
    return pick % 2 === 0 ? list.at(-1) : list[pick % (list.length || 1)];
  }

  /** One that is signed in, if any is. */
  private browserFor(pick: number): string {
    const inside = BROWSERS.filter((browser) => this.isInside(browser));
    return (inside.length > 0 ? inside[pick % inside.length] : undefined) ?? 'two';
  }

  private isInside(browser: string): boolean {
    return signedInBy(this.run.state, jarOf(this.run.state, browser))?.accountId === this.account;
  }

  private async send(command: Command): Promise<void> {
    await this.mailbag.request(command);
  }

  private async repeat(times: number, command: Command, renew: () => Promise<void>): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      if (time % 5 === 0) await renew();
      await this.send(command);
    }
  }

  /** Who he is at a provider: whom he has stolen, or himself. */
  private whoAt(provider: 'wechat' | 'qq'): string {
    const current = methodOf(this.run.state, this.account, provider);
    const own = this.run.cast.people[provider].get(OWN[provider]);
    const isOwn = current?.display === own?.nickname;
    return this.stolen.includes(provider) && !isOwn ? 'bob' : OWN[provider];
  }

  private async signIn(browser: string, pick: number): Promise<void> {
    const { state } = this.run;
    const held = PROVIDERS.filter((provider) => {
      const method = methodOf(state, this.account, provider);
      if (method === undefined || method.isSuspended) return false;
      if (provider === 'email') return this.addresses.includes(method.display);
      return this.stolen.includes(provider) || method.display === this.run.cast.people[provider].get(OWN[provider])?.nickname;
    });
    const provider = held[pick % (held.length || 1)];
    if (provider === undefined) return;
    if (provider === 'email') {
      const address = methodOf(state, this.account, 'email')?.display ?? '';
      const { label: signIn } = await this.mailbag.request({ browser, ask: 'POST /sign-in/email/send', address });
      const guess = this.mailbag.signInCode(signIn) ?? WRONG;
      return this.send({ browser, ask: 'POST /sign-in/email', signIn, guess });
    }
    const { label: flow } = await this.mailbag.request({ browser, ask: 'GET /sign-in', provider });
    return this.send({ browser, ask: 'GET /oauth', at: provider, flow, who: this.whoAt(provider) });
  }

  private async passCheck(browser: string, purpose: Purpose): Promise<void> {
    const { label } = await this.mailbag.request({ browser, ask: 'POST /otp/send', purpose, fate: 'accepted' });
    if (this.mailbag.attackersCodes.has(label))
      await this.send({ browser, ask: 'POST /otp/verify', purpose, guess: label });
  }

  /** With a check that he has passed before, or passes now. */
  private async useCheck(purpose: Purpose, pick: number): Promise<void> {
    const { state } = this.run;
    const passed = BROWSERS.find((browser) => {
      const { session } = jarOf(state, browser);
      return Object.entries(state.challenges).some(
        ([key, { check }]) =>
          key.startsWith(`${this.account} ${purpose} `) &&
          check?.session === session &&
          (check?.verifiedUntil ?? 0) > state.now,
      );
    });
    const browser = passed ?? this.browserFor(pick);
    if (passed === undefined) await this.passCheck(browser, purpose);
    if (purpose === 'only') return this.send({ browser, ask: 'POST /account/only' });
    const [action, provider] = purpose.split('_') as [string, Provider];
    if (action === 'unlink') return this.send({ browser, ask: 'DELETE /links', provider });
    if (action === 'clear') return this.send({ browser, ask: 'POST /links/clear', provider });
    if (provider === 'email') {
      const [address = ''] = this.addresses;
      const { label } = await this.mailbag.request({ browser, ask: 'POST /links/email/send', address, fate: 'accepted' });
      return this.send({ browser, ask: 'POST /links/email', address, guess: label });
    }
    const { label: flow } = await this.mailbag.request({ browser, ask: 'POST /links', provider });
    return this.send({ browser, ask: 'GET /oauth', at: provider, flow, who: this.whoAt(provider) });
  }

  private async restore(browser: string, link: Link, only: Provider | undefined): Promise<void> {
    const more = only === undefined ? {} : { only };
    const known = this.mailbag.restoreCode(link);
    const isKnown = known !== undefined && this.mailbag.attackersCodes.has(known);
    if (isKnown) return this.send({ browser, ask: 'POST /undo/restore', ...link, guess: known, ...more });
    const { label } = await this.mailbag.request({ browser, ask: 'POST /undo/code', ...link, fate: 'accepted' });
    if (this.mailbag.attackersCodes.has(label))
      await this.send({ browser, ask: 'POST /undo/restore', ...link, guess: label, ...more });
  }

  /** Links the WeChat that is his own to an account that is his own. */
  private async linkElsewhere(): Promise<void> {
    const browser = 'elsewhere';
    const { addresses } = this.run.cast;
    const { label: signIn } = await this.mailbag.request({
      browser,
      ask: 'POST /sign-in/email/send',
      address: addresses[2] ?? '',
    });
    await this.send({ browser, ask: 'POST /sign-in/email', signIn, guess: this.mailbag.signInCode(signIn) ?? WRONG });
    const purpose = 'link_wechat';
    const { label: guess } = await this.mailbag.request({ browser, ask: 'POST /otp/send', purpose, fate: 'accepted' });
    await this.send({ browser, ask: 'POST /otp/verify', purpose, guess });
    const { label: flow } = await this.mailbag.request({ browser, ask: 'POST /links', provider: 'wechat' });
    await this.send({ browser, ask: 'GET /oauth', at: 'wechat', flow, who: OWN.wechat });
  }

  private async guessAtAddress(browser: string): Promise<void> {
    const address = this.run.cast.addresses[1] ?? '';
    const { label: signIn } = await this.mailbag.request({ browser, ask: 'POST /sign-in/email/send', address });
    for (let guess = 0; guess < 5; guess += 1)
      await this.send({ browser, ask: 'POST /sign-in/email', signIn, guess: WRONG });
  }
}
