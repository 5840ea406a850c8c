import { signedInBy } from './accounts.ts';
import type { Answering } from './alone.ts';
import type { Command } from './commands.ts';
import type { Deed } from './deeds.ts';
import type { Mailbag } from './mailbag.ts';
import type { Link } from './notices.ts';
import {
  jarOf,
  type Label,
  methodOf,
  type OAuthProvider,
  PROVIDERS,
  type Provider,
  PURPOSES,
  type Purpose,
} from './state.ts';

/** Who he is where he is nobody else: the account may get these as methods. */
const OWN = { wechat: 'eve', qq: 'cleo', email: 0 } as const;
/** Whose methods he has stolen, and an account that is his. */
const [VICTIM, VICTIMS_ADDRESS, OWN_ACCOUNTS_ADDRESS] = ['bob', 1, 2] as const;
/** Browsers at the account, and one at his own. */
const [BROWSERS, ELSEWHERE] = [['two', 'three', 'copy'], 'elsewhere'] as const;
const WRONG: Label = 'no code';

const lastOf = <T>(list: readonly T[], pick: number): T | undefined =>
  pick % 2 === 0 ? list.at(-1) : list[pick % (list.length || 1)];

/** Somebody who wants to keep an account that is not his. */
export class Attacker {
  private readonly run: Answering;
  private readonly mailbag: Mailbag;
  private readonly account: string;
  /** Methods of the account that are his to sign in with. */
  private readonly stolen: readonly Provider[];

  constructor(
    run: Answering,
    mailbag: Mailbag,
    { account, stolen }: { readonly account: string; readonly stolen: readonly Provider[] },
  ) {
    this.run = run;
    this.mailbag = mailbag;
    this.account = account;
    this.stolen = stolen;
  }

  readsMailTo(address: string): boolean {
    const { addresses } = this.run.cast;
    if (address === addresses[VICTIMS_ADDRESS]) return this.stolen.includes('email');
    return address === addresses[OWN.email] || address === addresses[OWN_ACCOUNTS_ADDRESS];
  }

  async does({ does, pick, purpose, only, seconds }: Deed): Promise<void> {
    const browser = this.browserFor(pick);
    const link = lastOf(this.mailbag.linksRead, pick);
    switch (does) {
      case 'sign in':
        return this.signIn(pick);
      case 'sign out':
        return this.send({ browser, ask: 'DELETE /session' });
      case 'sign out everywhere':
        return this.send({ browser, ask: 'DELETE /sessions' });
      case 'end another session':
        return this.endAnother(browser, pick);
      case 'disown':
        return this.disown(browser, pick);
      case 'pass a check':
        return this.passCheck(browser, purpose);
      case 'use a check':
        return this.afterCheck(purpose, pick);
      case 'spend the guesses of a check':
        return this.spendGuesses(
          { browser, ask: 'POST /otp/verify', purpose, guess: WRONG },
          { browser, ask: 'POST /otp/send', purpose, fate: 'accepted' },
        );
      case 'ask for every code':
        for (const each of PURPOSES)
          await this.send({ browser, ask: 'POST /otp/send', purpose: each, fate: 'accepted' });
        return;
      case 'confirm':
        return link && this.send({ browser, ask: 'POST /undo', ...link });
      case 'ask for a code to restore':
        return link && this.send({ browser, ask: 'POST /undo/code', ...link, fate: 'accepted' });
      case 'spend the guesses of a link':
        return (
          link &&
          this.spendGuesses(
            { browser, ask: 'POST /undo/restore', ...link, guess: WRONG },
            { browser, ask: 'POST /undo/code', ...link, fate: 'accepted' },
          )
        );
      case 'restore':
        return link && this.restore(browser, link, only ?? undefined);
      case 'link it elsewhere':
        return this.linkElsewhere();
      case 'guess at the address':
        return this.guessAtAddress(browser);
      case 'guess at the codes of the phone':
        return this.guessAtPhone();
      case 'wait':
        return this.run.happens({ happens: 'time passes', seconds });
    }
  }

