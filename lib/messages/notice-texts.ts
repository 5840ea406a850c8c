import { parseDevice } from '../linking/browsers.ts';
import type { WayIn } from '../linking/identity.ts';
import type { Language } from '../linking/language.ts';
import { type EpochSeconds, toIso } from '../linking/rules.ts';
import { factsTable, linkParagraph, mailFooter, mailPage, paragraph, strongParagraph } from './html.ts';
import {
  type Happening,
  NOTICE_WORDS,
  type NoticeWords,
  type SupportTopic,
  type Topic,
} from './notice-words.ts';
import type { SmsUndo } from './sms.ts';

/** What every message of a notice is made of. A nickname is no part of it: an attacker chooses it. */
export interface NoticeFacts {
  readonly type: Exclude<Topic, 'attempt'>;
  /** Of `suspended`: nothing was suspended, but a sign-in was refused because it is. */
  readonly isAttempt?: true;
  /** The support desk did it. */
  readonly byOperator?: true;
  /** The method that is there since; of one that the support desk has unlinked, where only a subject of it went. */
  readonly after?: unknown;
  /** What was linked, suspended or cleared; or what was signed in with. */
  readonly provider: WayIn;
  /** Masked; shown where it is an address. */
  readonly display: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** When what undoes it expires. */
  readonly expiresAt: EpochSeconds;
}

/** What its mail is made of. */
export interface NoticeContent extends NoticeFacts {
  readonly ip: string;
  readonly brand: string;
  readonly helpUrl: string;
  readonly accountId: string;
  /** A `User-Agent`, of which no word is repeated. */
  readonly device: string;
  /** Codes can be sent to the owner; without a phone nothing can be put back. */
  readonly hasPhone: boolean;
  /** Where "this wasn't me" is said, or a suspension lifted; absent where the channel gets no link. */
  readonly undoUrl?: string;
}

/** What its SMS is made of. */
export interface NoticeSmsContent extends NoticeFacts {
  readonly brand: string;
  readonly undo: SmsUndo | undefined;
  /** Where a code is typed. */
  readonly notMeUrl: string;
}

/** What its words are about. */
export const topicOf = ({ type, isAttempt }: NoticeFacts): Topic => (isAttempt ? 'attempt' : type);

/** Of what the support desk did. @returns undefined for what nobody else does */
export function supportTopicOf({ type, after }: NoticeFacts): SupportTopic | undefined {
  if (type === 'unlinked') return after === undefined ? 'unlinked' : 'released';
  return type === 'cleared' || type === 'signed_out' ? type : undefined;
}

/** An SMS is billed by its length, and nobody has the longest addresses. Three dots: `…` is not in GSM 03.38. */
const SMS_DISPLAY_MAX = 32;
const clipped = (text: string) =>
  text.length > SMS_DISPLAY_MAX ? `${text.slice(0, SMS_DISPLAY_MAX - 3)}...` : text;

function formatTime(at: string, { locale, timeZone }: NoticeWords): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone,
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(at));
}

/** @param account as the sentence calls it */
function describe(content: NoticeFacts, words: NoticeWords, account: string): string {
  const { provider, display, at, byOperator } = content;
  const name = words.method(provider);
  const happening: Happening = {
    method: provider === 'email' ? `${name} ${display}` : name,
    signIn: words.signIn(provider),
    account,
    when: words.zoned(formatTime(at, words)),
  };
  const support = byOperator ? supportTopicOf(content) : undefined;
  return support ? words.bySupport[support](happening) : words.happened[topicOf(content)](happening);
}

/** What the owner can do, in an SMS. */
function smsNext(content: NoticeSmsContent, words: NoticeWords): string {
  const { undo, notMeUrl, expiresAt } = content;
  const { sms } = words;
  if (content.type === 'phone_changed') return sms.askSupport;
  if (content.type === 'mail_stopped') return sms.proveMail;
  if (undo === undefined) return sms.lookYourself;
  const where = 'url' in undo ? undo.url : sms.enter(notMeUrl, undo.code);
  const until = formatTime(toIso(expiresAt), words);
  switch (topicOf(content)) {
    case 'suspended':
      return sms.clear(until, where);
    case 'attempt':
      return sms.clearIfYou(until, where);
    case 'frozen':
      return sms.recover(until, where);
    default:
      return content.byOperator ? sms.disownSupport(until, where) : sms.disown(until, where);
  }
}

export function noticeSms(content: NoticeSmsContent, language: Language): string {
  const words = NOTICE_WORDS[language];
  const happened = describe({ ...content, display: clipped(content.display) }, words, words.account());
  return `${words.sms.signature(content.brand)}${happened}${smsNext(content, words)}`;
}

