import { parseSetCookie } from 'cookie';
import type { HttpResult } from '../../lib/http/answer.ts';
import type { OAuthProviderName } from '../../lib/linking/identity.ts';
import type { RequestOptions } from './functions.ts';
import type { World } from './world.ts';

// biome-ignore lint/suspicious/noExplicitAny: a reply's shape is what the tests assert
type Json = any;

export interface Reply {
  readonly status: number;
  readonly json: Json;
  readonly headers: Readonly<Record<string, string>>;
  readonly setCookies: readonly string[];
}

/** Somebody's browser: keeps cookies, and knows the steps of the user guide. */
export class Browser {
  readonly cookies = new Map<string, string>();
  private readonly world: World;
  private readonly ip: string | undefined;
  /** What it sends as a bearer token, if it is a page that has one. */
  token: string | undefined;
  private codes = 0;

  constructor(world: World, ip?: string) {
    this.world = world;
    this.ip = ip;
  }

  async send(method: string, path: string, options: RequestOptions = {}): Promise<Reply> {
    const sender = { cookies: this.cookieLines, ...(this.ip && { sourceIp: this.ip }) };
    const authorization = this.token !== undefined && { authorization: `Bearer ${this.token}` };
    const headers = { ...authorization, ...options.headers };
    return this.take(await this.world.request(method, path, { ...sender, ...options, headers }));
  }

  /** Its cookies, as it sends them. */
  get cookieLines(): string[] {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`);
  }

  /** Another browser with the same cookies, such as a thief's. */
  copy(): Browser {
    const copy = this.world.browser();
    for (const [name, value] of this.cookies) copy.cookies.set(name, value);
    return copy;
  }

  /** A page of another site that has the token of this browser's session, and no cookies. */
  bearer(): Browser {
    const page = this.world.browser();
    page.token = this.cookies.get('__Host-session');
    return page;
  }

  get = (path: string, options?: RequestOptions) => this.send('GET', path, options);
  post = (path: string, body?: unknown, options: RequestOptions = {}) =>
    this.send('POST', path, { body, ...options });
  put = (path: string, body?: unknown, options: RequestOptions = {}) =>
    this.send('PUT', path, { body, ...options });
  delete = (path: string, options?: RequestOptions) => this.send('DELETE', path, options);

  private take({ statusCode = 0, headers = {}, cookies = [], body }: HttpResult): Reply {
    for (const line of cookies) {
      const cookie = parseSetCookie(line);
      if (cookie.maxAge === 0) this.cookies.delete(cookie.name);
      else this.cookies.set(cookie.name, cookie.value ?? '');
    }
    const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    return {
      status: statusCode,
      json: body ? JSON.parse(body) : undefined,
      headers: texts,
      setCookies: cookies,
    };
  }

  /** Comes back from a provider with what its authorize URL asked for. */
  async answer(
    provider: OAuthProviderName,
    authorizeUrl: string,
    who: string | null,
  ): Promise<CallbackReply> {
    const state = stateIn(authorizeUrl);
    this.codes += 1;
    const query = new URLSearchParams({
      state,
      ...(who !== null && { code: `${who}~${this.codes}${Math.random()}` }),
    });
    return this.callback(provider, query.toString());
  }

  async callback(provider: string, query: string): Promise<CallbackReply> {
    const reply = await this.get(`/oauth/${provider}/callback`, { query });
    const location = new URL(reply.headers['location'] ?? 'about:blank');
    return { ...reply, location, result: location.searchParams.get('result') };
  }

  /** Opens the window of a flow that a bearer began. */
  async openWindow(authorizeUrl: string): Promise<Reply> {
    const { pathname, search } = new URL(authorizeUrl);
    return this.get(pathname, { query: search.slice(1) });
  }

  /** Opens that window, and comes back from its provider. */
  async scanWindow(
    authorizeUrl: string,
    who: string | null,
    provider: OAuthProviderName = 'wechat',
  ): Promise<CallbackReply> {
    const opened = await this.openWindow(authorizeUrl);
    return this.answer(provider, opened.headers['location'] ?? '', who);
  }

  async signInBy(provider: OAuthProviderName, who: string | null): Promise<CallbackReply> {
    const away = await this.get(`/sign-in/${provider}`);
    return this.answer(provider, away.headers['location'] ?? '', who);
  }

  async signInByEmail(address: string): Promise<Reply> {
    const sent = await this.post('/sign-in/email/send', { email: address });
    if (sent.status !== 202) return sent;
    await this.world.deliverStream();
    const code = this.world.outbox.codeFor(address);
    return this.post('/sign-in/email', { challengeId: sent.json.challengeId, code });
  }

  /** Passes the identity check for a purpose. */
  async checkIdentity(purpose: string, phone = '+8613800138001'): Promise<Reply> {
    const sent = await this.post('/otp/send', { purpose });
    if (sent.status !== 202) return sent;
    return this.post('/otp/verify', { purpose, code: this.world.outbox.codeFor(phone) });
  }

  /** Links an address, from the identity check on. */
  async linkEmail(address: string, phone?: string): Promise<Reply> {
    const checked = await this.checkIdentity('link_email', phone);
    if (checked.status !== 200) return checked;
    const sent = await this.post('/links/email/send', { email: address });
    if (sent.status !== 202) return sent;
    return this.post('/links/email', { email: address, code: this.world.outbox.codeFor(address) });
  }

  /** Links a WeChat, from the identity check on. */
  async linkWeChat(who: string, phone?: string): Promise<Reply> {
    const checked = await this.checkIdentity('link_wechat', phone);
    if (checked.status !== 200) return checked;
    return this.scan(who);
  }

  /** Scans for a link whose identity check has passed. */
  async scan(who: string | null): Promise<CallbackReply> {
    const begun = await this.post('/links/wechat');
    return this.answer('wechat', begun.json.authorizeUrl, who);
  }
}

/** The state in an authorize URL. */
export const stateIn = (url = 'about:blank'): string => new URL(url).searchParams.get('state') ?? '';

/** The code that a window ended with. */
export const finishIn = ({ hash }: URL): string => new URLSearchParams(hash.slice(1)).get('finish') ?? '';

export interface CallbackReply extends Reply {
  readonly location: URL;
  readonly result: string | null;
}
