import type { Purpose } from '../linking/identity.ts';
import { catalogue, type Language, type MailPurpose } from './catalogue.ts';

export type { Language, MailPurpose };

/**
 * The SMS of an identity check. In Chinese it starts with the signature in 【】 that mainland carriers require, and fits
 * two UCS-2 segments (134 characters); in English, with a brand of GSM characters, one segment of 160.
 *
 * @param input.validMinutes how long the code lasts, from the setting that governs it
 */
export function smsText(input: {
  purpose: Purpose;
  code: string;
  validMinutes: number;
  language: Language;
  brand: string;
}): string {
  const { actions, sms } = catalogue[input.language];
  return sms({ ...input, action: actions[input.purpose] });
}

const htmlEntities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => htmlEntities[character] ?? '');

const font = "-apple-system,'Segoe UI',Roboto,'PingFang SC','Microsoft YaHei',sans-serif";
// Short colours only: a long one can be six digits, and the code is to be the only six digits of the mail.
const paragraph = (text: string) =>
  `<p style="margin:0 0 16px;font-size:16px;line-height:1.6;color:#222">${text}</p>`;

/**
 * The mail with a code, as subject, plain text and HTML. The code is in the body only: subjects show on locked screens
 * and in lists. The HTML loads nothing and needs no style sheet, because mail programs block the one and drop the
 * other; the code is one run of text, large, and selected whole by a tap.
 */
export function mailContent(input: {
  purpose: MailPurpose;
  code: string;
  validMinutes: number;
  language: Language;
  brand: string;
}): { subject: string; text: string; html: string } {
  const { subject, heading, intro, validity, secrecy, notYou } =
    catalogue[input.language].mail[input.purpose](input);

  const text = [intro, `    ${input.code}`, validity, secrecy, notYou, input.brand].join('\n\n').concat('\n');

  const html = `<!doctype html>
<html lang="${input.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="format-detection" content="telephone=no">
<meta name="color-scheme" content="light">
<title>${escapeHtml(subject)}</title>
</head>
<body style="margin:0;padding:0;background:#f3f3f3">
<div style="max-width:480px;margin:0 auto;padding:32px 24px;background:#fff;font-family:${font}">
<h1 style="margin:0 0 24px;font-size:20px;line-height:1.4;color:#222">${escapeHtml(heading)}</h1>
${paragraph(escapeHtml(intro))}
<p style="margin:0 0 16px;padding:16px 0;background:#f3f3f3;text-align:center;font-family:Menlo,Consolas,monospace;font-size:36px;line-height:1.2;letter-spacing:6px;color:#111;-webkit-user-select:all;user-select:all">${escapeHtml(input.code)}</p>
${paragraph(escapeHtml(validity))}
${paragraph(`<strong>${escapeHtml(secrecy)}</strong>`)}
${paragraph(escapeHtml(notYou))}
<p style="margin:24px 0 0;font-size:13px;line-height:1.6;color:#666">${escapeHtml(input.brand)}</p>
</div>
</body>
</html>
`;

  return { subject, text, html };
}
