// Before anything is painted: the language and appearance that this browser has chosen or asks for. A file of its own, so that the page
// needs no inline script. The keys are those of src/state/memory.ts.
(() => {
  const root = document.documentElement;
  let appearance = null;
  let language = null;
  try {
    appearance = localStorage.getItem('console.appearance');
    language = localStorage.getItem('console.language');
  } catch {
    // Storage is refused: the defaults hold.
  }
  if (language !== 'en' && language !== 'zh-CN') {
    const asked = navigator.languages.find((tag) => /^(zh|en)\b/i.test(tag)) || 'en';
    language = /^zh/i.test(asked) ? 'zh-CN' : 'en';
  }
  root.lang = language;
  const dark =
    appearance === null ? matchMedia('(prefers-color-scheme: dark)').matches : appearance === 'dark';
  root.setAttribute('theme-mode', dark ? 'dark' : 'light');
})();
