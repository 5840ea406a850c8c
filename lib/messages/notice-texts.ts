import type { Provider } from '../linking/identity.ts';
import type { Language } from '../linking/language.ts';
import type { Notice } from '../linking/notice.ts';
import { linkParagraph, mailPage, paragraph, strongParagraph } from './html.ts';
import { METHOD_NAMES } from './method-names.ts';

/** What the message of a notice is made of. A nickname or a browser's name is no part of it: an attacker chooses both. */
export interface NoticeContent {
  readonly type: Notice['type'];
  readonly provider: Provider;
  /** Masked; shown where it is an address. */
  readonly display: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly ip: string;
  readonly language: Language;
  readonly brand: string;
  /** Where "this wasn't me" is said; absent where there is nothing left to say. */
  readonly undoUrl?: string;
}

interface Happening {
  /** `邮箱 a***e@example.com`, or `微信`. */
  readonly method: string;
  readonly brand: string;
  readonly when: string;
}

interface Words {
  readonly timeZone: { readonly locale: string; readonly name: string; readonly label: string };
  readonly subjects: Record<Notice['type'], (method: string) => string>;
  readonly happened: Record<Notice['type'], (happening: Happening) => string>;
  readonly from: (ip: string) => string;
  readonly wasYou: string;
  readonly notYou: string;
  readonly notYouFrozen: string;
  readonly button: string;
  readonly smsSignature: (brand: string) => string;
  readonly smsUndo: (url: string) => string;
  readonly locked: {
    readonly subject: string;
    readonly what: (brand: string) => string;
    readonly next: string;
  };
}

const WORDS: Record<Language, Words> = {
  'zh-CN': {
    timeZone: { locale: 'zh-CN', name: 'Asia/Shanghai', label: '北京时间' },
    subjects: {
      linked: (method) => `账号关联了${method}`,
      unlinked: (method) => `账号解绑了${method}`,
      replaced: (method) => `账号更换了${method}`,
      signed_in: () => '账号在新设备上登录',
      frozen: () => '账号已冻结',
    },
    happened: {
      linked: ({ method, brand, when }) => `您的 ${brand} 账号于 ${when}关联了${method}。`,
      unlinked: ({ method, brand, when }) => `您的 ${brand} 账号于 ${when}解绑了${method}。`,
      replaced: ({ method, brand, when }) => `您的 ${brand} 账号于 ${when}改为关联另一个${method}。`,
      signed_in: ({ method, brand, when }) => `您的 ${brand} 账号于 ${when}在新设备上通过${method}登录。`,
      frozen: ({ brand, when }) =>
        `有人在 ${when}报告您的 ${brand} 账号有非本人操作：所有设备已退出登录，24 小时内不能关联或解绑。`,
    },
    from: (ip) => `操作来自 IP ${ip}。`,
    wasYou: '如果是您本人操作，无需处理。',
    notYou:
      '如果不是您本人操作，请在 72 小时内打开下面的链接。确认后，所有设备将退出登录，账号在 24 小时内不能关联或解绑。',
    notYouFrozen: '如果不是您报告的，请登录后查看最近活动。',
    button: '这不是我操作的',
    smsSignature: (brand) => `【${brand}】`,
    smsUndo: (url) => `非本人操作请在 72 小时内打开 ${url}`,
    locked: {
      subject: '有人多次输错您的登录验证码',
      what: (brand) =>
        `24 小时内，有人用您的邮箱登录 ${brand} 时多次输错验证码。为保护您的账号，没有登录过的浏览器暂时不能用这个邮箱登录。`,
      next: '您的账号没有被进入。您仍可在登录过的浏览器上用邮箱登录，或使用账号的其他登录方式。',
    },
  },
  en: {
    timeZone: { locale: 'en-GB', name: 'UTC', label: 'UTC' },
    subjects: {
      linked: (method) => `A new way to sign in was linked: ${method}`,
      unlinked: (method) => `A way to sign in was unlinked: ${method}`,
      replaced: (method) => `A way to sign in was replaced: ${method}`,
      signed_in: () => 'Your account was signed in to on a new device',
      frozen: () => 'Your account is frozen',
    },
    happened: {
      linked: ({ method, brand, when }) => `Your account at ${brand} was linked to ${method} (${when}).`,
      unlinked: ({ method, brand, when }) =>
        `Your account at ${brand} was unlinked from ${method} (${when}).`,
      replaced: ({ method, brand, when }) =>
        `Your account at ${brand} was linked to another ${method} in place of the one it had (${when}).`,
      signed_in: ({ method, brand, when }) =>
        `Your account at ${brand} was signed in to by ${method} on a new device (${when}).`,
      frozen: ({ brand, when }) =>
        `Somebody reported a change of your account at ${brand} as not theirs (${when}): all devices are signed out, and nothing can be linked or unlinked for 24 hours.`,
    },
    from: (ip) => `This was done from the IP address ${ip}.`,
    wasYou: 'If this was you, there is nothing to do.',
    notYou:
      'If this was not you, open the link below within 72 hours. Once you confirm, all devices are signed out and nothing can be linked or unlinked for 24 hours.',
    notYouFrozen: 'If this was not you, sign in and look at your recent activity.',
    button: 'This wasn’t me',
    smsSignature: (brand) => `${brand}: `,
    smsUndo: (url) => ` Not you? Within 72 hours open ${url}`,
    locked: {
      subject: 'Somebody entered many wrong sign-in codes for your address',
      what: (brand) =>
        `Within 24 hours somebody entered many wrong codes when signing in to ${brand} with your address. To protect your account, browsers it was never signed in on can’t sign in with this address for now.`,
      next: 'Nobody got into your account. You can still sign in by email on a browser you have used before, or by another method of your account.',
    },
  },
};