  private async send(command: Command): Promise<void> {
    await this.mailbag.request(command);
  }

  /** One that is signed in, if any is. */
  private browserFor(pick: number): string {
    const { state } = this.run;
    const inside = BROWSERS.filter(
      (browser) => signedInBy(state, jarOf(state, browser))?.accountId === this.account,
    );
    return inside[pick % (inside.length || 1)] ?? BROWSERS[0];
  }

  /** A code and guesses at it, as often as a day allows. */
  private async spendGuesses(guess: Command, renew: Command): Promise<void> {
    const { attempts, failuresPerDay } = this.run.state.rules;
    for (let guesses = 0; guesses < failuresPerDay; guesses += 1) {
      if (guesses % attempts === 0) await this.send(renew);
      await this.send(guess);
    }
  }

  private isHis(provider: Provider): boolean {
    const method = methodOf(this.run.state, this.account, provider);
    if (method === undefined || method.isSuspended) return false;
    if (provider === 'email') return this.readsMailTo(method.display);
    return this.stolen.includes(provider) || this.whoHas(provider) === OWN[provider];
  }

  /** Who the account's method at a provider is. */
  private whoHas(provider: OAuthProvider): string {
    const { state, cast } = this.run;
    const own = cast.people[provider].get(OWN[provider]);
    const isOwn = methodOf(state, this.account, provider)?.display === own?.nickname;
    return isOwn ? OWN[provider] : VICTIM;
  }

  private async signIn(pick: number): Promise<void> {
    const held = PROVIDERS.filter((provider) => this.isHis(provider));
    const provider = held[pick % (held.length || 1)];
    const browser = BROWSERS[pick % 2] ?? BROWSERS[0];
    if (provider === undefined) return;
    if (provider === 'email') {
      const address = methodOf(this.run.state, this.account, provider)?.display ?? '';
      return this.signInByMail(browser, address);
    }
    const { label: flow } = await this.mailbag.request({ browser, ask: 'GET /sign-in', provider });
    await this.send({ browser, ask: 'GET /oauth', at: provider, flow, who: this.whoHas(provider) });
  }

  private async signInByMail(browser: string, address: string): Promise<void> {
    const { label: signIn } = await this.mailbag.request({
      browser,
      ask: 'POST /sign-in/email/send',
      address,
    });
    const guess = this.mailbag.signInCode(signIn) ?? WRONG;
    await this.send({ browser, ask: 'POST /sign-in/email', signIn, guess });
  }

  /** One of the owner's, if there is one. */
  private async endAnother(browser: string, pick: number): Promise<void> {
    const { state } = this.run;
    const own = BROWSERS.map((one) => jarOf(state, one).session);
    const others = Object.keys(state.sessions).filter(
      (session) => !own.includes(session) && signedInBy(state, { session })?.accountId === this.account,
    );
    const session = lastOf(others, pick);
    if (session !== undefined) await this.send({ browser, ask: 'DELETE /sessions/{id}', session });
  }

  private async disown(browser: string, pick: number): Promise<void> {
    const notice = lastOf(Object.keys(this.run.state.notices), pick);
    if (notice !== undefined) await this.send({ browser, ask: 'POST /account/notices/disown', notice });
  }

  private async passCheck(browser: string, purpose: Purpose): Promise<void> {
    const { label } = await this.mailbag.request({
      browser,
      ask: 'POST /otp/send',
      purpose,
      fate: 'accepted',
    });
    if (this.mailbag.codesRead.has(label))
      await this.send({ browser, ask: 'POST /otp/verify', purpose, guess: label });
  }

