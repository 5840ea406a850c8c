import { signedInBy } from './accounts.ts';
import type { Answering } from './alone.ts';
import type { Answer } from './answers.ts';
import type { Command } from './commands.ts';
import type { Mailbag } from './mailbag.ts';
import { isSamePerson, onlyOf, restorationOf } from './notices.ts';
import { jarOf, type Label, type Method, methodOf, PROVIDERS, type Provider, type State } from './state.ts';

/** The owner, who has the phone and one way in. Does as a person would: signs in; and where that is hindered, takes the newest link. */
export class Owner {
  private readonly run: Answering;
  private readonly mailbag: Mailbag;
  private readonly account: string;
  private readonly browser: string;
  private readonly mine: Provider;
  private readonly me: Method;
  private isHindered = false;
  private newsSeen: number;
  private readonly useless = new Set<Label>();
  private link?: Label | undefined;
  private flow?: Label | undefined;
  private step: 'send' | 'verify' | 'only' = 'send';
  private code?: Label;
  private isInside: boolean;
  readonly did: string[] = [];
  private patience = 0;
  /** As a page tells him. */
  private readonly askAgainAt: Record<string, number> = {};

  constructor(
    run: Answering,
    mailbag: Mailbag,
    account: string,
    me: { provider: Provider; method: Method },
    browser = 'one',
  ) {
    this.browser = browser;
    this.run = run;
    this.mailbag = mailbag;
    this.account = account;
    this.mine = me.provider;
    this.me = me.method;
    this.newsSeen = mailbag.news;
    this.isInside = false;
    // He was told of it.
    if (process.env['LINKS_FIRST'] || !this.isThere()) this.isHindered = true;
  }

  get state(): State {
    return this.run.state;
  }

  isSignedIn(): boolean {
    return signedInBy(this.state, jarOf(this.state, this.browser))?.accountId === this.account;
  }

  /** Whether there is no way in but his, and nobody inside but him. */
  isAlone(): boolean {
    const { state } = this;
    const ways = PROVIDERS.flatMap((provider) => methodOf(state, this.account, provider) ?? []);
    const open = ways.filter(({ isSuspended }) => !isSuspended);
    const current = methodOf(state, this.account, this.mine);
    const isOwn =
      open.length === 1 && current !== undefined && open[0] === current && isSamePerson(current, this.me);
    const others = Object.keys(state.sessions).filter(
      (session) =>
        session !== jarOf(state, this.browser).session &&
        signedInBy(state, { session })?.accountId === this.account,
    );
    return isOwn && others.length === 0;
  }

  private isThere(): boolean {
    const current = methodOf(this.state, this.account, this.mine);
    return current !== undefined && isSamePerson(current, this.me);
  }

  /** Whether he still has what the promise asks of him. */
  hasWayBack(): boolean {
    const current = methodOf(this.state, this.account, this.mine);
    if (current && isSamePerson(current, this.me)) return true;
    return Object.values(this.state.notices).some(
      ({ account, type, provider, before, expiresAt }) =>
        account === this.account &&
        provider === this.mine &&
        (type === 'unlinked' || type === 'replaced') &&
        before !== undefined &&
        isSamePerson(before, this.me) &&
        expiresAt > this.state.now + 300,
    );
  }

  /** One request. */
  async next(): Promise<void> {
    if (this.mailbag.news > this.newsSeen) this.isHindered = true;
    this.newsSeen = this.mailbag.news;
    if (this.link !== undefined) {
      const guess = this.mailbag.restoreCode({ notice: this.link, by: 'sms' });
      if (guess !== undefined) return this.restore(this.link, guess);
    }
    const link = this.isHindered ? this.newestLink() : undefined;
    if (link !== undefined) return this.askForCode(link);
    if (this.isInside) return this.keepOnly();
    return this.signIn();
  }

  private newestLink(): Label | undefined {
    const { state } = this;
    const isThere = this.isThere();
    return this.mailbag.phoneLinks.findLast((label) => {
      const notice = state.notices[label];
      if (notice === undefined || this.useless.has(label)) return false;
      if (notice.expiresAt <= state.now || notice.isPutBack) return false;
      if (!onlyOf(state, notice).includes(this.mine)) return false;
      const found = restorationOf(state, notice);
      if (found?.restore === 'link' && notice.provider === this.mine)
        return isSamePerson(found.method, this.me);
      return isThere;
    });
  }

