import type { Device } from '../linking/browsers.ts';
import type { WayIn } from '../linking/identity.ts';
import type { Language } from '../linking/language.ts';
import type { NoticeType } from '../linking/notice-types.ts';
import { METHOD_NAMES, zhMethod, zhSignIn } from './method-names.ts';

/** What a notice says; `attempt` is a sign-in that a suspension refused. */
export type Topic = NoticeType | 'attempt';

/** Of these there is something to put back once it was said that it was not the owner. */
export type Restorable = Exclude<
  Topic,
  'suspended' | 'attempt' | 'frozen' | 'unfrozen' | 'phone_changed' | 'mail_stopped'
>;

/** What the support desk can do that owners do as well: then it is said who did it. `released`: one subject of a method went. */
export type SupportTopic = 'unlinked' | 'released' | 'cleared' | 'signed_out';

export interface Happening {
  /** As it is called after other words, with its address where it has one. */
  readonly method: string;
  /** As a way to sign in. */
  readonly signIn: string;
  /** The account, with the brand where the message does not begin with it. */
  readonly account: string;
  readonly when: string;
}

export interface NoticeWords {
  readonly locale: string;
  readonly timeZone: string;
  /** A time with its zone. */
  readonly zoned: (time: string) => string;
  readonly method: (provider: WayIn) => string;
  readonly signIn: (provider: WayIn) => string;
  readonly account: (brand?: string) => string;
  readonly subjects: Record<Topic, (provider: WayIn, brand: string) => string>;
  readonly happened: Record<Topic, (happening: Happening) => string>;
  readonly bySupport: Record<SupportTopic, (happening: Happening) => string>;
  /** The names of the facts of a mail. */
  readonly facts: Record<'account' | 'method' | 'phone' | 'time' | 'ip' | 'device', string>;
  /** A browser on a system, by names of ours alone. */
  readonly device: (device: Device) => string;
  readonly wasYou: string;
  /** The same of what the support desk did. */
  readonly askedFor: string;
  /** What confirming behind the link does. @param suspended the way to sign in that it suspends */
  readonly disown: (until: string, suspended: string | undefined) => string;
  readonly disownSupport: (until: string, suspended: string | undefined) => string;
  /** What can be done after that. */
  readonly restore: (what: string) => string;
  readonly restored: Record<Restorable, string>;
  readonly clear: (until: string) => string;
  /** Where to go without a link. */
  readonly clearByPhone: string;
  readonly lookYourself: string;
  /** Where to go with what the company itself has changed. */
  readonly askSupport: string;
  readonly buttons: { readonly disown: string; readonly clear: string };
  readonly sms: {
    readonly signature: (brand: string) => string;
    /** What to open, and what to type there. */
    readonly enter: (url: string, code: string) => string;
    /** @param where a link, or what `enter` says */
    readonly disown: (until: string, where: string) => string;
    readonly disownSupport: (until: string, where: string) => string;
    readonly clear: (until: string, where: string) => string;
    readonly clearIfYou: (until: string, where: string) => string;
    readonly recover: (until: string, where: string) => string;
    readonly lookYourself: string;
    readonly askSupport: string;
    readonly proveMail: string;
  };
  /** Strangers have spent the guesses of an address. */
  readonly lockedAddress: {
    readonly subject: string;
    readonly what: (brand: string) => string;
    readonly next: string;
  };
}

const en = (provider: WayIn) => METHOD_NAMES.en[provider];
/** At the start of a sentence. */
const enSubject = (provider: WayIn) => (provider === 'email' ? 'An email' : en(provider));

