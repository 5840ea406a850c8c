// Before anything is painted: the language and appearance this browser has chosen. A file of its own, so that the page
// needs no inline script. The keys are those of src/state/memory.ts.
(() => {
  const root = document.documentElement;
  let appearance = null;
  try {
    appearance = localStorage.getItem('console.appearance');
    if (localStorage.getItem('console.language') === 'en') root.lang = 'en';
  } catch {
    // Storage is refused: the defaults hold.
  }
  const dark =
    appearance === null ? matchMedia('(prefers-color-scheme: dark)').matches : appearance === 'dark';
  root.setAttribute('theme-mode', dark ? 'dark' : 'light');
})();
