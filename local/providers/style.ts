/** The look of a stand-in's pages: its colours only, no trademarks. The second of each pair is for dark appearance. */
export interface Look {
  /** Behind white text. */
  readonly colour: string;
  /** As a text, on the page or on `soft`. */
  readonly ink: readonly [light: string, dark: string];
  readonly soft: readonly [light: string, dark: string];
}

const variables = ({ ink, soft }: Look, dark: 0 | 1) => `--ink: ${ink[dark]}; --soft: ${soft[dark]};`;

/** The rules of all pages of the stand-ins, in the colours of one. */
export const style = (look: Look): string => `
:root { color-scheme: light dark; --brand: ${look.colour}; ${variables(look, 0)} --card: #fff; --text: #1c1e21; --faint: #5f6672; --line: #dfe3e8; }
@media (prefers-color-scheme: dark) { :root { ${variables(look, 1)} --card: #22252a; --text: #eceef2; --faint: #a8aeb9; --line: #3b3f47; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; background: var(--soft); color: var(--text); font: 15px/1.6 -apple-system, 'Segoe UI', Roboto, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif; }
main { max-width: 420px; min-height: 100vh; margin: 0 auto; padding: 20px 20px 28px; background: var(--card); }
main.wide { max-width: 680px; }
@media (min-width: 720px) { main { min-height: 0; margin: 40px auto; padding: 28px 32px; border-radius: 14px; box-shadow: 0 6px 30px #0000001f; } }
.top { display: flex; justify-content: flex-end; font-size: 13px; }
a { color: var(--ink); }
h1 { margin: 0 0 4px; font-size: 20px; text-align: center; }
h2 { margin: 0 0 8px; font-size: 14px; font-weight: 600; color: var(--faint); }
p { margin: 8px 0; } .centre { text-align: center; } .faint { color: var(--faint); font-size: 13px; }
.scan { display: grid; gap: 24px; margin-top: 16px; }
@media (min-width: 560px) { .scan { grid-template-columns: 216px minmax(0, 1fr); gap: 28px; } }
.code { position: relative; width: 200px; margin: 0 auto; }
.code img { display: block; width: 200px; height: 200px; border: 1px solid var(--line); border-radius: 10px; background: #fff; }
.code .again { position: absolute; inset: 0; display: none; place-items: center; border-radius: 10px; background: #ffffffe6; color: #1c1e21; font-weight: 600; }
[data-state=expired] .code .again { display: grid; }
.state { display: flex; gap: 8px; align-items: center; justify-content: center; min-height: 28px; margin-top: 12px; font-weight: 600; text-align: center; }
.state::before { flex: none; width: 8px; height: 8px; border-radius: 50%; background: var(--ink); content: ''; animation: pulse 1.4s ease-in-out infinite; }
[data-state=scanned] .state::before { animation: none; } [data-state=cancelled] .state::before, [data-state=expired] .state::before { background: #d9822b; animation: none; }
@keyframes pulse { 50% { opacity: .25; } }
@media (prefers-reduced-motion: reduce) { .state::before { animation: none; } }
ul { display: grid; gap: 8px; margin: 0; padding: 0; list-style: none; }
.person { display: flex; gap: 10px; align-items: center; width: 100%; padding: 6px 12px; border: 1px solid var(--line); border-radius: 10px; background: var(--card); color: inherit; font: inherit; text-align: start; text-decoration: none; cursor: pointer; }
.person:hover { border-color: var(--ink); background: var(--soft); }
.face { flex: none; display: grid; place-items: center; width: 34px; height: 34px; border-radius: 8px; background: var(--brand); color: #fff; }
.who { min-width: 0; line-height: 1.35; }
.person small { display: block; color: var(--faint); font-size: 12px; overflow-wrap: anywhere; }
.person--still, .person--still:hover { border-color: var(--line); background: none; cursor: default; }
.people { display: grid; gap: 24px; margin-top: 16px; }
@media (min-width: 560px) { .people { grid-template-columns: 1fr 1fr; } }
.refuse { display: block; width: 100%; margin-top: 12px; padding: 8px; border: 1px solid var(--line); border-radius: 10px; background: var(--card); color: var(--faint); font: inherit; text-align: center; text-decoration: none; cursor: pointer; }
.refuse:hover { border-color: var(--faint); color: var(--text); }
.mark { display: grid; place-items: center; width: 64px; height: 64px; margin: 24px auto 12px; border-radius: 50%; background: var(--soft); color: var(--ink); font-size: 30px; }
:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
footer { margin-top: 24px; padding-top: 12px; border-top: 1px solid var(--line); color: var(--faint); font-size: 12px; text-align: center; }`;
