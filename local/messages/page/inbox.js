import { bindForm, deliveryCard, loadForm, showParked } from './account-events.js';
import { eventCard, make, messageCard } from './cards.js';
import { remember, state, t } from './texts.js';

const find = (id) => document.getElementById(id);
/** More cards than anybody reads only make the page slow. */
const SHOWN_MAX = 200;
const RECIPIENTS_MAX = 8;
const SAID_MILLIS = 3000;

const messages = { items: [], live: false };
const events = { items: [], live: false };
const accounts = { items: [], live: false };
let unseen = 0;

let saying;
function say(text) {
  clearTimeout(saying);
  find('said').textContent = text;
  saying = setTimeout(() => {
    find('said').textContent = '';
  }, SAID_MILLIS);
}

/** What somebody types to find a recipient: part of an address, or of a number however it is grouped. */
function isTo(typed) {
  const text = typed.trim().toLowerCase();
  const digits = text.replace(/^00/, '').replace(/[\s()+-]/g, '');
  return ({ to }) => to.toLowerCase().includes(text) || (/^\d+$/.test(digits) && to.includes(digits));
}

function older(count) {
  return count > 0 ? [make('p', 'empty', t('older', { count }))] : [];
}

function showRecipients() {
  const typed = find('to').value.trim();
  const known = [...new Set(messages.items.map(({ to }) => to))].slice(0, RECIPIENTS_MAX);
  const focused = document.activeElement?.dataset?.to;
  const chips = ['', ...known].map((to) => {
    const chip = make('button', 'chip', to || t('everybody'));
    chip.type = 'button';
    chip.dataset.to = to;
    chip.setAttribute('aria-pressed', String(typed === to));
    return chip;
  });
  find('recipients').replaceChildren(...(known.length > 1 ? chips : []));
  if (focused !== undefined) chips.find((chip) => chip.dataset.to === focused)?.focus();
}

function showMessages() {
  const typed = find('to').value;
  const wanted = messages.items.filter(isTo(typed));
  const shown = wanted.slice(0, SHOWN_MAX);
  find('messages').replaceChildren(
    ...shown.map((message) => messageCard(message, say)),
    ...older(wanted.length - shown.length),
  );
  find('no-messages').hidden = wanted.length > 0;
  find('no-messages').textContent =
    messages.items.length === 0 ? t('noMessages') : t('noMatch', { to: typed.trim() });
  find('count-messages').textContent = messages.items.length;
  showRecipients();
}

function showEvents() {
  const shown = events.items.slice(0, SHOWN_MAX);
  find('events').replaceChildren(...shown.map(eventCard), ...older(events.items.length - shown.length));
  find('no-events').hidden = events.items.length > 0;
  find('count-events').textContent = events.items.length;
}

function showAccounts() {
  const shown = accounts.items.slice(0, SHOWN_MAX);
  find('accounts').replaceChildren(
    ...shown.map(deliveryCard),
    ...older(accounts.items.length - shown.length),
  );
  countAccounts();
}

function countAccounts() {
  find('no-accounts').hidden = accounts.items.length > 0;
  find('count-accounts').textContent = accounts.items.length;
  showParked(accounts.items);
}

function showState() {
  const isLive = messages.live && events.live && accounts.live;
  find('state').textContent = t(isLive ? 'live' : 'lost');
  find('state').className = isLive ? 'live' : '';
}

function showTitle() {
  document.title = unseen > 0 ? `(${unseen}) ${t('title')}` : t('title');
}

const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const isDark = () => (state.appearance === null ? prefersDark.matches : state.appearance === 'dark');

function showChoices() {
  document.documentElement.lang = state.language;
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light';
  for (const element of document.querySelectorAll('[data-t]'))
    element.textContent = t(element.dataset.t, { origin: location.origin });
  for (const element of document.querySelectorAll('[data-label]'))
    element.setAttribute('aria-label', t(element.dataset.label));
  find('language').textContent = t('language');
  find('language').lang = state.language === 'en' ? 'zh-CN' : 'en';
  find('appearance').textContent = t(isDark() ? 'light' : 'dark');
  find('to').placeholder = t('filter');
  find('to').setAttribute('aria-label', t('to'));
}

