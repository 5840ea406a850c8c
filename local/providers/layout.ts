import type { Context } from 'hono';
import { html, raw } from 'hono/html';
import type { Person } from '../people.ts';
import type { Language } from './language.ts';
import { type Look, style } from './style.ts';

type Markup = ReturnType<typeof html>;

const footers: Record<Language, string> = {
  zh: '这是本机上的模拟页面，与腾讯无关，不会连接真实的服务。',
  en: 'A stand-in on this machine. It is not by Tencent, and connects to no real service.',
};

/** The page in the other language; nothing on the answer to a form, which can't be asked for again. */
function languageSwitch(context: Context, language: Language): Markup | '' {
  if (context.req.method !== 'GET') return '';
  const url = new URL(context.req.url);
  // WeChat's own parameter, which knows `cn` and `en`.
  url.searchParams.set('lang', language === 'en' ? 'cn' : 'en');
  const [lang, name] = language === 'en' ? ['zh-CN', '中文'] : ['en', 'English'];
  return html`<nav class="top"><a href="${url.pathname}${url.search}" lang="${lang}">${name}</a></nav>`;
}

/** A whole page. @param options.wide for what has two columns */
export function page(
  context: Context,
  look: Look,
  language: Language,
  title: string,
  body: Markup,
  options: { status?: 200 | 400 | 404; wide?: boolean } = {},
) {
  const { status = 200, wide = false } = options;
  return context.html(
    html`<!doctype html>
<html lang="${language === 'en' ? 'en' : 'zh-CN'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${raw(style(look))}</style>
</head>
<body><main class="${wide ? 'wide' : ''}">${languageSwitch(context, language)}${body}<footer>${footers[language]}</footer></main></body>
</html>`,
    status,
  );
}

/** A person as something to click. @param wrap makes the link or button around it */
export function personList(
  people: readonly Person[],
  language: Language,
  wrap: (person: Person, inside: Markup) => Markup,
): Markup {
  const items = people.map(
    (person) =>
      html`<li>${wrap(person, html`<span class="face" aria-hidden="true">${[...person.nickname][0]}</span><span class="who"><span lang="zh-CN">${person.nickname}</span><small>${[person.name, person.about?.[language]].filter(Boolean).join(' · ')}</small></span>`)}</li>`,
  );
  return html`<ul>${items}</ul>`;
}

/** What the real service says where a request is wrong, with its own error text. */
export function serviceError(context: Context, look: Look, language: Language, error: string) {
  const title = language === 'en' ? 'Something is wrong with this request' : '请求有误';
  return page(context, look, language, title, html`<h1>${title}</h1><p class="centre">${error}</p>`);
}

/** `scan_as` names nobody: a mistake in the URL, so it gets a status that no script overlooks. */
export function unknownPerson(
  context: Context,
  look: Look,
  language: Language,
  name: string,
  people: readonly Person[],
) {
  const names = people.map((person) => person.name).join(', ');
  const [title, text] =
    language === 'en'
      ? ['No such person', `scan_as=${name} is nobody here. There are: ${names}, and deny to refuse.`]
      : ['没有这个人', `scan_as=${name} 不在这里。可以是：${names}；拒绝请用 deny。`];
  return page(context, look, language, title, html`<h1>${title}</h1><p class="centre">${text}</p>`, {
    status: 400,
  });
}

/** The same authorize URL with an answer for one of the people. */
export function withAnswer(context: Context, name: string): string {
  const url = new URL(context.req.url);
  url.searchParams.set('scan_as', name);
  return `${url.pathname}${url.search}`;
}
