import type { CodePurpose } from '../linking/identity.ts';
import type { Language } from '../linking/language.ts';
import { actionText, CATALOGUE, type MailPurpose } from './catalogue.ts';
import { escapeHtml, mailFooter, mailPage, paragraph, strongParagraph } from './html.ts';

export type { MailPurpose };

/**
 * The SMS of an identity check. In Chinese it starts with the signature in 【】 that mainland carriers require, and fits
 * one UCS-2 segment of 70 characters with a brand of up to 13; in English, with a brand of GSM characters, one segment of 160.
 *
 * @param input.validMinutes how long the code lasts, from the setting that governs it
 */
export function smsText(input: {
  purpose: CodePurpose;
  code: string;
  validMinutes: number;
  language: Language;
  brand: string;
}): string {
  const action = actionText(input.purpose, input.language);
  return CATALOGUE[input.language].sms({ ...input, action });
}

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
  /** Where people find help; '' where there is no such page. */
  helpUrl: string;
}): { subject: string; text: string; html: string } {
  const { subject, heading, intro, validity, secrecy, notYou } =
    CATALOGUE[input.language].mail[input.purpose](input);

  const footer = mailFooter(input.language, input);
  const text = [intro, `    ${input.code}`, validity, secrecy, notYou, ...footer, input.brand]
    .join('\n\n')
    .concat('\n');

  const html = mailPage({
    subject,
    preheader: intro,
    brand: input.brand,
    helpUrl: input.helpUrl,
    sections: [
      {
        language: input.language,
        heading,
        body: `${paragraph(intro)}
<p class="code" style="margin:0 0 16px;padding:16px 0;background:#f3f3f3;text-align:center;font-family:Menlo,Consolas,monospace;font-size:36px;line-height:1.2;letter-spacing:6px;color:#111;-webkit-user-select:all;user-select:all">${escapeHtml(input.code)}</p>
${paragraph(validity)}
${strongParagraph(secrecy)}
${paragraph(notYou)}`,
      },
    ],
  });

  return { subject, text, html };
}