function showAll() {
  showChoices();
  showMessages();
  showEvents();
  showAccounts();
  showState();
  showTitle();
}

/** A card that has just come is put before the others, so that what is open in those stays open. */
function addMessage(message) {
  const channel = t(message.channel);
  say(t(message.code ? 'arrivedCode' : 'arrived', { channel, to: message.to, code: message.code }));
  if (document.hidden) unseen += 1;
  showTitle();
  find('count-messages').textContent = messages.items.length;
  showRecipients();
  if (!isTo(find('to').value)(message)) return;
  const card = messageCard(message, say);
  card.classList.add('fresh');
  find('messages').prepend(card);
  find('no-messages').hidden = true;
}

function addEvent(event) {
  const card = eventCard(event);
  card.classList.add('fresh');
  find('events').prepend(card);
  find('no-events').hidden = true;
  find('count-events').textContent = events.items.length;
}

/** One that is shown already has come further: it stays in its place, and open if it was. */
function addDelivery(delivery) {
  const card = deliveryCard(delivery);
  const known = find(card.id);
  if (known) {
    card.querySelector('details').open = known.querySelector('details').open;
    known.replaceWith(card);
  } else {
    card.classList.add('fresh');
    find('accounts').prepend(card);
  }
  countAccounts();
}

/** Of what has an id and comes again, the last counts. */
function take(list, item) {
  const at = item.id === undefined ? -1 : list.items.findIndex(({ id }) => id === item.id);
  if (at < 0) list.items.unshift(item);
  else list.items[at] = item;
}

/** The browser connects again by itself, and is then told everything anew. */
function follow(url, list, showList, add) {
  const source = new EventSource(url);
  source.addEventListener('snapshot', ({ data }) => {
    list.items = JSON.parse(data);
    showList();
  });
  source.addEventListener('message', ({ data }) => {
    const item = JSON.parse(data);
    take(list, item);
    add(item);
  });
  for (const [type, live] of [
    ['open', true],
    ['error', false],
  ])
    source.addEventListener(type, () => {
      list.live = live;
      showState();
    });
}

/** Each tab, and where it is found. */
const PATHS = { messages: '/', events: '/events', accounts: '/account-events' };
const TABS = Object.keys(PATHS);
const shownTab = () => TABS.find((tab) => !find(`panel-${tab}`).hidden);
function showTab(name) {
  for (const tab of TABS) {
    const isShown = tab === name;
    find(`panel-${tab}`).hidden = !isShown;
    find(`tab-${tab}`).setAttribute('aria-selected', String(isShown));
    find(`tab-${tab}`).tabIndex = isShown ? 0 : -1;
  }
}

for (const tab of TABS)
  find(`tab-${tab}`).addEventListener('click', () => {
    showTab(tab);
    history.replaceState(null, '', PATHS[tab]);
  });
find('tabs').addEventListener('keydown', ({ key }) => {
  const shown = TABS.indexOf(shownTab());
  const next = { Home: 0, End: TABS.length - 1, ArrowLeft: shown - 1, ArrowRight: shown + 1 }[key];
  if (next === undefined) return;
  const tab = find(`tab-${TABS.at(next % TABS.length)}`);
  tab.click();
  tab.focus();
});
find('to').addEventListener('input', showMessages);
find('recipients').addEventListener('click', ({ target }) => {
  if (target.dataset.to === undefined) return;
  find('to').value = target.dataset.to;
  showMessages();
});
find('language').addEventListener('click', () => {
  state.language = state.language === 'en' ? 'zh-CN' : 'en';
  remember('language', state.language);
  showAll();
});
find('appearance').addEventListener('click', () => {
  state.appearance = isDark() ? 'light' : 'dark';
  remember('appearance', state.appearance);
  showChoices();
});
prefersDark.addEventListener('change', showChoices);
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  unseen = 0;
  showTitle();
});

find('to').value = new URLSearchParams(location.search).get('to') ?? '';
showTab(TABS.find((tab) => tab !== 'messages' && location.pathname.startsWith(PATHS[tab])) ?? 'messages');
showAll();
bindForm(say);
void loadForm();
follow('/messages/live', messages, showMessages, addMessage);
follow('/events/live', events, showEvents, addEvent);
follow('/account-events/live', accounts, showAccounts, addDelivery);
