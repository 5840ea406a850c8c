import type { Provider } from '../linking/identity.ts';
import type { Language } from '../linking/language.ts';
import { type EpochSeconds, toIso } from '../linking/rules.ts';
import { linkParagraph, mailPage, paragraph, strongParagraph } from './html.ts';
import { NOTICE_WORDS, type NoticeWords, type Topic } from './notice-words.ts';

/** What the message of a notice is made of. A nickname or a browser's name is no part of it: an attacker chooses both. */
export interface NoticeContent {
  readonly type: Exclude<Topic, 'attempt'>;
  /** Of `suspended`: nothing was suspended, but a sign-in was refused because it is. */
  readonly isAttempt?: true;
  /** What was linked, suspended or cleared; or what was signed in with. */
  readonly provider: Provider;
  /** Masked; shown where it is an address. */
  readonly display: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly ip: string;
  readonly brand: string;
  /** Codes can be sent to the owner; without a phone nothing can be put back. */
  readonly hasPhone: boolean;
  /** Where "this wasn't me" is said, or a suspension lifted; absent where the channel gets no link. */
  readonly undoUrl?: string;
  /** When the link expires. */
  readonly expiresAt: EpochSeconds;
}

const topicOf = ({ type, isAttempt }: NoticeContent): Topic => (isAttempt ? 'attempt' : type);

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
function describe(content: NoticeContent, words: NoticeWords, account: string): string {
  const { provider, display, at } = content;
  const name = words.method(provider);
  return words.happened[topicOf(content)]({
    method: provider === 'email' ? `${name} ${display}` : name,
    signIn: words.signIn(provider),
    account,
    when: words.zoned(formatTime(at, words)),
  });
}

/** What the owner can do, in an SMS. */
function smsNext(content: NoticeContent, words: NoticeWords): string {
  const { undoUrl, expiresAt } = content;
  const { sms } = words;
  if (undoUrl === undefined) return sms.lookYourself;
  const until = formatTime(toIso(expiresAt), words);
  switch (topicOf(content)) {
    case 'suspended':
      return sms.clear(until, undoUrl);
    case 'attempt':
      return sms.clearIfYou(until, undoUrl);
    case 'frozen':
      return sms.recover(until, undoUrl);
    default:
      return sms.disown(until, undoUrl);
  }
}

export function noticeSms(content: NoticeContent, language: Language): string {
  const words = NOTICE_WORDS[language];
  const happened = describe({ ...content, display: clipped(content.display) }, words, words.account());
  return `${words.sms.signature(content.brand)}${happened}${smsNext(content, words)}`;
}

/** What the owner can do, in a mail. */
function mailNext(content: NoticeContent, words: NoticeWords): string[] {
  const { provider, hasPhone, undoUrl, expiresAt } = content;
  const topic = topicOf(content);
  const until = words.zoned(formatTime(toIso(expiresAt), words));
  const { wasYou, lookYourself } = words;
  switch (topic) {
    case 'frozen':
      return [lookYourself];
    case 'suspended':
    case 'attempt':
      if (undoUrl !== undefined) return [words.clear(until)];
      return hasPhone ? [words.clearByPhone, lookYourself] : [lookYourself];
    default: {
      if (undoUrl === undefined) return [wasYou, lookYourself];
      const suspended = topic === 'unlinked' ? undefined : words.signIn(provider);
      const restore = hasPhone ? [words.restore(words.restored[topic])] : [];
      return [wasYou, words.disown(until, suspended), ...restore];
    }
  }
}

interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

interface Section {
  readonly language: Language;
  readonly heading: string;
  /** What is set in bold, and what follows it. */
  readonly strong: readonly string[];
  readonly plain: readonly string[];
  readonly link?: { readonly label: string; readonly url: string };
}

/** One mail that says the same in each of its languages, one after the other. */
function mailOf(brand: string, sections: readonly Section[]): Mail {
  const subject = `${brand} ${sections.map(({ heading }) => heading).join(' / ')}`;
  const texts = sections.flatMap(({ strong, plain, link }) => [
    ...strong,
    ...plain,
    ...(link ? [link.url] : []),
  ]);
  return {
    subject,
    text: [...texts, brand].join('\n\n').concat('\n'),
    html: mailPage({
      subject,
      brand,
      sections: sections.map(({ language, heading, strong, plain, link }) => ({
        language,
        heading,
        body: [
          ...strong.map(strongParagraph),
          ...plain.map(paragraph),
          ...(link ? [linkParagraph(link.label, link.url)] : []),
        ].join('\n'),
      })),
    }),
  };
}

export function noticeMail(content: NoticeContent, languages: readonly Language[]): Mail {
  const { provider, ip, brand, undoUrl } = content;
  const topic = topicOf(content);
  const isClearing = topic === 'suspended' || topic === 'attempt';
  const sections = languages.map((language) => {
    const words = NOTICE_WORDS[language];
    const label = isClearing ? words.buttons.clear : words.buttons.disown;
    return {
      language,
      heading: words.subjects[topic](provider),
      strong: [describe(content, words, words.account(brand)), words.from(ip)],
      plain: mailNext(content, words),
      ...(undoUrl !== undefined && { link: { label, url: undoUrl } }),
    };
  });
  return mailOf(brand, sections);
}

/** Tells the owner of an address that its guesses are spent. */
export function lockedMail(brand: string, languages: readonly Language[]): Mail {
  const sections = languages.map((language) => {
    const { subject, what, next } = NOTICE_WORDS[language].lockedAddress;
    return { language, heading: subject, strong: [], plain: [what(brand), next] };
  });
  return mailOf(brand, sections);
}
