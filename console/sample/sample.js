// Everything a console does about the element: where the API is stands in the HTML, events lead on, and the console's own choice of
// language and appearance is passed on as attributes.
let element = document.querySelector('account-linking');
const signIn = document.getElementById('sign-in');
const events = document.getElementById('events');

function log(event) {
  const item = document.createElement('li');
  const detail = event.detail ? ` ${JSON.stringify(event.detail)}` : '';
  item.textContent = `${event.type}${detail}`;
  events.append(item);
}

// They bubble.
for (const type of ['changed', 'signed-out', 'not-signed-in']) document.addEventListener(type, log);
const refused = document.getElementById('refused');

function offerSignIn() {
  signIn.hidden = false;
}

// Whoever is signed in at this console's own backend is signed in at the API with an assertion of it: good once, and for a minute.
async function signInByAssertion() {
  const reply = await fetch('assertion', { method: 'POST' });
  if (!reply.ok) return false;
  const { assertion } = await reply.json();
  const session = await fetch(`${element.getAttribute('api-base')}/sessions`, {
    method: 'POST',
    credentials: 'include',
    headers: { 'Content-Type': 'application/json', 'Accept-Language': document.documentElement.lang },
    body: JSON.stringify({ assertion }),
  });
  if (session.ok) return true;
  refused.textContent = (await session.json()).detail;
  refused.hidden = false;
  return false;
}

// Once for each visit: a browser that keeps no cookies would be signed in again and again.
let tried = false;
document.addEventListener('not-signed-in', async () => {
  const isSignedIn = !tried && (await signInByAssertion().catch(() => false));
  tried = true;
  if (!isSignedIn) return offerSignIn();
  // A new one asks anew who is signed in.
  const fresh = element.cloneNode();
  element.replaceWith(fresh);
  element = fresh;
});
document.addEventListener('signed-out', offerSignIn);

const language = document.getElementById('language');
function speak(chosen) {
  document.documentElement.lang = chosen;
  element.lang = chosen;
  for (const text of document.querySelectorAll('[data-zh]'))
    text.textContent = chosen === 'en' ? text.dataset.en : text.dataset.zh;
  language.textContent = chosen === 'en' ? '中文' : 'English';
  language.lang = chosen === 'en' ? 'zh-CN' : 'en';
  document.title = chosen === 'en' ? 'Sample console' : '示例控制台';
}
language.addEventListener('click', () => speak(document.documentElement.lang === 'en' ? 'zh-CN' : 'en'));
if (!navigator.language.startsWith('zh')) speak('en');

const theme = document.getElementById('theme');
const prefersDark = window.matchMedia('(prefers-color-scheme: dark)');
function applyTheme() {
  const dark = theme.value === 'dark' || (theme.value === 'auto' && prefersDark.matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  element.setAttribute('theme', theme.value);
}
theme.addEventListener('change', applyTheme);
prefersDark.addEventListener('change', applyTheme);
applyTheme();
