import { make, when } from './cards.js';
import { t } from './texts.js';

const find = (id) => document.getElementById(id);

/** What an event of an account is sent with, and the samples to begin with. */
let form = { bus: 'default', source: 'account-system', samples: {} };

function fillSample() {
  find('detail').value = form.samples[find('sample').value] ?? '';
  find('send-error').textContent = '';
}

export async function loadForm() {
  const reply = await fetch('/account-events/form');
  form = await reply.json();
  find('sample').replaceChildren(
    ...Object.keys(form.samples).map((name) => {
      const option = make('option', '', t(`sample-${name}`));
      option.value = name;
      option.dataset.t = `sample-${name}`;
      return option;
    }),
  );
  fillSample();
}

/** Gives back what was typed as JSON, or says what is wrong with it. */
function readDetail() {
  try {
    const detail = JSON.parse(find('detail').value);
    if (typeof detail === 'object' && detail !== null && !Array.isArray(detail)) return detail;
    find('send-error').textContent = t('noObject');
  } catch (error) {
    find('send-error').textContent = t('noJson', { why: error.message });
  }
  return undefined;
}

async function send(say) {
  const detail = readDetail();
  if (detail === undefined) return;
  find('send-error').textContent = '';
  const Entries = [
    {
      EventBusName: form.bus,
      Source: form.source,
      DetailType: 'account.changed',
      Detail: JSON.stringify(detail),
    },
  ];
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSEvents.PutEvents' };
  const sent = fetch('/events', { method: 'POST', headers, body: JSON.stringify({ Entries }) });
  const isSent = await sent.then(
    ({ ok }) => ok,
    () => false,
  );
  if (isSent) say(t('sentEvent'));
  else find('send-error').textContent = t('notSent');
}

async function redrive(say) {
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch('/account-events/redrive', { method: 'POST', headers }).catch(() => undefined);
  if (reply?.ok) say(t('sentAgain', await reply.json()));
  else say(t('notSent'));
}

/** @param say tells everybody what was done */
export function bindForm(say) {
  find('sample').addEventListener('change', fillSample);
  find('send').addEventListener('submit', (event) => {
    event.preventDefault();
    void send(say);
  });
  find('redrive').addEventListener('click', () => void redrive(say));
}

function stateOf({ state, outcome, tries }) {
  if (state === 'delivering') return t('delivering', { tries });
  return outcome ? t(`outcome-${outcome}`) : t(state);
}

/** One event, and what became of it. */
export function deliveryCard(delivery) {
  const { id, at, detail, state, reason } = delivery;
  const { accountId = '', revision } = detail ?? {};
  const what = revision === undefined ? accountId : t('ofRevision', { accountId, revision });
  const head = make(
    'div',
    'head',
    make('span', `state state--${state}`, stateOf(delivery)),
    make('span', 'to', String(what)),
    when(at),
  );
  const content = make('pre', 'detail', JSON.stringify(detail, null, 2));
  content.tabIndex = 0;
  content.setAttribute('role', 'group');
  content.setAttribute('aria-label', `${t('detail')}: ${what}`);
  const details = make('details', '', make('summary', '', t('detail')), content);
  const card = make('article', 'delivery', head, ...(reason ? [make('p', 'text', reason)] : []), details);
  card.id = `delivery-${id}`;
  return card;
}

export const isParked = ({ state }) => state === 'parked';

export function showParked(deliveries) {
  const count = deliveries.filter(isParked).length;
  find('redrive').hidden = count === 0;
  find('redrive').textContent = t('redrive', { count });
}
