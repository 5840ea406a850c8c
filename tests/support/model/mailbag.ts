import type { Answering } from './alone.ts';
import type { Answer } from './answers.ts';
import type { Command } from './commands.ts';
import type { Link } from './notices.ts';
import { keyOf, type Label } from './state.ts';
import { boundTo } from './undo.ts';

const PHONE = ['POST /otp/send', 'POST /undo/code'];
const MAIL = ['POST /links/email/send'];

/** What goes to phone and mail, and who reads it. Everything is delivered at once. */
export class Mailbag {
  /** Whether the attacker has the phone: what it gets then, he has read. The owner has it all. */
  isPhoneHis = false;
  readonly codesRead = new Set<Label>();
  readonly linksRead: Link[] = [];
  /** Of notices, those that are in the owner's phone with a link, oldest first. */
  readonly phoneLinks: Label[] = [];
  /** How many messages the phone has got of what happened, with a link or without. */
  news = 0;
  private readonly run: Answering;
  private readonly account: string;
  private readonly isHis: (address: string) => boolean;

  constructor(run: Answering, account: string, isHis: (address: string) => boolean) {
    this.run = run;
    this.account = account;
    this.isHis = isHis;
  }

  async request(command: Command): Promise<{ answer: Answer; label: Label }> {
    // No two messages come at the same moment.
    await this.run.happens({ happens: 'time passes', seconds: 1 });
    const reply = await this.run.request(command);
    const { label, answer } = reply;
    if (answer['status'] === 202) {
      const isRead = PHONE.includes(command.ask)
        ? this.isPhoneHis
        : MAIL.includes(command.ask) && 'address' in command && this.isHis(command.address);
      if (isRead) this.codesRead.add(label);
      if (command.ask === 'POST /sign-in/email/send')
        await this.run.request({
          browser: command.browser,
          ask: 'the stream',
          signIn: label,
          fate: 'accepted',
        });
    }
    await this.deliver();
    return reply;
  }

  private async deliver(): Promise<void> {
    const waiting = Object.entries(this.run.state.notices).filter(([, { told }]) => told === undefined);
    for (const [notice] of waiting) {
      await this.run.happens({ happens: 'a notice goes out', notice });
      const { account, told = [] } = this.run.state.notices[notice] ?? {};
      for (const { by, to, hasLink } of told) {
        if (account !== this.account) continue;
        if (by === 'sms') this.news += 1;
        if (!hasLink) continue;
        if (by === 'sms') this.phoneLinks.push(notice);
        if (by === 'sms' ? this.isPhoneHis : this.isHis(to)) this.linksRead.push({ notice, by });
      }
    }
  }

  restoreCode({ notice, by }: Link): Label | undefined {
    const key = keyOf(this.account, 'restore', by === 'mail' ? 'mail' : notice);
    const check = this.run.state.challenges[key]?.check;
    return check?.session === boundTo({ notice, by }) ? check.code?.label : undefined;
  }

  signInCode(signIn: Label): Label | undefined {
    return this.run.state.signIns[signIn]?.code?.label;
  }
}