function formatTime(at: string, { timeZone: { locale, name, label } }: Words): string {
  const time = new Intl.DateTimeFormat(locale, {
    timeZone: name,
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(at));
  return locale === 'zh-CN' ? `${time}（${label}）` : `${time} ${label}`;
}

/** An SMS is billed by its length, and nobody has the longest addresses. */
const SMS_DISPLAY_MAX = 32;
const clipped = (text: string) =>
  text.length > SMS_DISPLAY_MAX ? `${text.slice(0, SMS_DISPLAY_MAX - 1)}…` : text;

function describeEvent({ type, provider, display, at, brand, language }: NoticeContent): string {
  const words = WORDS[language];
  const name = METHOD_NAMES[language][provider];
  const method = provider === 'email' ? `${name} ${display}` : name;
  return words.happened[type]({ method, brand, when: formatTime(at, words) });
}

export function noticeSms(content: NoticeContent): string {
  const { language, brand, undoUrl } = content;
  const { smsSignature, smsUndo, notYouFrozen } = WORDS[language];
  const next = undoUrl === undefined ? notYouFrozen : smsUndo(undoUrl);
  const happened = describeEvent({ ...content, display: clipped(content.display) });
  return `${smsSignature(brand)}${happened}${next}`;
}

interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export function noticeMail(content: NoticeContent): Mail {
  const { type, provider, ip, language, brand, undoUrl } = content;
  const words = WORDS[language];
  const heading = words.subjects[type](METHOD_NAMES[language][provider]);
  const sentences = [describeEvent(content), words.from(ip)];
  const next = undoUrl === undefined ? [words.notYouFrozen] : [words.wasYou, words.notYou];
  const subject = `${brand} ${heading}`;
  return {
    subject,
    text: [...sentences, ...next, ...(undoUrl === undefined ? [] : [undoUrl]), brand]
      .join('\n\n')
      .concat('\n'),
    html: mailPage({
      language,
      subject,
      heading,
      brand,
      body: [
        ...sentences.map(strongParagraph),
        ...next.map(paragraph),
        ...(undoUrl === undefined ? [] : [linkParagraph(words.button, undoUrl)]),
      ].join('\n'),
    }),
  };
}

/** Tells the owner of an address that its guesses are spent. Nobody knows their language, so it is in both. */
export function lockedMail(brand: string): Mail {
  const [chinese, english] = [WORDS['zh-CN'].locked, WORDS.en.locked];
  const sentences = [chinese, english].flatMap(({ what, next }) => [what(brand), next]);
  const subject = `${brand} ${chinese.subject} / ${english.subject}`;
  return {
    subject,
    text: [...sentences, brand].join('\n\n').concat('\n'),
    html: mailPage({
      language: 'zh-CN',
      subject,
      heading: chinese.subject,
      brand,
      body: sentences.map(paragraph).join('\n'),
    }),
  };
}
