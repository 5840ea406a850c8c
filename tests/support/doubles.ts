import type { Settings } from '../../lib/config.ts';
import type { EventBus } from '../../lib/events/bus.ts';
import type { OutgoingEvent } from '../../lib/events/events.ts';
import type { AppKind } from '../../lib/linking/identity.ts';
import { notMeUrl } from '../../lib/linking/notice.ts';
import { weChatPlace } from '../../lib/linking/user-agent.ts';
import { type SmsSignature, smsBody } from '../../lib/messages/aws-sms.ts';
import type { Delivery } from '../../lib/messages/delivery.ts';
import type { MailSender } from '../../lib/messages/mail.ts';
import type { NoticeQueue, PendingNotice } from '../../lib/messages/notice-queue.ts';
import type { SmsMessage, SmsSender } from '../../lib/messages/sms.ts';
import {
  type OAuthIdentity,
  type OAuthProvider,
  type OAuthProviderName,
  ProviderError,
} from '../../lib/providers/provider.ts';

export interface SentMessage {
  readonly channel: 'sms' | 'email';
  readonly to: string;
  readonly text: string;
  readonly code: string;
  /** What it meant, of an SMS. */
  readonly sms?: SmsMessage;
}

/** What the next sending comes to. `lost`: it went out, and nobody heard so. */
export type SendingFate = 'accepted' | 'refused' | 'opted out' | 'never sent' | 'lost';

/** The code of a message; notices have none, and what is in their links is no code. */
export function codeIn(text: string): string | undefined {
  return /(?<!\d)\d{6}(?!\d)/.exec(text.replace(/https?:\/\/\S+/g, ''))?.[0];
}

/** Stands for the SMS and mail services; keeps what went out. */
export class Outbox implements MailSender, SmsSender {
  readonly sent: SentMessage[] = [];
  readonly fates: SendingFate[] = [];
  /** Whether SMS may have links; not where they are sent by templates. */
  hasLinks = true;
  /** Those that get none whatever the others do. */
  readonly linkless = new Set<string>();
  private readonly signature: SmsSignature;
  /** Called before each sending, for tests that let something happen just then. */
  beforeSending: () => void | Promise<void> = () => undefined;

  constructor({ BRAND_NAME: brand, CONSOLE_ORIGINS: origins }: Settings) {
    this.signature = { brand, notMeUrl: notMeUrl(origins) };
  }

  takesLinks(to: string): boolean {
    return this.hasLinks && !this.linkless.has(to);
  }

  async send(message: { to: string; text: string } | SmsMessage): Promise<Delivery> {
    await this.beforeSending();
    const fate = this.fates.shift() ?? 'accepted';
    if (fate === 'refused') return { outcome: 'refused', reason: 'ValidationException' };
    if (fate === 'opted out')
      return {
        outcome: 'refused',
        reason: 'ConflictException',
        fault: 'recipient',
        problem: 'recipient_opted_out',
      };
    if (fate === 'never sent') return { outcome: 'unknown', reason: 'TimeoutError' };
    const sms = 'kind' in message && message;
    const text = 'kind' in message ? smsBody(message, this.signature) : message.text;
    this.sent.unshift({
      channel: message.to.includes('@') ? 'email' : 'sms',
      to: message.to,
      text,
      code: codeIn(text) ?? '',
      ...(sms && { sms }),
    });
    return fate === 'lost'
      ? { outcome: 'unknown', reason: 'TimeoutError' }
      : { outcome: 'accepted', messageId: 'id' };
  }

  /** The newest code that went to a phone or address. */
  codeFor(to: string): string {
    const message = this.sent.find((sent) => sent.to === to);
    if (!message) throw new Error('nothing was sent there');
    return message.code;
  }
}

/** Stands for EventBridge; keeps what was published. */
export class RecordingBus implements EventBus {
  readonly published: OutgoingEvent[] = [];
  /** How many of the next publications fail. */
  failing = 0;

  async publish(event: OutgoingEvent): Promise<void> {
    this.failing -= 1;
    if (this.failing >= 0) throw new Error('the bus does not answer');
    this.published.push(event);
  }
}

