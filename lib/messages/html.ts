import type { Language } from '../linking/language.ts';

const htmlEntities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string) =>
  text.replace(/[&<>"']/g, (character) => htmlEntities[character] ?? '');

const font = "-apple-system,'Segoe UI',Roboto,'PingFang SC','Microsoft YaHei',sans-serif";

// Short colours only: a long one can be six digits, and a code is to be the only six digits of its mail.
const wrapParagraph = (html: string) =>
  `<p class="text" style="margin:0 0 16px;font-size:16px;line-height:1.6;color:#222">${html}</p>`;

export const paragraph = (text: string) => wrapParagraph(escapeHtml(text));
export const strongParagraph = (text: string) => wrapParagraph(`<strong>${escapeHtml(text)}</strong>`);

/**
 * A link to press, and the same address as text for programs that show none. `ses:no-track`: where a configuration set tracks clicks, SES
 * makes every other link one of its own (https://docs.aws.amazon.com/ses/latest/dg/faqs-metrics.html).
 */
export const linkParagraph = (label: string, url: string) =>
  wrapParagraph(
    `<a ses:no-track href="${escapeHtml(url)}" style="display:inline-block;padding:8px 16px;border-radius:3px;background:#0052d9;color:#fff;text-decoration:none">${escapeHtml(label)}</a>`,
  ) +
  `<p class="faint" style="margin:0 0 16px;font-size:13px;line-height:1.6;color:#666;word-break:break-all">${escapeHtml(url)}</p>`;

/** What is known of something that happened, a row each: a label and what it is. */
export const factsTable = (facts: readonly (readonly [label: string, value: string])[]) =>
  `<table role="presentation" cellpadding="0" cellspacing="0" width="100%" style="margin:0 0 16px;border-collapse:collapse">${facts
    .map(
      ([label, value]) =>
        `<tr><th scope="row" class="label" style="padding:8px 16px 8px 0;border-bottom:1px solid #ddd;font-size:14px;font-weight:normal;line-height:1.6;color:#666;text-align:left;white-space:nowrap;vertical-align:top">${escapeHtml(label)}</th><td class="text" style="padding:8px 0;border-bottom:1px solid #ddd;font-size:14px;line-height:1.6;color:#222;word-break:break-word">${escapeHtml(value)}</td></tr>`,
    )
    .join('')}</table>`;

/** What a mail says, in one language. */
export interface MailSection {
  readonly language: Language;
  readonly heading: string;
  /** HTML. */
  readonly body: string;
}

const section = ({
  language,
  heading,
  body,
}: MailSection) => `<div lang="${language}" style="margin:0 0 32px">
<h1 class="text" style="margin:0 0 24px;font-size:20px;line-height:1.4;color:#222">${escapeHtml(heading)}</h1>
${body}
</div>`;

const SUPPORT: Record<Language, (helpUrl: string) => string> = {
  'zh-CN': (helpUrl) => `需要帮助？${helpUrl}`,
  en: (helpUrl) => `Need help? ${helpUrl}`,
};
const AUTOMATIC: Record<Language, string> = {
  'zh-CN': '此邮件由系统自动发送，请勿回复。',
  en: 'This is an automatic message. Please don’t reply.',
};

interface Sender {
  readonly brand: string;
  /** Where people find help; '' where there is no such page. */
  readonly helpUrl: string;
}

/** How a mail ends, before its brand. */
export function mailFooter(language: Language, { helpUrl }: Pick<Sender, 'helpUrl'>): string[] {
  return [
    ...(helpUrl === '' ? [] : [SUPPORT[language](helpUrl.replace(/^mailto:/, ''))]),
    AUTOMATIC[language],
  ];
}

/** Dark colours for programs that ask for them. One that drops style sheets shows the light ones, which stand beside each element. */
const DARK = `@media (prefers-color-scheme:dark){.page{background:#111!important}.card{background:#222!important}.text,.code,.brand{color:#eee!important}.code{background:#333!important}.label,.faint{color:#aaa!important}}`;

/**
 * A mail's HTML around its sections. It loads nothing, and needs no style sheet, because mail programs block the one and may drop the other.
 * Tables hold it together in those that know no other layout.
 */
export function mailPage(
  mail: Sender & {
    readonly subject: string;
    /** What lists of mails show after the subject. */
    readonly preheader: string;
    /** At least one; the page has the language of the first. */
    readonly sections: readonly MailSection[];
  },
): string {
  const { subject, preheader, brand, sections } = mail;
  const language = sections[0]?.language ?? 'zh-CN';
  const footer = mailFooter(language, mail)
    .map(
      (line) =>
        `<p class="faint" style="margin:0 0 4px;font-size:13px;line-height:1.6;color:#666">${escapeHtml(line)}</p>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="format-detection" content="telephone=no">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(subject)}</title>
<style>${DARK}</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f3f3f3">
<div style="display:none;max-height:0;overflow:hidden">${escapeHtml(preheader)}</div>
<table role="presentation" cellpadding="0" cellspacing="0" width="100%"><tr><td align="center">
<table role="presentation" class="card" cellpadding="0" cellspacing="0" width="100%" style="max-width:520px;background:#fff;font-family:${font};text-align:left"><tr><td style="padding:32px 24px">
<p class="brand" style="margin:0 0 24px;padding:0 0 16px;border-bottom:1px solid #ddd;font-size:18px;font-weight:bold;line-height:1.4;color:#222">${escapeHtml(brand)}</p>
${sections.map(section).join('\n')}
${footer}
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
}