/** In English for an SMS only what GSM 03.38 has, such as `'`: one other character makes every part of it half as long. */
export const NOTICE_WORDS: Record<Language, NoticeWords> = {
  'zh-CN': {
    locale: 'zh-CN',
    timeZone: 'Asia/Shanghai',
    zoned: (time) => `${time}（北京时间）`,
    method: zhMethod,
    signIn: zhSignIn,
    account: (brand) => (brand === undefined ? '您的账号' : `您的 ${brand} 账号`),
    subjects: {
      linked: (provider, brand) => `${brand} 账号关联了${zhMethod(provider)}`,
      unlinked: (provider, brand) => `${brand} 账号解绑了${zhMethod(provider)}`,
      replaced: (provider, brand) => `${brand} 账号更换了${zhMethod(provider)}`,
      signed_in: (provider, brand) => `${brand} 账号有新的${zhSignIn(provider)}`,
      frozen: (_provider, brand) => `${brand} 账号已冻结`,
      unfrozen: (_provider, brand) => `${brand} 账号已解除冻结`,
      suspended: (provider, brand) => `${brand} 账号已暂停使用${zhSignIn(provider)}`,
      attempt: (provider, brand) => `${brand} 账号拒绝了一次${zhSignIn(provider)}`,
      cleared: (provider, brand) => `${brand} 账号已恢复使用${zhSignIn(provider)}`,
      signed_out: (_provider, brand) => `${brand} 账号的其他设备已退出登录`,
      locked: (_provider, brand) => `${brand} 账号的身份验证码被多次输错`,
      preferences_changed: (_provider, brand) => `${brand} 账号的通知设置已修改`,
      phone_changed: (_provider, brand) => `${brand} 账号登记的手机已变更`,
      mail_stopped: (_provider, brand) => `${brand} 账号的邮箱收不到邮件`,
    },
    happened: {
      linked: ({ method, account, when }) => `${account}于 ${when}关联了${method}。`,
      unlinked: ({ method, account, when }) => `${account}于 ${when}解绑了${method}。`,
      replaced: ({ method, account, when }) => `${account}于 ${when}改为关联另一个${method}。`,
      signed_in: ({ signIn, account, when }) => `${account}于 ${when}在新设备上通过${signIn}。`,
      frozen: ({ account, when }) =>
        `有人于 ${when}报告${account}有非本人操作：所有设备已退出登录，24 小时内不能关联新的登录方式。`,
      unfrozen: ({ account, when }) => `客服已于 ${when}解除${account}的冻结，可以关联新的登录方式。`,
      suspended: ({ signIn, account, when }) =>
        `${account}于 ${when}暂停使用${signIn}，通过它登录的设备已退出。`,
      attempt: ({ signIn, account, when }) =>
        `有人于 ${when}尝试通过${signIn}${account}，因该登录方式已暂停使用而被拒绝。`,
      cleared: ({ signIn, account, when }) => `${account}于 ${when}恢复使用${signIn}。`,
      signed_out: ({ signIn, account, when }) =>
        `有人通过${signIn}${account}后，于 ${when}退出了其他设备的登录。`,
      locked: ({ signIn, account, when }) =>
        `有人通过${signIn}${account}后多次输错身份验证的验证码，次数已于 ${when}用完。`,
      preferences_changed: ({ signIn, account, when }) =>
        `有人通过${signIn}${account}后，于 ${when}修改了通知的语言或方式。`,
      phone_changed: ({ account, when }) =>
        `${account}登记的手机已于 ${when}变更，之后的验证码不再发送到原来的手机。`,
      mail_stopped: ({ method, account, when }) =>
        `发往${account}的${method} 的邮件被退回或被标为垃圾邮件，已于 ${when}停止发送。`,
    },
    bySupport: {
      unlinked: ({ method, account, when }) => `客服于 ${when}为${account}解绑了${method}。`,
      released: ({ method, account, when }) =>
        `客服于 ${when}更改了${account}关联的${method}，通过它登录的设备已退出。`,
      cleared: ({ signIn, account, when }) => `客服于 ${when}为${account}恢复使用${signIn}。`,
      signed_out: ({ account, when }) => `客服于 ${when}退出了${account}在所有设备上的登录。`,
    },
    facts: {
      account: '账号',
      method: '登录方式',
      phone: '手机',
      time: '时间',
      ip: 'IP 地址',
      device: '设备',
    },
    device: ({ browser, system }) => [system, browser].filter(Boolean).join(' · ') || '未知设备',
    wasYou: '如为本人操作，无需处理。',
    askedFor: '如果是您请客服处理的，无需再做什么。',
    disown: (until, suspended) =>
      `如非本人操作，请在 ${until}前打开下面的链接并确认：所有设备将退出登录，24 小时内不能关联新的登录方式${suspended === undefined ? '' : `，并暂停使用${suspended}`}。`,
    disownSupport: (until, suspended) =>
      `如果您没有请客服处理，请在 ${until}前打开下面的链接并确认：所有设备将退出登录，24 小时内不能关联新的登录方式${suspended === undefined ? '' : `，并暂停使用${suspended}`}。`,
    restore: (what) => `之后凭发送到您手机的验证码，可以${what}，或仅保留一种登录方式。`,
    restored: {
      linked: '解绑它',
      unlinked: '重新关联它',
      replaced: '换回原来的登录方式',
      signed_in: '恢复使用它',
      cleared: '恢复使用它',
      signed_out: '恢复使用它',
      locked: '恢复使用它',
      preferences_changed: '恢复使用它',
    },
    clear: (until) => `要恢复使用，请在 ${until}前打开下面的链接，并输入发送到您手机的验证码。`,
    clearByPhone: '要恢复使用，请打开我们发送到您手机的链接。',
    lookYourself: '如非本人操作，请登录后查看最近活动。',
    askSupport: '如非本人操作，请尽快联系客服。',
    buttons: { disown: '这不是我操作的', clear: '恢复使用' },
    sms: {
      signature: (brand) => `【${brand}】`,
      enter: (url, code) => `${url} 输入 ${code}`,
      disown: (until, where) => `非本人操作请在 ${until} 前打开 ${where}`,
      disownSupport: (until, where) => `如非您要求，请在 ${until} 前打开 ${where}`,
      clear: (until, where) => `要恢复使用请在 ${until} 前打开 ${where}`,
      clearIfYou: (until, where) => `如是您本人，要恢复使用请在 ${until} 前打开 ${where}`,
      recover: (until, where) => `要找回账号请在 ${until} 前打开 ${where}`,
      lookYourself: '如非本人操作，请登录后查看最近活动。',
      askSupport: '如非本人操作，请尽快联系客服。',
      proveMail: '请登录后重新验证或更换邮箱。',
    },
    lockedAddress: {
      subject: '有人多次输错您的登录验证码',
      what: (brand) =>
        `24 小时内，有人用您的邮箱登录 ${brand} 时多次输错验证码。为保护您的账号，没有登录过的浏览器暂时不能用此邮箱登录。`,
      next: '您的账号没有被进入。您仍可在登录过的浏览器上用邮箱登录，或使用账号的其他登录方式。',
    },
  },
  en: {
    locale: 'en-GB',
    timeZone: 'UTC',
    zoned: (time) => `${time} UTC`,
    method: en,
    signIn: en,
    account: (brand) => (brand === undefined ? 'your account' : `your account at ${brand}`),
    subjects: {
      linked: (provider, brand) => `${enSubject(provider)} was linked to your ${brand} account`,
      unlinked: (provider, brand) => `${enSubject(provider)} was unlinked from your ${brand} account`,
      replaced: (provider, brand) => `${enSubject(provider)} of your ${brand} account was replaced`,
      signed_in: (provider, brand) => `New sign-in to your ${brand} account with ${en(provider)}`,
      frozen: (_provider, brand) => `Your ${brand} account is frozen`,
      unfrozen: (_provider, brand) => `Your ${brand} account is no longer frozen`,
      suspended: (provider, brand) => `Signing in to ${brand} with ${en(provider)} is suspended`,
      attempt: (provider, brand) => `A sign-in to your ${brand} account with ${en(provider)} was refused`,
      cleared: (provider, brand) => `Signing in to ${brand} with ${en(provider)} works again`,
      signed_out: (_provider, brand) => `Other devices were signed out of your ${brand} account`,
      locked: (_provider, brand) => `Wrong codes were entered for your ${brand} account`,
      preferences_changed: (_provider, brand) => `The preferences of your ${brand} account were changed`,
      phone_changed: (_provider, brand) => `The phone of your ${brand} account was changed`,
      mail_stopped: (_provider, brand) => `The email of your ${brand} account gets no mail`,
    },
    happened: {
      linked: ({ method, account, when }) => `On ${when}, ${account} was linked to ${method}.`,
      unlinked: ({ method, account, when }) => `On ${when}, ${account} was unlinked from ${method}.`,
      replaced: ({ method, account, when }) =>
        `On ${when}, ${account} was linked to another ${method} in place of the one it had.`,
      signed_in: ({ signIn, account, when }) =>
        `On ${when}, a new device signed in to ${account} with ${signIn}.`,
      frozen: ({ account, when }) =>
        `On ${when}, somebody reported misuse of ${account}: all devices are signed out, nothing can be linked for 24 hours.`,
      unfrozen: ({ account, when }) =>
        `On ${when}, support lifted the freeze of ${account}: new sign-in methods can be linked again.`,
      suspended: ({ signIn, account, when }) =>
        `On ${when}, signing in to ${account} with ${signIn} was suspended. Devices that had used it are signed out.`,
      attempt: ({ signIn, account, when }) =>
        `On ${when}, somebody tried to sign in to ${account} with ${signIn}, and was refused because it is suspended.`,
      cleared: ({ signIn, account, when }) =>
        `On ${when}, the suspension of signing in to ${account} with ${signIn} was lifted.`,
      signed_out: ({ signIn, account, when }) =>
        `On ${when}, somebody who signed in to ${account} with ${signIn} signed out other devices.`,
      locked: ({ signIn, account, when }) =>
        `Somebody who signed in to ${account} with ${signIn} entered wrong codes while verifying, and used up the last try on ${when}.`,
      preferences_changed: ({ signIn, account, when }) =>
        `On ${when}, somebody who signed in to ${account} with ${signIn} changed its notification settings.`,
      phone_changed: ({ account, when }) =>
        `On ${when}, the phone registered for ${account} was changed. Codes no longer go to the one before.`,
      mail_stopped: ({ method, account, when }) =>
        `Mail to the ${method} of ${account} came back or was reported as spam. On ${when} we stopped sending it.`,
    },
    bySupport: {
      unlinked: ({ method, account, when }) => `On ${when}, support unlinked ${account} from ${method}.`,
      released: ({ method, account, when }) =>
        `On ${when}, support changed the ${method} of ${account}. Devices that had used it are signed out.`,
      cleared: ({ signIn, account, when }) =>
        `On ${when}, support lifted the suspension of signing in to ${account} with ${signIn}.`,
      signed_out: ({ account, when }) => `On ${when}, support signed out all devices of ${account}.`,
    },
    facts: {
      account: 'Account',
      method: 'Method',
      phone: 'Phone',
      time: 'Time',
      ip: 'IP address',
      device: 'Device',
    },
    device: ({ browser, system }) => [browser, system].filter(Boolean).join(' on ') || 'Unknown device',
    wasYou: 'If this was you, there’s nothing to do.',
    askedFor: 'If you asked support for this, there’s nothing to do.',
    disown: (until, suspended) =>
      `If this wasn’t you, open the link below before ${until} and confirm: all devices are signed out, nothing can be linked for 24 hours${suspended === undefined ? '' : `, and signing in with ${suspended} is suspended`}.`,
    disownSupport: (until, suspended) =>
      `If you didn’t ask for this, open the link below before ${until} and confirm: all devices are signed out, nothing can be linked for 24 hours${suspended === undefined ? '' : `, and signing in with ${suspended} is suspended`}.`,
    restore: (what) =>
      `With a code sent to your phone you can then ${what}, or keep only one way to sign in.`,
    restored: {
      linked: 'unlink it',
      unlinked: 'link it again',
      replaced: 'put back the one before',
      signed_in: 'use it again',
      cleared: 'use it again',
      signed_out: 'use it again',
      locked: 'use it again',
      preferences_changed: 'use it again',
    },
    clear: (until) =>
      `To use it again, open the link below before ${until} and enter the code that is sent to your phone.`,
    clearByPhone: 'To use it again, open the link that we sent to your phone.',
    lookYourself: 'If this was not you, sign in and look at your recent activity.',
    askSupport: 'If this was not you, please contact support at once.',
    buttons: { disown: 'This wasn’t me', clear: 'Use it again' },
    sms: {
      signature: (brand) => `${brand}: `,
      enter: (url, code) => `${url} and enter ${code}`,
      disown: (until, where) => ` Not you? Before ${until}, open ${where}`,
      disownSupport: (until, where) => ` Did not ask for this? Before ${until}, open ${where}`,
      clear: (until, where) => ` To use it again, before ${until}, open ${where}`,
      clearIfYou: (until, where) =>
        ` If that was you and you want to use it again, before ${until}, open ${where}`,
      recover: (until, where) => ` To get back in, before ${until}, open ${where}`,
      lookYourself: ' If this was not you, sign in and look at your recent activity.',
      askSupport: ' If this was not you, please contact support at once.',
      proveMail: ' Please sign in and verify your email again, or replace it.',
    },
    lockedAddress: {
      subject: 'Wrong sign-in codes were entered for your email',
      what: (brand) =>
        `Within 24 hours somebody entered many wrong codes when signing in to ${brand} with your address. To protect your account, browsers it was never signed in on can’t sign in with this address for now.`,
      next: 'Nobody got into your account. You can still sign in with email on a browser you have used before, or by another method of your account.',
    },
  },
};
