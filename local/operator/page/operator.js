import { remember, state, t } from './texts.js';

const find = (id) => document.getElementById(id);

/** What is shown: an account with its history, or the accounts of a phone. */
const shown = { account: null, events: [], next: null, phone: null };

function make(tag, ...content) {
  const element = document.createElement(tag);
  element.append(...content);
  return element;
}

const time = (at) =>
  new Date(at).toLocaleString(state.language, { dateStyle: 'medium', timeStyle: 'short', hour12: false });

let saying = () => '';
/** @param {() => string} text made anew when the language changes */
function say(text, { failed = false } = {}) {
  saying = text;
  find('said').textContent = text();
  find('said').className = failed ? 'failed' : '';
}

/** A refusal, in the words of the service. */
class Refused extends Error {}

async function ask(method, path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const reply = await fetch(`/operator${path}?${new URLSearchParams(given)}`, {
    method,
    headers: { 'accept-language': state.language },
  }).catch(() => null);
  if (reply?.status === 204) return null;
  const body = await reply?.json().catch(() => null);
  if (reply?.ok && body) return body;
  throw new Refused(body?.errors?.[0]?.message ?? body?.detail ?? t('broken'));
}

/** Only what was asked for last may show anything. */
let latest = 0;
async function run(task) {
  latest += 1;
  const mine = latest;
  const isLatest = () => mine === latest;
  for (const button of document.querySelectorAll('main button')) button.disabled = true;
  try {
    await task(isLatest);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (isLatest()) say(() => t('failed', { why: error.message }), { failed: true });
  } finally {
    for (const button of document.querySelectorAll('main button')) button.disabled = false;
  }
}

const pathOf = (id, more = '') => `/accounts/${encodeURIComponent(id)}${more}`;

function fact(name, value) {
  return [make('dt', t(name)), make('dd', value)];
}

function button(text, label, onClick) {
  const made = make('button', text);
  made.type = 'button';
  if (label) made.setAttribute('aria-label', label);
  made.addEventListener('click', onClick);
  return made;
}

/** Does something to the account that is shown, for the reason that is given, and shows it as it is then. */
function change(method, path, query = {}) {
  const reason = find('reason').value.trim();
  if (reason === '') {
    say(() => t('needReason'), { failed: true });
    find('reason').focus();
    return;
  }
  const { accountId } = shown.account;
  void run(async (isLatest) => {
    await ask(method, path, { ...query, reason });
    await load(accountId, isLatest);
    if (!isLatest()) return;
    find('reason').value = '';
    say(() => t('done'));
  });
}

function methodRow({ provider, relation, display, since, state: methodState, stateUntil }) {
  const { accountId } = shown.account;
  const name = t(provider);
  const words = [
    relation ? t(relation) : methodState === 'active' && t('available'),
    display,
    since && t('since', { time: time(since) }),
    methodState === 'suspended' && t('suspended'),
    methodState === 'probation' && t('probation', { time: time(stateUntil) }),
  ];
  const row = make('li', make('span', name), make('span', words.filter(Boolean).join(' · ')));
  if (relation === 'linked')
    row.append(
      button(t('unlink'), t('unlinkOne', { method: name }), () =>
        change('DELETE', pathOf(accountId, `/links/${provider}`)),
      ),
    );
  if (methodState === 'suspended')
    row.append(
      button(t('clear'), t('clearOne', { method: name }), () =>
        change('POST', pathOf(accountId, '/unfreeze'), { provider }),
      ),
    );
  return row;
}

function splitList({ provider, seenAt, claims }) {
  const rows = claims.map(({ subject, accountId, relation }) =>
    make(
      'li',
      make('span', `${t(provider)} ${subject}`),
      make('span', `${accountId} · ${t(relation)}`),
      button(t('release'), t('releaseOne', { id: accountId, subject }), () =>
        change('DELETE', `/identities/${provider}`, { subject }),
      ),
    ),
  );
  return [make('p', t('split', { time: time(seenAt) })), make('ul', ...rows)];
}

/** What of the owner's own words exists for support too is told apart. */
function eventName({ type, action }) {
  if (type !== 'operator') return t(`event.${type}`);
  return t(action === 'unlinked' || action === 'cleared' ? `event.support.${action}` : `event.${action}`);
}

function eventRow(event) {
  const { at, provider, display, ip, reason, operator } = event;
  const cells = [
    time(at),
    eventName(event),
    `${t(provider)} ${display}`,
    ip,
    operator?.by ?? '',
    operator?.reason ?? reason ?? '',
  ];
  return make('tr', ...cells.map((text) => make('td', text)));
}