/** A message of the queue, and when it is to be delivered, in epoch seconds. */
interface Waiting {
  readonly body: string;
  readonly dueAt: number;
}

/** How long a message that failed stays out of sight, as infrastructure/queues.yml has it. */
export const VISIBILITY_SECONDS = 180;

/** Stands for the queue of deferred notices; keeps what waits in it. */
export class WaitingRoom implements NoticeQueue {
  waiting: readonly Waiting[] = [];
  /** How many of the next messages are not taken. */
  failing = 0;
  private readonly now: () => number;

  /** @param now epoch seconds */
  constructor(now: () => number) {
    this.now = now;
  }

  async defer(pending: PendingNotice, delaySeconds: number): Promise<void> {
    this.failing -= 1;
    if (this.failing >= 0) throw new Error('the queue does not answer');
    this.add(JSON.stringify(pending), delaySeconds);
  }

  add(body: string, delaySeconds: number): void {
    this.waiting = [...this.waiting, { body, dueAt: this.now() + delaySeconds }];
  }

  /** Takes out what is due. */
  takeDue(): string[] {
    const due = this.waiting.filter(({ dueAt }) => dueAt <= this.now());
    this.waiting = this.waiting.filter((message) => !due.includes(message));
    return due.map(({ body }) => body);
  }
}

export interface Profile {
  readonly openid: string;
  readonly unionid?: string;
  readonly nickname: string;
  /** Why the profile can't be read, once the person is named. */
  readonly profileFailure?: ProviderError;
  /** WeChat makes the person up. */
  readonly isSnapshot?: true;
}

/** Somebody at WeChat or QQ: everybody has an openid, most have a unionid. */
export const profileOf = (name: string, nickname: string, { unionid = true } = {}): Profile => ({
  openid: `open-${name}`,
  ...(unionid && { unionid: `union-${name}` }),
  nickname,
});

/** Stands for WeChat or QQ: a code is a person's name, good once. */
export class PeopleProvider implements OAuthProvider {
  readonly name: OAuthProviderName;
  readonly people = new Map<string, Profile>();
  readonly usedCodes = new Set<string>();
  beforeIdentifying: (code: string) => void | Promise<void> = () => undefined;
  private readonly appId: string;
  private readonly inAppId: string;

  constructor(name: OAuthProviderName, appId: string, inAppId = '') {
    this.name = name;
    this.appId = appId;
    this.inAppId = inAppId;
  }

  authorizeUrl({ state, redirectUri, ...rest }: Parameters<OAuthProvider['authorizeUrl']>[0]): string {
    const { language, app = 'website' } = rest;
    const query = { state, redirect_uri: redirectUri, language, app };
    return `https://${this.name}.example/authorize?${new URLSearchParams(query)}`;
  }

  chooseApp(userAgent: string): ReturnType<NonNullable<OAuthProvider['chooseApp']>> {
    const place = this.name === 'wechat' ? weChatPlace(userAgent) : 'elsewhere';
    if (place === 'elsewhere') return { app: 'website' };
    return place === 'in_wechat' && this.inAppId !== '' ? { app: 'in_app' } : { deadEnd: place };
  }

  parseCallback(query: URLSearchParams): ReturnType<OAuthProvider['parseCallback']> {
    const state = query.get('state');
    const code = query.get('code');
    if (state === null) return { kind: 'malformed' };
    return code === null ? { kind: 'denied', state } : { kind: 'code', state, code };
  }

  async identify({ code, app }: { code: string; app?: AppKind }): Promise<OAuthIdentity> {
    await this.beforeIdentifying(code);
    const [name = ''] = code.split('~');
    const person = this.people.get(name);
    if (person === undefined || this.usedCodes.has(code))
      throw new ProviderError({ kind: 'start_over', provider: this.name, step: 'token', errcode: 40163 });
    this.usedCodes.add(code);
    const { isSnapshot, ...identity } = person;
    if (isSnapshot) throw new ProviderError({ kind: 'snapshot_user', provider: this.name, step: 'token' });
    return { provider: this.name, appId: app === 'in_app' ? this.inAppId : this.appId, ...identity };
  }
}
