import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Person } from '../people.ts';
import type { Language } from './language.ts';

type Markup = ReturnType<typeof html>;

/** The look of a stand-in's pages: its colours only, no marks of anybody's. */
export interface Look {
  readonly colour: string;
  readonly soft: string;
}

const style = (look: Look) => `
:root { --brand: ${look.colour}; --soft: ${look.soft}; --text: #1c1e21; --faint: #6b7280; --line: #e5e7eb; }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; background: var(--soft); color: var(--text); font: 15px/1.6 -apple-system, 'Segoe UI', Roboto, 'PingFang SC', 'Microsoft YaHei', sans-serif; }
main { max-width: 420px; margin: 0 auto; padding: 32px 24px 40px; background: #fff; min-height: 100vh; }
@media (min-width: 480px) { main { margin: 32px auto; min-height: 0; border-radius: 14px; box-shadow: 0 6px 30px #0000001a; } }
h1 { font-size: 20px; text-align: center; margin: 0 0 4px; }
h2 { font-size: 14px; font-weight: 600; color: var(--faint); margin: 28px 0 8px; }
p { margin: 8px 0; } .centre { text-align: center; } .faint { color: var(--faint); font-size: 13px; }
.qr { display: block; width: 220px; height: 220px; margin: 16px auto 8px; border: 1px solid var(--line); border-radius: 10px; }
ul { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: 1fr 1fr; gap: 10px; }
.person { display: flex; width: 100%; gap: 10px; align-items: center; padding: 8px 12px; border: 1px solid var(--line); border-radius: 10px; background: #fff; color: inherit; font: inherit; text-align: left; text-decoration: none; cursor: pointer; }
.person:hover { border-color: var(--brand); background: var(--soft); }
.face { flex: none; width: 34px; height: 34px; border-radius: 8px; background: var(--brand); color: #fff; display: grid; place-items: center; }
.person small { display: block; color: var(--faint); line-height: 1.2; }
.refuse { display: block; width: 100%; margin-top: 20px; padding: 9px; border: 1px solid var(--line); border-radius: 10px; background: #fff; color: var(--faint); font: inherit; text-align: center; text-decoration: none; cursor: pointer; }
:focus-visible { outline: 2px solid var(--brand); outline-offset: 2px; }
footer { margin-top: 28px; padding-top: 12px; border-top: 1px solid var(--line); color: var(--faint); font-size: 12px; text-align: center; }
[hidden] { display: none; }`;

const footers: Record<Language, string> = {
  zh: '这是本机上的模拟页面，与腾讯无关，不会连接真实的服务。',
  en: 'A stand-in on this machine. It is not by Tencent, and connects to no real service.',
};

/** A whole page. */
export function page(
  context: Context,
  look: Look,
  language: Language,
  title: string,
  body: Markup,
  status: 200 | 400 | 404 = 200,
) {
  return context.html(
    html`<!doctype html>
<html lang="${language === 'en' ? 'en' : 'zh-CN'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${style(look)}</style>
</head>
<body><main>${body}<footer>${footers[language]}</footer></main></body>
</html>`,
    status,
  );
}

/** A person as something to click. @param wrap makes the link or button around it */
export function personList(
  people: readonly Person[],
  wrap: (person: Person, inside: Markup) => Markup,
): Markup {
  const items = people.map(
    (person) =>
      html`<li>${wrap(person, html`<span class="face" aria-hidden="true">${[...person.nickname][0]}</span><span>${person.nickname}<small>${person.name}</small></span>`)}</li>`,
  );
  return html`<ul>${items}</ul>`;
}

/** What the real service says where a request is wrong, with its own error text. */
export function serviceError(context: Context, look: Look, language: Language, error: string) {
  const title = language === 'en' ? 'Something is wrong with this request' : '请求有误';
  return page(context, look, language, title, html`<h1>${title}</h1><p class="centre">${error}</p>`);
}

/** `scan_as` names nobody: a mistake of whoever wrote the URL, so it gets a status that no script overlooks. */
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
  return page(context, look, language, title, html`<h1>${title}</h1><p class="centre">${text}</p>`, 400);
}

/** The same authorize URL with an answer for one of the people. */
export function withAnswer(context: Context, name: string): string {
  const url = new URL(context.req.url);
  url.searchParams.set('scan_as', name);
  return `${url.pathname}${url.search}`;
}