/** What the owner can do, in a mail. */
function mailNext(content: NoticeContent, words: NoticeWords): string[] {
  const { undoUrl, hasPhone, expiresAt } = content;
  const topic = topicOf(content);
  const until = words.zoned(formatTime(toIso(expiresAt), words));
  const { lookYourself, askSupport } = words;
  const wasYou = content.byOperator ? words.askedFor : words.wasYou;
  switch (topic) {
    case 'frozen':
    // Of no mail at all, since the address gets none.
    case 'mail_stopped':
      return [lookYourself];
    case 'phone_changed':
      return [wasYou, askSupport];
    case 'suspended':
    case 'attempt':
      if (undoUrl !== undefined) return [words.clear(until)];
      return hasPhone ? [words.clearByPhone, lookYourself] : [lookYourself];
    case 'unfrozen':
      return [wasYou, undoUrl === undefined ? lookYourself : words.disownSupport(until, undefined)];
    default: {
      if (undoUrl === undefined) return [wasYou, lookYourself];
      const disown = content.byOperator ? words.disownSupport : words.disown;
      const restore = hasPhone && hasMethod(content) ? [words.restore(words.restored[topic])] : [];
      return [wasYou, disown(until, suspendedBy(content, words)), ...restore];
    }
  }
}

/** Whether it is about a method that can be suspended or put back. */
function hasMethod(content: NoticeContent): boolean {
  const support = content.byOperator && supportTopicOf(content);
  return support !== 'signed_out' && support !== 'released';
}

/** The way to sign in that saying "this wasn't me" suspends. */
function suspendedBy(content: NoticeContent, words: NoticeWords): string | undefined {
  return content.type === 'unlinked' || !hasMethod(content) ? undefined : words.signIn(content.provider);
}

interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

interface Section {
  readonly language: Language;
  readonly heading: string;
  /** What is set in bold, the facts, and what follows them. */
  readonly strong: readonly string[];
  readonly facts?: readonly (readonly [label: string, value: string])[];
  readonly plain: readonly string[];
  readonly link?: { readonly label: string; readonly url: string };
}

/** One mail that says the same in each of its languages, one after the other. */
function mailOf(
  sender: { readonly brand: string; readonly helpUrl: string },
  sections: readonly Section[],
): Mail {
  const subject = sections.map(({ heading }) => heading).join(' / ');
  const [first] = sections;
  const texts = sections.flatMap(({ strong, facts = [], plain, link }) => [
    ...strong,
    ...(facts.length > 0 ? [facts.map((fact) => fact.join(': ')).join('\n')] : []),
    ...plain,
    ...(link ? [link.url] : []),
  ]);
  const footer = mailFooter(first?.language ?? 'zh-CN', sender);
  return {
    subject,
    text: [...texts, ...footer, sender.brand].join('\n\n').concat('\n'),
    html: mailPage({
      ...sender,
      subject,
      preheader: [...(first?.strong ?? []), ...(first?.plain ?? [])][0] ?? '',
      sections: sections.map(({ language, heading, strong, facts = [], plain, link }) => ({
        language,
        heading,
        body: [
          ...strong.map(strongParagraph),
          ...(facts.length > 0 ? [factsTable(facts)] : []),
          ...plain.map(paragraph),
          ...(link ? [linkParagraph(link.label, link.url)] : []),
        ].join('\n'),
      })),
    }),
  };
}

/** Enough for its owner to know it by, and never six digits in a row: those are codes. */
function maskAccountId(accountId: string): string {
  const shown = accountId.length >= 8 ? 3 : 1;
  return `${accountId.slice(0, shown)}***${accountId.slice(-shown)}`;
}

/** What is known of what happened. Of the caller's own words there is none. */
function listFacts(content: NoticeContent, words: NoticeWords): [string, string][] {
  const { type, provider, display, accountId, at, ip, device } = content;
  const { facts } = words;
  const name = words.method(provider).trim();
  const account: [string, string] = [facts.account, maskAccountId(accountId)];
  const time: [string, string] = [facts.time, words.zoned(formatTime(at, words))];
  // By no method, and from nowhere that we know of.
  if (type === 'phone_changed') return [account, [facts.phone, display], time];
  const method: [string, string] = [facts.method, provider === 'email' ? `${name} ${display}` : name];
  if (content.byOperator)
    return type === 'unlinked' || type === 'cleared' ? [account, method, time] : [account, time];
  return [account, method, time, [facts.ip, ip], [facts.device, words.device(parseDevice(device))]];
}

export function noticeMail(content: NoticeContent, languages: readonly Language[]): Mail {
  const { provider, brand, undoUrl } = content;
  const topic = topicOf(content);
  const isClearing = topic === 'suspended' || topic === 'attempt';
  const isReleased = content.byOperator && supportTopicOf(content) === 'released';
  const sections = languages.map((language) => {
    const words = NOTICE_WORDS[language];
    const label = isClearing ? words.buttons.clear : words.buttons.disown;
    return {
      language,
      heading: words.subjects[isReleased ? 'replaced' : topic](provider, brand),
      strong: [describe(content, words, words.account(brand))],
      facts: listFacts(content, words),
      plain: mailNext(content, words),
      ...(undoUrl !== undefined && { link: { label, url: undoUrl } }),
    };
  });
  return mailOf(content, sections);
}

/** Tells the owner of an address that its guesses are spent. */
export function lockedMail(
  sender: { readonly brand: string; readonly helpUrl: string },
  languages: readonly Language[],
): Mail {
  const sections = languages.map((language) => {
    const { subject, what, next } = NOTICE_WORDS[language].lockedAddress;
    return { language, heading: subject, strong: [], plain: [what(sender.brand), next] };
  });
  return mailOf(sender, sections);
}
