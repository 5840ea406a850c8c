import { type CodePurpose, parsePurpose } from '../linking/identity.ts';
import type { Language } from '../linking/language.ts';
import { isMainland } from '../linking/phone.ts';
import { METHOD_NAMES } from './method-names.ts';
import { supportTopicOf, topicOf } from './notice-texts.ts';
import type { Topic } from './notice-words.ts';
import type { SmsContent, SmsMessage } from './sms.ts';

/**
 * For whom a template is registered with Tencent: mainland China, in Chinese; or abroad, where templates of the mainland can't go, in
 * each language.
 */
export const TEMPLATE_SETS = ['cn', 'zh', 'en'] as const;
export type TemplateSet = (typeof TEMPLATE_SETS)[number];

/** Of a code: what it opens. Its parameters are the code, and for how many minutes it is valid. */
export const CODE_TEMPLATES = [
  'link',
  'unlink',
  'replace',
  'clear',
  'only',
  'preferences',
  'export',
  'restore',
] as const;
type CodeTemplate = (typeof CODE_TEMPLATES)[number];

/**
 * Of a notice: what its owner can do. Parameters are what happened and the method, and where something can be done the code.
 * - `notice_change`, `notice_support`: say that it wasn't them, or that they didn't ask the support desk for it;
 * - `notice_return`: use it again;
 * - `notice_only`: nothing by this SMS;
 * - `notice_phone`: ask the support desk, since the phone was changed. It has no parameters.
 */
export const NOTICE_TEMPLATES = [
  'notice_change',
  'notice_support',
  'notice_return',
  'notice_only',
  'notice_phone',
] as const;
type NoticeTemplate = (typeof NOTICE_TEMPLATES)[number];

export const TEMPLATE_NAMES = [...CODE_TEMPLATES, ...NOTICE_TEMPLATES] as const;
export type TemplateName = (typeof TEMPLATE_NAMES)[number];

/** A template with its set, as settings name it: `cn.link`. */
export type TemplateKey = `${TemplateSet}.${TemplateName}`;

export interface FilledTemplate {
  readonly key: TemplateKey;
  readonly parameters: readonly string[];
}

/**
 * What happened, as short as a parameter has to be: 6 characters on the mainland, where one that is no code may have no more; 12 abroad.
 * https://cloud.tencent.com/document/product/382/13301, https://www.tencentcloud.com/document/product/382/40659
 */
const HAPPENED: Record<Language, Record<Topic | 'released', string>> = {
  'zh-CN': {
    linked: '已关联',
    unlinked: '已解绑',
    replaced: '已更换',
    released: '已更改',
    signed_in: '新设备登录',
    frozen: '已冻结',
    unfrozen: '已解除冻结',
    suspended: '已暂停使用',
    attempt: '登录被拒绝',
    cleared: '已恢复使用',
    signed_out: '退出其他设备',
    locked: '输错验证码',
    preferences_changed: '修改通知设置',
    phone_changed: '更换手机',
    mail_stopped: '邮件被退回',
  },
  en: {
    linked: 'linked',
    unlinked: 'unlinked',
    replaced: 'replaced',
    released: 'changed',
    signed_in: 'new sign-in',
    frozen: 'frozen',
    unfrozen: 'unfrozen',
    suspended: 'suspended',
    attempt: 'refused',
    cleared: 'in use again',
    signed_out: 'signed out',
    locked: 'wrong codes',
    preferences_changed: 'settings',
    phone_changed: 'new phone',
    mail_stopped: 'mail stopped',
  },
};

const codeTemplate = (purpose: CodePurpose): CodeTemplate =>
  purpose === 'restore' ? purpose : parsePurpose(purpose).action;

type NoticeContent = Extract<SmsContent, { kind: 'notice' }>;

function noticeTemplate(content: NoticeContent): { name: NoticeTemplate; code: readonly string[] } {
  if (content.type === 'phone_changed') return { name: 'notice_phone', code: [] };
  const { undo } = content;
  // A link is not taken: `takesLinks` says so, and without one an owner is told at least.
  if (undo === undefined || 'url' in undo) return { name: 'notice_only', code: [] };
  const code = [undo.code];
  if (['suspended', 'attempt', 'frozen'].includes(topicOf(content))) return { name: 'notice_return', code };
  return { name: content.byOperator ? 'notice_support' : 'notice_change', code };
}

function fillNotice(content: NoticeContent, language: Language): [NoticeTemplate, readonly string[]] {
  const { name, code } = noticeTemplate(content);
  if (name === 'notice_phone') return [name, []];
  const isReleased = content.byOperator === true && supportTopicOf(content) === 'released';
  const happened = HAPPENED[language][isReleased ? 'released' : topicOf(content)];
  return [name, [happened, METHOD_NAMES[language][content.provider], ...code]];
}

const ABROAD = { 'zh-CN': 'zh', en: 'en' } as const satisfies Record<Language, TemplateSet>;

/** The template that says what the message means, filled in. */
export function fillTemplate(message: SmsMessage): FilledTemplate {
  const language = isMainland(message.to) ? 'zh-CN' : message.language;
  const set = isMainland(message.to) ? 'cn' : ABROAD[language];
  const [name, parameters]: [TemplateName, readonly string[]] =
    message.kind === 'code'
      ? [codeTemplate(message.purpose), [message.code, String(message.validMinutes)]]
      : fillNotice(message, language);
  return { key: `${set}.${name}`, parameters };
}
