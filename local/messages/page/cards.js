import { state, t } from './texts.js';

/** An element with a class, a text and children. */
export function make(tag, className, ...content) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...content);
  return element;
}

const LINK = /https?:\/\/[^\s<>"，。；：！？、“”（）]+/g;

/** A text with its links to be clicked. */
function linked(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const link = make('a', '', match[0]);
    link.href = match[0];
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
    parts.push(text.slice(end, match.index), link);
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)];
}

export function when(at) {
  const time = make('time', '', new Date(at).toLocaleTimeString(state.language, { hour12: false }));
  time.dateTime = at;
  time.title = new Date(at).toLocaleString(state.language, { dateStyle: 'full', timeStyle: 'medium' });
  return time;
}

async function toClipboard(text, focusAfter) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without the clipboard's permission the old way still works.
    const field = make('textarea', 'hidden-field');
    field.value = text;
    document.body.append(field);
    field.select();
    const copied = document.execCommand('copy');
    field.remove();
    focusAfter.focus();
    return copied;
  }
}

const COPIED_MILLIS = 2000;

function codeButton(code, say) {
  const button = make('button', 'code');
  button.type = 'button';
  const label = make('span', 'code__label', t('copy'));
  button.append(make('b', '', code), ' ', label);
  let timer;
  button.addEventListener('click', async () => {
    const copied = await toClipboard(code, button);
    say(copied ? t('saidCopied', { code }) : t('notCopied'));
    if (!copied) return;
    label.textContent = `✓ ${t('copied')}`;
    button.classList.add('code--copied');
    clearTimeout(timer);
    timer = setTimeout(() => {
      label.textContent = t('copy');
      button.classList.remove('code--copied');
    }, COPIED_MILLIS);
  });
  return button;
}

/** The mail in its own looks. It may open links in new tabs, and do nothing else. */
function mailFrame(markup) {
  const details = make('details', '', make('summary', '', t('html')));
  details.addEventListener('toggle', () => {
    if (!details.open || details.querySelector('iframe')) return;
    const frame = make('iframe');
    frame.setAttribute('sandbox', 'allow-popups allow-popups-to-escape-sandbox');
    frame.title = t('html');
    frame.srcdoc = `<base target="_blank">${markup}`;
    details.append(frame);
  });
  return details;
}

/** Lets somebody report what its service would say of a message. */
function reportButton({ id, to }, outcome, say) {
  const button = make('button', 'chip', t(`report-${outcome}`));
  button.type = 'button';
  button.addEventListener('click', async () => {
    button.disabled = true;
    const headers = { 'content-type': 'application/json' };
    const sent = fetch(`/messages/${id}/report`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ outcome }),
    });
    const reply = await sent.catch(() => undefined);
    button.disabled = false;
    say(t(reply?.ok ? 'reported' : 'notReported', { what: t(`report-${outcome}`), to }));
  });
  return button;
}

/** @param say tells everybody what was done */
export function messageCard(message, say) {
  const { channel, to, text, code, at, mail, reports } = message;
  const head = make('div', 'head', make('span', 'channel', t(channel)), make('span', 'to', to), when(at));
  const card = make('article', channel, head);
  if (mail) card.append(make('h2', 'subject', mail.subject));
  card.append(make('p', 'text', ...linked(text.trim())));
  if (code) card.append(codeButton(code, say));
  if (mail?.html) card.append(mailFrame(mail.html));
  if (reports.length > 0) {
    const buttons = reports.map((outcome) => reportButton(message, outcome, say));
    card.append(make('div', 'reports', make('span', '', t('report')), ...buttons));
  }
  return card;
}

export function eventCard({ bus, source, type, detail, at }) {
  const head = make(
    'div',
    'head',
    make('span', 'channel', type),
    make('span', 'to', `${source} → ${bus}`),
    when(at),
  );
  const content = make('pre', 'detail', JSON.stringify(detail, null, 2));
  content.tabIndex = 0;
  content.setAttribute('role', 'group');
  content.setAttribute('aria-label', `${t('detail')}: ${type}`);
  return make('article', 'event', head, content);
}
