import type { Context } from 'hono';
import { html } from 'hono/html';
import { OAUTH_PROVIDERS, type OAuthProviderName } from '../../lib/linking/identity.ts';
import { METHOD_NAMES } from '../../lib/messages/method-names.ts';
import { PEOPLE } from '../people.ts';
import { languageOf } from './language.ts';
import { page, personList } from './layout.ts';
import type { Look } from './style.ts';

const LOOK: Look = { colour: '#44506a', ink: ['#44506a', '#a9b8d8'], soft: ['#f0f2f6', '#171a20'] };

const texts = {
  zh: {
    title: '登录服务（模拟）',
    about: '在控制台登录或关联时，会打开这里的页面。这些人可以扫码：',
  },
  en: {
    title: 'Sign-in providers (stand-ins)',
    about: 'The console opens their pages when somebody signs in or links. These people may scan:',
  },
} as const;

/** What stands here, and who can scan. */
export function homePage(context: Context) {
  const language = languageOf(context);
  const t = texts[language];
  const people = (provider: OAuthProviderName) => html`<section>
<h2>${METHOD_NAMES[language === 'en' ? 'en' : 'zh-CN'][provider]}</h2>
${personList(PEOPLE[provider], language, (_person, inside) => html`<div class="person person--still">${inside}</div>`)}
</section>`;
  const body = html`<h1>${t.title}</h1>
<p class="centre">${t.about}</p>
<div class="people">${OAUTH_PROVIDERS.map(people)}</div>`;
  return page(context, LOOK, language, t.title, body, { wide: true });
}
