// Everything a console does about the element: where the API is stands in the HTML, events lead on, and the console's own choice of
// language and appearance is passed on as attributes.
const element = document.querySelector('account-linking');
const signIn = document.getElementById('sign-in');
const events = document.getElementById('events');

function log(event) {
  const item = document.createElement('li');
  const detail = event.detail ? ` ${JSON.stringify(event.detail)}` : '';
  item.textContent = `${event.type}${detail}`;
  events.append(item);
}

for (const type of ['changed', 'signed-out', 'not-signed-in']) element.addEventListener(type, log);
for (const type of ['signed-out', 'not-signed-in'])
  element.addEventListener(type, () => {
    signIn.hidden = false;
  });

const language = document.getElementById('language');
language.addEventListener('click', () => {
  const chosen = document.documentElement.lang === 'en' ? 'zh-CN' : 'en';
  document.documentElement.lang = chosen;
  element.lang = chosen;
  for (const text of document.querySelectorAll('[data-zh]'))
    text.textContent = chosen === 'en' ? text.dataset.en : text.dataset.zh;
  language.textContent = chosen === 'en' ? '中文' : 'English';
  language.lang = chosen === 'en' ? 'zh-CN' : 'en';
  document.title = chosen === 'en' ? 'Sample console' : '示例控制台';
});

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
