/// <reference lib="dom" />
import type { BrowserContext, Locator, Page, Route } from 'playwright-core';
import { STATUS } from '../../lib/contract/problems.ts';
import type { ProblemCode } from '../../lib/linking/problem.ts';
import type { Customer } from './cast.ts';
import { codesTo, dialog, messagesTo, nextCode, scanAs, type World } from './support.ts';
import type { Words } from './words.ts';

type Json = Record<string, unknown>;

export interface StageOptions {
  readonly world: World;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly words: Words;
  readonly customer: Customer;
  /** What is done to every answer before the page sees it. */
  readonly retouch?: (body: Json) => Json;
}

/** A browser at the page, with a customer before it and the words of a language on it. */
export class Stage {
  readonly world: World;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly words: Words;
  readonly customer: Customer;
  readonly #retouch: (body: Json) => Json;
  readonly #staged: (() => Promise<void>)[] = [];

  constructor({ world, context, page, words, customer, retouch = (body) => body }: StageOptions) {
    this.world = world;
    this.context = context;
    this.page = page;
    this.words = words;
    this.customer = customer;
    this.#retouch = retouch;
  }

  get t() {
    return this.words.t;
  }

  get console(): string {
    return this.world.urls.console;
  }

  dialog(name: string): Locator {
    return dialog(this.page, name);
  }

  /** A button of a form or dialog, or of the whole page. */
  button(name: string, within: Locator | Page = this.page): Locator {
    return within.getByRole('button', { name, exact: true });
  }

  /** The box of six digits. */
  code(within: Locator | Page = this.page): Locator {
    return within.getByRole('textbox', { name: this.t('code.label') });
  }

  /** What the button that sends a code says while another one can't be sent. */
  get counting(): RegExp {
    return new RegExp(this.t('code.wait', { seconds: '#' }).replace('#', '\\d+'));
  }

  heading(name: string): Locator {
    return this.page.getByRole('heading', { name, exact: true });
  }

  /** The account page, once everything on it is there. */
  async atAccount(): Promise<void> {
    await this.page.goto(this.console);
    await this.page.locator('.methods').waitFor();
    await this.page.locator('.sessions').waitFor();
    await this.page.locator('.history, .history__empty, .load-failed').first().waitFor();
  }

  async signInByQQ(): Promise<void> {
    await this.page.goto(`${this.console}/sign-in`);
    await this.page.getByRole('link', { name: this.t('sign_in.by', { provider: 'QQ' }) }).click();
    await this.page.waitForURL(/oauth2\.0\/authorize/);
    await scanAs(this.page, this.customer.qq);
    await this.page.locator('.methods').waitFor();
    await this.page.locator('.history').waitFor();
  }

  /** Presses the button that sends a code, and gives the code once the page says that it was sent. */
  async send(within: Locator | Page, to: string): Promise<string> {
    const seen = (await codesTo(this.world, to)).length;
    await this.button(this.t('code.send'), within).click();
    await within.getByRole('button', { name: this.counting }).waitFor();
    return nextCode(this.world, to, seen);
  }

  async confirm(name: string): Promise<void> {
    await this.button(this.t('dialog.confirm'), this.dialog(name)).click();
  }

  async cancel(name: string): Promise<void> {
    await this.button(this.t('dialog.cancel'), this.dialog(name)).click();
    await this.dialog(name).waitFor({ state: 'hidden' });
  }

  /** The newest link of a notice that says so, once the notice has come. */
  async noticeLink(to: string, said: RegExp): Promise<string> {
    for (let tries = 0; tries < 300; tries += 1) {
      const text = (await messagesTo(this.world, to))
        .map((message) => message.text)
        .find((one) => said.test(one));
      const link = text && /http\S+\/not-me#\S+/.exec(text);
      if (link) return link[0];
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`nobody said ${said}`);
  }

  async #answer(route: Route, status: number, json: unknown): Promise<void> {
    const { origin = this.console } = route.request().headers();
    await route.fulfill({
      status,
      contentType: 'application/problem+json',
      body: JSON.stringify(json),
      headers: { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' },
    });
  }

  async #stage(call: string, handle: (route: Route) => Promise<void>): Promise<void> {
    const [method, path] = call.split(' ');
    const url = `${this.world.urls.api}${path}`;
    const handler = async (route: Route) =>
      route.request().method() === method ? handle(route) : route.fallback();
    await this.context.route(url, handler);
    this.#staged.push(() => this.context.unroute(url, handler));
  }

  /** From now on a request such as `POST /otp/send` is refused; what the service would say only rarely. */
  async refuse(call: string, code: ProblemCode, members: Json = {}): Promise<void> {
    await this.#stage(call, (route) =>
      this.#answer(route, STATUS[code], { type: `urn:account-linking:${code}`, code, ...members }),
    );
  }

  /** From now on a request is answered so, whatever the service would say. */
  async answer(call: string, json: Json): Promise<void> {
    await this.#stage(call, (route) => this.#answer(route, 200, json));
  }

  /** From now on the service says something else. */
  async alter(call: string, change: (body: Json) => Json): Promise<void> {
    await this.#stage(call, async (route) => {
      const response = await route.fetch();
      // Without its hour: what is answered may be said to have been at another one.
      const { date: _date, ...headers } = response.headers();
      const json = change(this.#retouch((await response.json()) as Json));
      await route.fulfill({ response, headers, json });
    });
  }

  /** From now on a request is not answered. */
  async hold(call: string): Promise<void> {
    await this.#stage(call, () => new Promise(() => undefined));
  }

  /** The service speaks for itself again. */
  async release(): Promise<void> {
    for (const undo of this.#staged.splice(0)) await undo();
  }
}
