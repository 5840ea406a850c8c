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
  `<p style="margin:0 0 16px;font-size:16px;line-height:1.6;color:#222">${html}</p>`;

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
  `<p style="margin:0 0 16px;font-size:13px;line-height:1.6;color:#666;word-break:break-all">${escapeHtml(url)}</p>`;

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
<h1 style="margin:0 0 24px;font-size:20px;line-height:1.4;color:#222">${escapeHtml(heading)}</h1>
${body}
</div>`;

/**
 * A mail's HTML around its sections. It loads nothing and needs no style sheet, because mail programs block the one and drop the other.
 */
export function mailPage(mail: {
  readonly subject: string;
  readonly brand: string;
  /** At least one; the page has the language of the first. */
  readonly sections: readonly MailSection[];
}): string {
  const { subject, brand, sections } = mail;
  return `<!doctype html>
<html lang="${sections[0]?.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="format-detection" content="telephone=no">
<meta name="color-scheme" content="light">
<title>${escapeHtml(subject)}</title>
</head>
<body style="margin:0;padding:0;background:#f3f3f3">
<div style="max-width:480px;margin:0 auto;padding:32px 24px;background:#fff;font-family:${font}">
${sections.map(section).join('\n')}
<p style="margin:24px 0 0;font-size:13px;line-height:1.6;color:#666">${escapeHtml(brand)}</p>
</div>
</body>
</html>
`;
}
