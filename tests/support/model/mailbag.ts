import type { Answering } from './alone.ts';
import type { Answer } from './answers.ts';
import type { Command } from './commands.ts';
import type { Link } from './notices.ts';
import { keyOf, type Label } from './state.ts';
import { boundTo } from './undo.ts';

/** What goes to phone and mail, and who reads it. All of it is delivered at once. */
export class Mailbag {
  /** Whether the attacker reads what the phone gets. The owner has all that it ever got. */
  isPhoneRead = false;
  /** What the attacker has read. */
  readonly codesRead = new Set<Label>();
  readonly linksRead: Link[] = [];
  /** The notices that the phone has a link of, oldest first. */
  readonly phoneLinks: Label[] = [];
  /** How often the phone was told that something happened, with a link or without. */
  news = 0;
  private readonly run: Answering;
  private readonly account: string;
  private readonly isRead: (address: string) => boolean;

  /** @param isRead whether the attacker reads the mail of an address */
  constructor(run: Answering, account: string, isRead: (address: string) => boolean) {
    this.run = run;
    this.account = account;
    this.isRead = isRead;
  }

  async request(command: Command): Promise<{ answer: Answer; label: Label }> {
    // No two messages come at the same moment.
    await this.run.happens({ happens: 'time passes', seconds: 1 });
    const reply = await this.run.request(command);
    const { label, answer } = reply;
    if (answer['status'] === 202) await this.carry(command, label);
    await this.deliver();
    return reply;
  }

  /** A code, to where it was asked for. */
  private async carry(command: Command, label: Label): Promise<void> {
    const { browser, ask } = command;
    if (ask === 'POST /sign-in/email/send')
      await this.run.request({ browser, ask: 'the stream', signIn: label, fate: 'accepted' });
    const isSms = ask === 'POST /otp/send' || ask === 'POST /undo/code';
    if (isSms ? this.isPhoneRead : 'address' in command && this.isRead(command.address))
      this.codesRead.add(label);
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
        if (by === 'sms' ? this.isPhoneRead : this.isRead(to)) this.linksRead.push({ notice, by });
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