  private async ask(command: Command): Promise<{ answer: Answer; label: Label; isFine: boolean }> {
    const due = Math.max(
      this.askAgainAt[command.ask] ?? 0,
      command.ask === 'POST /undo/code' ? this.patience : 0,
    );
    if (due > this.state.now)
      await this.run.happens({ happens: 'time passes', seconds: due - this.state.now });
    const { answer, label } = await this.mailbag.request(command);
    // What tells of his own doing is no news.
    this.newsSeen = this.mailbag.news;
    if (typeof answer['resendAt'] === 'string' && command.ask !== 'POST /undo/code')
      this.askAgainAt[command.ask] = Date.parse(answer['resendAt']) / 1000;
    this.did.push(`${command.ask} ${answer['status']} ${answer['code'] ?? answer['result'] ?? ''}`);
    const isFine = Number(answer['status']) < 400 && (answer['result'] ?? 'signed_in') === 'signed_in';
    if (!isFine) this.isHindered = true;
    return { answer, label, isFine };
  }

  private async askForCode(notice: Label): Promise<void> {
    const link = { notice, by: 'sms' } as const;
    const { answer } = await this.ask({
      browser: this.browser,
      ask: 'POST /undo/code',
      ...link,
      fate: 'accepted',
    });
    if (answer['code'] === 'too_soon') this.waits(answer);
    if (answer['status'] === 202) this.link = notice;
    else if (answer['code'] !== 'too_soon') this.useless.add(notice);
  }

  /** He is told when to try again. */
  private waits({ retryAfter }: Answer): void {
    this.patience = this.state.now + Number(retryAfter);
  }

  private async restore(notice: Label, guess: Label): Promise<void> {
    const link = { notice, by: 'sms', only: this.mine } as const;
    const { answer, isFine } = await this.ask({
      browser: this.browser,
      ask: 'POST /undo/restore',
      ...link,
      guess,
    });
    this.link = undefined;
    this.flow = undefined;
    this.isInside = false;
    if (isFine) this.isHindered = false;
    // The code has no guesses left, or the link has none.
    else if (answer['code'] === 'too_many_attempts' && Number(answer['retryAfter']) <= 60) this.waits(answer);
    else this.useless.add(notice);
  }

  private async keepOnly(): Promise<void> {
    if (this.step === 'send') {
      const { label } = await this.ask({
        browser: this.browser,
        ask: 'POST /otp/send',
        purpose: 'only',
        fate: 'accepted',
      });
      this.code = label;
      this.step = 'verify';
    } else if (this.step === 'verify') {
      await this.ask({
        browser: this.browser,
        ask: 'POST /otp/verify',
        purpose: 'only',
        guess: this.code ?? '',
      });
      this.step = 'only';
    } else {
      await this.ask({ browser: this.browser, ask: 'POST /account/only' });
      this.step = 'send';
    }
    if (this.isHindered) {
      this.isInside = false;
      this.step = 'send';
    }
  }

  async signIn(): Promise<void> {
    const { flow } = this;
    const email = this.mine === 'email';
    if (flow === undefined) {
      const { label, isFine } = await this.ask(
        this.mine === 'email'
          ? { browser: this.browser, ask: 'POST /sign-in/email/send', address: this.me.display }
          : { browser: this.browser, ask: 'GET /sign-in', provider: this.mine },
      );
      if (isFine) this.flow = label;
      return;
    }
    this.flow = undefined;
    const { isFine } = await this.ask(
      this.mine === 'email'
        ? {
            browser: this.browser,
            ask: 'POST /sign-in/email',
            signIn: flow,
            guess: this.mailbag.signInCode(flow) ?? '',
          }
        : { browser: this.browser, ask: 'GET /oauth', at: this.mine, flow, who: 'bob' },
    );
    void email;
    if (isFine) {
      this.isInside = true;
      this.step = 'send';
      this.isHindered = this.isHindered && !this.isAlone();
    }
  }
}
