import { signedInBy } from './accounts.ts';
import type { Answering } from './alone.ts';
import type { Answer } from './answers.ts';
import type { Command } from './commands.ts';
import type { Mailbag } from './mailbag.ts';
import { isSamePerson, onlyOf, restorationOf } from './notices.ts';
import { type At, jarOf, type Label, type Method, methodOf, PROVIDERS, type Provider } from './state.ts';

/** Whose account it is, and by which of its methods. */
export interface Ownership {
  readonly account: string;
  readonly provider: Provider;
  readonly method: Method;
}

/** For as long as this a link to put something back must still be good, for there to be time to use it. */
const ENOUGH_SECONDS = 300;

/**
 * The owner has the phone, and one way in that nobody else has. Does what a person would: signs in and says that this is to be the only
 * way in; and where anything is in the way of that, or the phone tells of something, takes the newest link.
 */
export class Owner {
  /** What was asked for, and what came of it. */
  readonly requests: string[] = [];
  private readonly run: Answering;
  private readonly mailbag: Mailbag;
  private readonly own: Ownership;
  private readonly browser: string;
  private isHindered: boolean;
  private isInside = false;
  private newsRead: number;
  /** A sign-in that was begun; a link that a code was sent for; an identity check, and how far it is. */
  private signInBegun: Label | undefined;
  private link: Label | undefined;
  private check: { readonly code: Label; readonly isVerified: boolean } | undefined;
  /** Those that were opened with their code, where SMS have no links. */
  private readonly opened = new Set<Label>();
  /** Links that led nowhere. */
  private readonly useless = new Set<Label>();
  /** When something can be asked for again, as the answers say. */
  private readonly againAt: Partial<Record<Command['ask'], At>> = {};

  constructor(run: Answering, mailbag: Mailbag, own: Ownership, browser = 'one') {
    this.run = run;
    this.mailbag = mailbag;
    this.own = own;
    this.browser = browser;
    this.newsRead = mailbag.news;
    // It was told when it was unlinked.
    this.isHindered = !this.isWayIn();
  }

  isSignedIn(): boolean {
    const { state } = this.run;
    return signedInBy(state, jarOf(state, this.browser))?.accountId === this.own.account;
  }

  /** Whether there is no other way in, and nobody else inside. */
  isAlone(): boolean {
    const { state } = this.run;
    const { account, provider: mine } = this.own;
    const isOpen = (provider: Provider) => methodOf(state, account, provider)?.isSuspended === undefined;
    const open = PROVIDERS.filter((provider) => methodOf(state, account, provider) && isOpen(provider));
    const { session: ownSession } = jarOf(state, this.browser);
    const isOthers = (session: Label) =>
      session !== ownSession && signedInBy(state, { session })?.accountId === account;
    return this.isWayIn() && open.join() === mine && !Object.keys(state.sessions).some(isOthers);
  }

  /** Whether the method is still the account's. */
  private isWayIn(): boolean {
    const { account, provider, method } = this.own;
    const current = methodOf(this.run.state, account, provider);
    return current !== undefined && isSamePerson(current, method);
  }

  /** Whether there is what the promise asks for: the method, or that it was unlinked less than 72 hours ago. */
  hasWayBack(): boolean {
    const { account, provider, method } = this.own;
    const { now, notices } = this.run.state;
    const unlinked = Object.values(notices).filter(
      ({ type, before }) =>
        (type === 'unlinked' || type === 'replaced') && before && isSamePerson(before, method),
    );
    return (
      this.isWayIn() ||
      unlinked.some(
        (notice) =>
          notice.account === account &&
          notice.provider === provider &&
          notice.expiresAt > now + ENOUGH_SECONDS,
      )
    );
  }

  /** Makes one request. */
  async goOn(): Promise<void> {
    if (this.mailbag.news > this.newsRead) this.isHindered = true;
    const link = this.link ?? (this.isHindered ? this.newestLink() : undefined);
    if (link !== undefined && !this.run.state.rules.hasLinks && !this.opened.has(link))
      return this.open(link);
    if (link !== undefined) return this.link === undefined ? this.askForCode(link) : this.restore(link);
    return this.isInside ? this.keepOnly() : this.signIn();
  }

