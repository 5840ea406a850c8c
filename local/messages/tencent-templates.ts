import { CATALOGUE } from '../../lib/messages/catalogue.ts';
import {
  CODE_TEMPLATES,
  TEMPLATE_NAMES,
  TEMPLATE_SETS,
  type TemplateKey,
  type TemplateName,
  type TemplateSet,
} from '../../lib/messages/tencent-templates.ts';

/** A template as it is registered with Tencent: `{1}` and so on are its parameters. */
export interface RegisteredTemplate {
  readonly kind: 'code' | 'notice';
  readonly text: string;
  /** Of the international console: for numbers abroad, and for no other. */
  readonly isAbroad: boolean;
}

type CodeName = (typeof CODE_TEMPLATES)[number];
type Texts = Record<TemplateName, string>;

function codeTexts<Names extends CodeName>(
  actions: Record<Names, string>,
  write: (action: string) => string,
): Record<Names, string> {
  const entries = Object.entries<string>(actions).map(([name, action]) => [name, write(action)]);
  return Object.fromEntries(entries) as Record<Names, string>;
}

/** @param word a template of a code abroad has to have the word `code` */
function chineseTexts(notMeUrl: string, word: string): Texts {
  const { only, preferences, export: exported, restore } = CATALOGUE['zh-CN'];
  const actions: Record<CodeName, string> = {
    link: '关联登录方式',
    unlink: '解绑登录方式',
    replace: '更换登录方式',
    clear: '恢复使用登录方式',
    only,
    preferences,
    export: exported,
    restore,
  };
  const write = (action: string) =>
    `${word}{1}，用于${action}，{2} 分钟内有效。请勿告诉任何人。如非本人操作，请检查账号。`;
  return {
    ...codeTexts(actions, write),
    notice_change: `您的账号有新动态：{1}（登录方式：{2}）。如非本人操作，请尽快打开 ${notMeUrl} 输入 {3} 并确认。`,
    notice_support: `客服处理了您的账号：{1}（登录方式：{2}）。如果您没有请客服处理，请尽快打开 ${notMeUrl} 输入 {3} 并确认。`,
    notice_return: `您的账号：{1}（登录方式：{2}）。要恢复使用，请打开 ${notMeUrl} 输入 {3} 并按提示操作。`,
    notice_only: '您的账号有新动态：{1}（登录方式：{2}）。如非本人操作，请登录后查看最近活动。',
    notice_phone: '您的账号登记的手机已变更，之后的短信不再发送到本手机。如非本人操作，请尽快联系客服。',
  };
}

function englishTexts(notMeUrl: string): Texts {
  const { only, preferences, export: exported, restore } = CATALOGUE.en;
  const actions: Record<CodeName, string> = {
    link: 'link a sign-in method',
    unlink: 'unlink a sign-in method',
    replace: 'replace a sign-in method',
    clear: 'use a sign-in method again',
    only,
    preferences,
    export: exported,
    restore,
  };
  const write = (action: string) =>
    `{1} is your code to ${action}. Valid {2} min. Never share it. Not you? Check your account now.`;
  return {
    ...codeTexts(actions, write),
    notice_change: `Activity on your account: {1} (sign-in method: {2}). Not you? Open ${notMeUrl} and enter {3} there.`,
    notice_support: `Support changed your account: {1} (sign-in method: {2}). Did not ask for this? Open ${notMeUrl} and enter {3} there.`,
    notice_return: `Your account: {1} (sign-in method: {2}). To use it again, open ${notMeUrl} and enter {3} there.`,
    notice_only:
      'Activity on your account: {1} (sign-in method: {2}). If this was not you, sign in and look at your recent activity.',
    notice_phone:
      'The phone of your account was changed: this one gets no more messages. If this was not you, please contact support at once.',
  };
}

/**
 * The templates that are registered with Tencent, as docs/sms.md has them to copy.
 *
 * @param notMeUrl the console's /not-me: templates may have links, but none that is a parameter
 */
export function templatesToRegister(notMeUrl: string): ReadonlyMap<TemplateKey, RegisteredTemplate> {
  const texts: Record<TemplateSet, Texts> = {
    cn: chineseTexts(notMeUrl, '验证码 '),
    zh: chineseTexts(notMeUrl, '验证码（code）'),
    en: englishTexts(notMeUrl),
  };
  return new Map(
    TEMPLATE_SETS.flatMap((set) =>
      TEMPLATE_NAMES.map((name): [TemplateKey, RegisteredTemplate] => [
        `${set}.${name}`,
        {
          kind: CODE_TEMPLATES.some((code) => code === name) ? 'code' : 'notice',
          text: texts[set][name],
          isAbroad: set !== 'cn',
        },
      ]),
    ),
  );
}

/** Where ids begin: made up, as long as Tencent's. */
const FIRST_ID = 2_400_001;

/** The setting that has an id for each template of the stand-in: TENCENT_SMS_TEMPLATES. */
export function localTemplateIds(): string {
  const keys = [...templatesToRegister('').keys()];
  return keys.map((key, index) => `${key}=${FIRST_ID + index}`).join(',');
}

/** What the stand-in has under the ids of the setting. An id of a template that there is none of is registered nowhere. */
export function registeredTemplates(
  setting: string,
  notMeUrl: string,
): ReadonlyMap<string, RegisteredTemplate> {
  const texts = templatesToRegister(notMeUrl);
  return new Map(
    setting.split(',').flatMap((entry): [string, RegisteredTemplate][] => {
      const [key = '', id = ''] = entry.trim().split('=');
      const template = texts.get(key as TemplateKey);
      return template ? [[id, template]] : [];
    }),
  );
}