function showAccount() {
  const { account, events, next } = shown;
  find('account').hidden = account === null;
  if (account === null) return;
  const { accountId, name, phone, status, frozenUntil, methods, ownLogin, splits = [] } = account;
  find('name').textContent = name;
  find('facts').replaceChildren(
    ...fact('accountId', accountId),
    ...fact('status', t(status)),
    ...fact('phone', phone ?? t('none')),
    ...fact('frozen', frozenUntil === null ? t('no') : t('until', { time: time(frozenUntil) })),
  );
  find('actions').replaceChildren(
    button(t('endSessions'), '', () => change('DELETE', pathOf(accountId, '/sessions'))),
    ...(frozenUntil === null
      ? []
      : [button(t('unfreeze'), '', () => change('POST', pathOf(accountId, '/unfreeze')))]),
  );
  const own = { provider: 'assertion', display: null, since: null };
  find('methods').replaceChildren(
    ...methods.map(methodRow),
    ...(ownLogin ? [methodRow({ ...own, ...ownLogin, stateUntil: null })] : []),
  );
  find('splits').replaceChildren(...splits.flatMap(splitList));
  find('events').replaceChildren(...events.map(eventRow));
  find('older').hidden = next === null;
}

function showPhone() {
  const { phone } = shown;
  find('found').hidden = phone === null || phone.accounts.length === 0;
  if (phone === null) return;
  const rows = phone.accounts.map((id) =>
    make(
      'li',
      button(id, '', () => open(id)),
    ),
  );
  if (phone.next !== null)
    rows.push(
      make(
        'li',
        button(t('more'), '', () => lookUpPhone(phone.number, phone)),
      ),
    );
  find('found').replaceChildren(...rows);
}

async function load(accountId, isLatest) {
  const account = await ask('GET', pathOf(accountId));
  const { events, next } = await ask('GET', pathOf(accountId, '/history'));
  if (!isLatest()) return;
  Object.assign(shown, { account, events, next });
  showAccount();
}

function open(accountId) {
  void run(async (isLatest) => {
    await load(accountId, isLatest);
    if (!isLatest()) return;
    say(() => t('shown', { id: accountId }));
    find('name').focus();
  });
}

function lookUpPhone(number, before = { accounts: [], next: null }) {
  void run(async (isLatest) => {
    const { accounts, next = null } = await ask('GET', '/phones', { number, cursor: before.next });
    if (!isLatest()) return;
    shown.phone = { number, accounts: [...before.accounts, ...accounts], next };
    showPhone();
    const { length: count } = shown.phone.accounts;
    say(() => (count === 0 ? t('nobody') : t('accounts', { count })));
  });
}

function lookUpIdentity(provider, subject) {
  void run(async (isLatest) => {
    const { accountId } = await ask('GET', `/identities/${provider}`, { subject });
    await load(accountId, isLatest);
    if (!isLatest()) return;
    say(() => t('shown', { id: accountId }));
    find('name').focus();
  });
}

find('search').addEventListener('submit', (event) => {
  event.preventDefault();
  Object.assign(shown, { account: null, phone: null });
  find('reason').value = '';
  showAccount();
  showPhone();
  const [by, what] = [find('by').value, find('what').value.trim()];
  if (what === '') return;
  if (by === 'account') open(what);
  else if (by === 'phone') lookUpPhone(what);
  else lookUpIdentity(by, what);
});

find('older').addEventListener('click', () => {
  const { account, next: cursor } = shown;
  void run(async (isLatest) => {
    const { events, next } = await ask('GET', pathOf(account.accountId, '/history'), { cursor });
    if (!isLatest()) return;
    Object.assign(shown, { events: [...shown.events, ...events], next });
    showAccount();
  });
});

const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const isDark = () => (state.appearance === null ? prefersDark.matches : state.appearance === 'dark');

function showChoices() {
  document.title = t('title');
  document.documentElement.lang = state.language;
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light';
  for (const element of document.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll('[data-label]'))
    element.setAttribute('aria-label', t(element.dataset.label));
  find('language').textContent = t('language');
  find('language').lang = state.language === 'en' ? 'zh-CN' : 'en';
  find('appearance').textContent = t(isDark() ? 'light' : 'dark');
  find('said').textContent = saying();
}

find('language').addEventListener('click', () => {
  state.language = state.language === 'en' ? 'zh-CN' : 'en';
  remember('language', state.language);
  showChoices();
  showAccount();
  showPhone();
});
find('appearance').addEventListener('click', () => {
  state.appearance = isDark() ? 'light' : 'dark';
  remember('appearance', state.appearance);
  showChoices();
});
prefersDark.addEventListener('change', showChoices);
showChoices();