  /** The newest by which the method can be made the only way in: what it does, its page shows. */
  private newestLink(): Label | undefined {
    const { state } = this.run;
    const { provider, method } = this.own;
    return this.mailbag.phoneLinks.findLast((label) => {
      const notice = state.notices[label];
      if (notice === undefined || notice.isPutBack || notice.expiresAt <= state.now) return false;
      if (this.useless.has(label) || !onlyOf(state, notice).includes(provider)) return false;
      const found = restorationOf(state, notice);
      const isLinked = found?.restore === 'link' && notice.provider === provider;
      return isLinked ? isSamePerson(found.method, method) : this.isWayIn();
    });
  }

  private async ask(command: Command): Promise<{ answer: Answer; label: Label; isFine: boolean }> {
    const { now } = this.run.state;
    const again = this.againAt[command.ask] ?? now;
    if (again > now) await this.run.happens({ happens: 'time passes', seconds: again - now });
    const { answer, label } = await this.mailbag.request(command);
    const { status, code, result, resendAt } = answer;
    // Links have an interval each.
    if (typeof resendAt === 'string' && command.ask !== 'POST /undo/code')
      this.againAt[command.ask] = Date.parse(resendAt) / 1000;
    this.requests.push(`${command.ask}: ${code ?? result ?? status}`);
    // What tells of this very request is no news.
    this.newsRead = this.mailbag.news;
    const isFine = Number(status) < 400 && (result ?? 'signed_in') === 'signed_in';
    if (!isFine) this.isHindered = true;
    return { answer, label, isFine };
  }

  private waitToAsk(what: Command['ask'], { retryAfter }: Answer): void {
    this.againAt[what] = this.run.state.now + Number(retryAfter);
  }

  private async open(notice: Label): Promise<void> {
    const { browser, own, run } = this;
    const phone = run.state.accounts[own.account]?.phone ?? '';
    const { isFine } = await this.ask({ browser, ask: 'POST /undo/open', phone, notice });
    if (isFine) this.opened.add(notice);
    else this.useless.add(notice);
  }

  private async askForCode(notice: Label): Promise<void> {
    const { browser } = this;
    const command = { browser, ask: 'POST /undo/code', notice, by: 'sms', fate: 'accepted' } as const;
    const { answer, isFine } = await this.ask(command);
    if (isFine) this.link = notice;
    else if (answer['code'] === 'too_soon') this.waitToAsk('POST /undo/code', answer);
    else this.useless.add(notice);
  }

  private async restore(notice: Label): Promise<void> {
    const { browser, own } = this;
    const link = { notice, by: 'sms' } as const;
    const guess = this.mailbag.restoreCode(link) ?? '';
    const command = { browser, ask: 'POST /undo/restore', ...link, guess, only: own.provider } as const;
    const { answer, isFine } = await this.ask(command);
    this.link = undefined;
    this.forget();
    if (isFine) this.isHindered = false;
    // Of the code the guesses are spent, or of the link.
    else if (Number(answer['retryAfter']) <= this.run.state.rules.resend)
      this.waitToAsk('POST /undo/code', answer);
    else this.useless.add(notice);
  }

  /** Whatever was under way ends with the session. */
  private forget(): void {
    this.isInside = false;
    this.signInBegun = undefined;
    this.check = undefined;
  }

  private async keepOnly(): Promise<void> {
    const { browser, check } = this;
    const purpose = 'only';
    if (check === undefined) {
      const { label } = await this.ask({ browser, ask: 'POST /otp/send', purpose, fate: 'accepted' });
      this.check = { code: label, isVerified: false };
    } else if (!check.isVerified) {
      await this.ask({ browser, ask: 'POST /otp/verify', purpose, guess: check.code });
      this.check = { ...check, isVerified: true };
    } else {
      await this.ask({ browser, ask: 'POST /account/only' });
    }
    if (this.isHindered) this.forget();
  }

  async signIn(): Promise<void> {
    const { browser, signInBegun, own, mailbag } = this;
    const { provider, method } = own;
    if (signInBegun === undefined) {
      const { label, isFine } = await this.ask(
        provider === 'email'
          ? { browser, ask: 'POST /sign-in/email/send', address: method.display }
          : { browser, ask: 'GET /sign-in', provider },
      );
      if (isFine) this.signInBegun = label;
      return;
    }
    this.forget();
    const { isFine } = await this.ask(
      provider === 'email'
        ? {
            browser,
            ask: 'POST /sign-in/email',
            signIn: signInBegun,
            guess: mailbag.signInCode(signInBegun) ?? '',
          }
        : { browser, ask: 'GET /oauth', at: provider, flow: signInBegun, who: 'bob' },
    );
    this.isInside = isFine;
  }
}
