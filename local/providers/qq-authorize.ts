import { Hono } from 'hono';
import { html } from 'hono/html';
import { findPerson, PEOPLE } from '../people.ts';
import type { RegisteredApp } from './app.ts';
import { callbackUrl, type Grants, isAtDomain } from './grants.ts';
import { languageOf } from './language.ts';
import { page, personList, serviceError, unknownPerson, withAnswer } from './layout.ts';
import type { Look } from './style.ts';

const LOOK: Look = {
  colour: '#0f68ba',
  ink: ['#0f68ba', '#79b8f5'],
  soft: ['#eef5fc', '#151d26'],
};

const texts = {
  zh: { title: 'QQ 登录（模拟）', people: '以谁的身份登录？', refuse: '取消登录' },
  en: { title: 'QQ login (stand-in)', people: 'As whom do you sign in?', refuse: 'Cancel' },
} as const;

/** What is wrong with an authorize request, in the words of QQ's error page. */
function authorizeProblem(query: Record<string, string>, app: RegisteredApp): string | undefined {
  if (query['response_type'] !== 'code') return 'response_type is illegal(100000)';
  if (!query['client_id']) return 'param client_id is wrong or lost (100001)';
  if (query['client_id'] !== app.appId) return 'client_id is not exist(100008)';
  if (!isAtDomain(query['redirect_uri'], app.callbackDomain)) return 'redirect uri is illegal(100010)';
  return undefined;
}

/** The login page of QQ Connect. Who cancels comes back with `usercancel` and `state`. */
export function createQQAuthorize(app: RegisteredApp, grants: Grants): Hono {
  const pages = new Hono();
  pages.get('/oauth2.0/authorize', (context) => {
    const query = context.req.query();
    const language = languageOf(context);
    const problem = authorizeProblem(query, app);
    if (problem !== undefined) return serviceError(context, LOOK, language, problem);
    const { redirect_uri: redirectUri = '', state, scan_as: name } = query;
    if (name === 'deny') return context.redirect(callbackUrl(redirectUri, { usercancel: '1', state }));
    if (name !== undefined) {
      const person = findPerson('qq', name);
      if (!person) return unknownPerson(context, LOOK, language, name, PEOPLE.qq);
      const code = grants.issueCode({ person, redirectUri });
      return context.redirect(callbackUrl(redirectUri, { code, state }));
    }
    const t = texts[language];
    const body = html`<h1>${t.title}</h1>
<h2>${t.people}</h2>
${personList(PEOPLE.qq, language, (person, inside) => html`<a class="person" href="${withAnswer(context, person.name)}">${inside}</a>`)}
<a class="refuse" href="${withAnswer(context, 'deny')}">${t.refuse}</a>`;
    return page(context, LOOK, language, t.title, body);
  });
  return pages;
}
