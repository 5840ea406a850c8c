import {
  type Action,
  type CodePurpose,
  type Provider,
  parsePurpose,
  type WayIn,
} from '../linking/identity.ts';
import type { Language } from '../linking/language.ts';
import { METHOD_NAMES, zhMethod, zhSignIn } from './method-names.ts';

/** A mailed code signs in, or proves that the address to be linked is read by the person who links it. */
export type MailPurpose = 'sign_in' | 'link_email';

/** The sentences of one mail; the code stands between `intro` and `validity`. */
export interface MailSentences {
  subject: string;
  heading: string;
  intro: string;
  validity: string;
  secrecy: string;
  notYou: string;
}

interface Filling {
  validMinutes: number;
  brand: string;
}

interface Catalogue {
  /** What an identity check by SMS opens. */
  actions: Record<Exclude<Action, 'clear'>, (provider: Provider) => string> & {
    clear: (way: WayIn) => string;
  };
  /** What other codes by SMS are for. */
  only: string;
  restore: string;
  sms(filling: Filling & { code: string; action: string }): string;
  mail: Record<MailPurpose, (filling: Filling) => MailSentences>;
}

const minutesInEnglish = (minutes: number) => `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;

const zhMail = ({ validMinutes, brand }: Filling) => ({
  validity: `验证码在 ${validMinutes} 分钟内有效，只能使用一次。`,
  secrecy: `请勿将验证码告诉任何人，${brand} 的工作人员也不会向您索要。`,
});

const enMail = ({ validMinutes, brand }: Filling) => ({
  validity: `The code is valid for ${minutesInEnglish(validMinutes)} and works once.`,
  secrecy: `Do not give this code to anyone. Nobody at ${brand} will ever ask you for it.`,
});

/** Every sentence we send, in both languages side by side. The types make a missing one a compile error. */
export const CATALOGUE: Record<Language, Catalogue> = {
  'zh-CN': {
    actions: {
      link: (provider) => `关联${zhMethod(provider)}`,
      unlink: (provider) => `解绑${zhMethod(provider)}`,
      clear: (way) => `恢复使用${zhSignIn(way)}`,
    },
    only: '仅保留当前登录方式',
    restore: '恢复账号',
    sms: ({ code, validMinutes, brand, action }) =>
      `【${brand}】验证码 ${code}，用于${action}，${validMinutes} 分钟内有效。请勿告诉任何人。如非本人操作，请检查账号。`,
    mail: {
      sign_in: (filling) => ({
        subject: `${filling.brand} 登录验证码`,
        heading: '登录验证码',
        intro: `您正在用邮箱登录 ${filling.brand}，请在登录页面输入以下验证码：`,
        ...zhMail(filling),
        notYou: '如非本人操作，请忽略此邮件：没有验证码，任何人都无法用此邮箱登录。',
      }),
      link_email: (filling) => ({
        subject: `${filling.brand} 关联邮箱验证码`,
        heading: '关联邮箱验证码',
        intro: `您正在将此邮箱关联到一个 ${filling.brand} 账号，请在关联邮箱的窗口输入以下验证码：`,
        ...zhMail(filling),
        notYou: '如非本人操作，请忽略此邮件：没有验证码，此邮箱不会被关联。',
      }),
    },
  },
  en: {
    actions: {
      link: (provider) => (provider === 'email' ? 'link an email' : `link ${METHOD_NAMES.en[provider]}`),
      unlink: (provider) =>
        provider === 'email' ? 'unlink your email' : `unlink ${METHOD_NAMES.en[provider]}`,
      clear: (way) => `use ${METHOD_NAMES.en[way]} to sign in again`,
    },
    only: 'keep only one way to sign in',
    restore: 'restore your account',
    sms: ({ code, validMinutes, brand, action }) =>
      `${brand}: ${code} is your code to ${action}. Valid ${validMinutes} min. Never share it, not even with our staff. ` +
      'Not you? Check your account now.',
    mail: {
      sign_in: (filling) => ({
        subject: `Your ${filling.brand} sign-in code`,
        heading: 'Sign-in code',
        intro: `You’re signing in to ${filling.brand} with your email. Enter this code on the sign-in page:`,
        ...enMail(filling),
        notYou:
          'If this wasn’t you, ignore this email: without the code, nobody can sign in with this address.',
      }),
      link_email: (filling) => ({
        subject: `Your ${filling.brand} code to link this email`,
        heading: 'Code to link this email',
        intro: `You’re linking this address to a ${filling.brand} account. Enter this code where you’re linking it:`,
        ...enMail(filling),
        notYou: 'If this wasn’t you, ignore this email: without the code, this address won’t be linked.',
      }),
    },
  },
};

/** What a code by SMS is for, as its sentence says it. */
export function actionText(purpose: CodePurpose, language: Language): string {
  const { actions, only, restore } = CATALOGUE[language];
  if (purpose === 'restore') return restore;
  const parts = parsePurpose(purpose);
  if (parts.action === 'only') return only;
  return parts.action === 'clear' ? actions.clear(parts.provider) : actions[parts.action](parts.provider);
}