  /** Does what a check opens; one that was passed before, if there is one. */
  private async afterCheck(purpose: Purpose, pick: number): Promise<void> {
    const passed = BROWSERS.find((browser) => this.hasPassed(browser, purpose));
    const browser = passed ?? this.browserFor(pick);
    if (passed === undefined) await this.passCheck(browser, purpose);
    if (purpose === 'only') return this.send({ browser, ask: 'POST /account/only' });
    // So that the owner hears less, and reads it less.
    if (purpose === 'preferences')
      return this.send({
        browser,
        ask: 'PUT /account/preferences',
        chosen: { notify: 'mail', language: 'en' },
      });
    const [action, provider] = purpose.split('_') as [string, Provider];
    if (action === 'unlink') return this.send({ browser, ask: 'DELETE /links', provider });
    if (action === 'clear') return this.send({ browser, ask: 'POST /links/clear', provider });
    if (provider === 'email') return this.linkAddress(browser);
    return this.linkPerson(browser, provider);
  }

  private hasPassed(browser: string, purpose: Purpose): boolean {
    const { state } = this.run;
    const { session } = jarOf(state, browser);
    return PROVIDERS.some((openedBy) => {
      const check = state.challenges[`${this.account} ${purpose} ${openedBy}`]?.check;
      return check?.session === session && (check?.verifiedUntil ?? 0) > state.now;
    });
  }

  private async linkAddress(browser: string): Promise<void> {
    const address = this.run.cast.addresses[OWN.email] ?? '';
    const mail = { browser, ask: 'POST /links/email/send', address, fate: 'accepted' } as const;
    const { label: guess } = await this.mailbag.request(mail);
    await this.send({ browser, ask: 'POST /links/email', address, guess });
  }

  private async linkPerson(browser: string, provider: OAuthProvider): Promise<void> {
    const { label: flow } = await this.mailbag.request({ browser, ask: 'POST /links', provider });
    await this.send({ browser, ask: 'GET /oauth', at: provider, flow, who: OWN[provider] });
  }

  /** With a code that he has read, now or before. */
  private async restore(browser: string, link: Link, only: Provider | undefined): Promise<void> {
    let guess = this.mailbag.restoreCode(link);
    if (guess === undefined || !this.mailbag.codesRead.has(guess)) {
      const command = { browser, ask: 'POST /undo/code', ...link, fate: 'accepted' } as const;
      guess = (await this.mailbag.request(command)).label;
    }
    if (this.mailbag.codesRead.has(guess))
      await this.send({ browser, ask: 'POST /undo/restore', ...link, guess, ...(only && { only }) });
  }

  /** Links what is his to an account that is his. */
  private async linkElsewhere(): Promise<void> {
    const [browser, purpose] = [ELSEWHERE, 'link_wechat'] as const;
    await this.signInByMail(browser, this.run.cast.addresses[OWN_ACCOUNTS_ADDRESS] ?? '');
    const { label: guess } = await this.mailbag.request({
      browser,
      ask: 'POST /otp/send',
      purpose,
      fate: 'accepted',
    });
    await this.send({ browser, ask: 'POST /otp/verify', purpose, guess });
    await this.linkPerson(browser, 'wechat');
  }

  /** As anybody can who knows the number. */
  private async guessAtPhone(): Promise<void> {
    const { accounts, rules } = this.run.state;
    const phone = accounts[this.account]?.phone ?? '';
    for (let guess = 0; guess < rules.failuresPerDay; guess += 1)
      await this.send({ browser: ELSEWHERE, ask: 'POST /undo/open', phone, notice: 'no notice' });
  }

  private async guessAtAddress(browser: string): Promise<void> {
    const address = this.run.cast.addresses[VICTIMS_ADDRESS] ?? '';
    const { label: signIn } = await this.mailbag.request({
      browser,
      ask: 'POST /sign-in/email/send',
      address,
    });
    for (let guess = 0; guess < this.run.state.rules.attempts; guess += 1)
      await this.send({ browser, ask: 'POST /sign-in/email', signIn, guess: WRONG });
  }
}
