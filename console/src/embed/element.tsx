import { createRoot, type Root } from 'react-dom/client';
import type { GetToken } from '../../../client/src/bearer.ts';
import { parsePurpose } from '../../../lib/linking/identity.ts';
import type { Language } from '../../../lib/linking/language.ts';
import type { AccountLinkingEventMap, ChangedDetail } from '../../element/account-linking.d.ts';
import type { Done } from '../linking/use-linking.ts';
import type { Company } from '../texts/words.tsx';
import { EmbeddedLinking } from './EmbeddedLinking.tsx';
import { STYLES } from './styles.ts';

/** For the developer who puts the element on a page, not for customers: in English alone. */
const MISSING = '<account-linking> has no api-base, such as api-base="https://api.example.com".';

const DARK = window.matchMedia('(prefers-color-scheme: dark)');

/** One sheet for all elements of a page. Constructed, so that no policy has to allow inline styles. */
let sheet: CSSStyleSheet | undefined;

function sharedSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
  }
  return sheet;
}

type Told = Exclude<keyof AccountLinkingEventMap, keyof HTMLElementEventMap>;

function detailOf({ purpose, provider, display }: Done): ChangedDetail {
  return { action: parsePurpose(purpose).action, provider, display };
}

/**
 * `<account-linking api-base="https://api.example.com" lang="zh-CN" theme="light">`: the linking part on any page, whatever that page
 * is made with. It lives in a shadow root, so neither side's styles reach the other.
 *
 * - `api-base`: where the API is, on the same site as the page unless there is `getToken`. Without it the element says that it is missing.
 * - `lang`: `zh-CN` or `en`; else that of the nearest element that has one, else Chinese.
 * - `theme`: `light`, which is what it is without one; `dark`; or `auto`, the system's choice. It paints its own surface.
 * - `probation-seconds`: what `PROBATION_SECONDS` of the service is; without, what it is if nobody sets it.
 * - `result-page`: the page of this origin where windows of WeChat and QQ end, `/oauth-result` without.
 * - `help-url`: where customers find help. `wechat-in-app`: `WECHAT_MP_APP_ID` of the service is set.
 *
 * Its property `getToken`, of a console on another site than the API, gives the token of the customer's session.
 *
 * Fires `changed` (a {@link ChangedDetail} in `detail`), `signed-out` and `not-signed-in`; all of them bubble.
 */
export class AccountLinkingElement extends HTMLElement {
  static readonly observedAttributes = [
    'api-base',
    'lang',
    'theme',
    'probation-seconds',
    'help-url',
    'wechat-in-app',
    'result-page',
  ];
  #root: Root | undefined;
  #getToken: GetToken | undefined;
  /** Changes with it: what was under way with one session is none of the next. */
  #generation = 0;
  readonly #render = () => this.#draw();

  constructor() {
    super();
    // What a page has set before this script came stands in the way of the accessor.
    if (!Object.hasOwn(this, 'getToken')) return;
    const { getToken } = this;
    Reflect.deleteProperty(this, 'getToken');
    this.getToken = getToken;
  }

  get getToken(): GetToken | undefined {
    return this.#getToken;
  }

  set getToken(getToken: GetToken | undefined) {
    if (getToken === this.#getToken) return;
    this.#getToken = getToken;
    this.#generation += 1;
    if (this.isConnected) this.#draw();
  }

  connectedCallback(): void {
    DARK.addEventListener('change', this.#render);
    if (!this.#root) {
      const shadow = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
      shadow.adoptedStyleSheets = [sharedSheet()];
      const holder = document.createElement('div');
      shadow.replaceChildren(holder);
      this.#root = createRoot(holder);
    }
    this.#draw();
  }

  disconnectedCallback(): void {
    DARK.removeEventListener('change', this.#render);
    // An element that is only moved is connected again before this runs, and keeps what is open in it.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#root?.unmount();
      this.#root = undefined;
    });
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.#draw();
  }

  get #language(): Language {
    const lang = this.closest('[lang]')?.getAttribute('lang') ?? '';
    return /^en\b/i.test(lang) ? 'en' : 'zh-CN';
  }

  get #probationSeconds(): number | undefined {
    const seconds = this.getAttribute('probation-seconds')?.trim() ?? '';
    return /^\d+$/.test(seconds) ? Number(seconds) : undefined;
  }

  get #resultPage(): string {
    const page = this.getAttribute('result-page')?.trim() || '/oauth-result';
    return new URL(page, window.location.origin).href;
  }

  get #company(): Company {
    return {
      brandName: '',
      helpUrl: this.getAttribute('help-url')?.trim() ?? '',
      weChatInApp: this.hasAttribute('wechat-in-app'),
    };
  }

  #draw(): void {
    const theme = this.getAttribute('theme');
    const dark = theme === 'dark' || (theme === 'auto' && DARK.matches);
    // The name is TDesign's: its tokens go by it.
    const mode = dark ? 'dark' : 'light';
    if (this.getAttribute('theme-mode') !== mode) this.setAttribute('theme-mode', mode);
    const apiBase = this.getAttribute('api-base')?.trim().replace(/\/+$/, '');
    if (!apiBase) console.error(MISSING);
    const language = this.#language;
    this.#root?.render(
      apiBase ? (
        <div lang={language} className="embedded">
          <EmbeddedLinking
            key={this.#generation}
            apiBase={apiBase}
            getToken={this.#getToken}
            resultPage={this.#resultPage}
            language={language}
            probationSeconds={this.#probationSeconds}
            company={this.#company}
            onChanged={(done) => this.#tell('changed', detailOf(done))}
            onSignedOut={() => this.#tell('signed-out', null)}
            onNotSignedIn={() => this.#tell('not-signed-in', null)}
          />
        </div>
      ) : (
        <p role="alert" className="embedded embedded__missing">
          {MISSING}
        </p>
      ),
    );
  }

  #tell<Type extends Told>(type: Type, detail: AccountLinkingEventMap[Type]['detail']): void {
    this.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, detail }));
  }
}

if (!customElements.get('account-linking')) customElements.define('account-linking', AccountLinkingElement);
