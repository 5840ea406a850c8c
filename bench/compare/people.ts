import { parseSetCookie } from 'cookie';
import type { HttpResult } from '../../lib/http/answer.ts';
import { makeEvent, type RequestOptions, readEvent } from '../../tests/support/functions.ts';
import type { Instance } from './instance.ts';
import type { Outside } from './outside.ts';

/** What is asked of a contestant, and what it has to answer. */
export interface Prepared {
  readonly event: unknown;
  readonly isRight: (answer: Pick<HttpResult, 'statusCode' | 'headers'>) => boolean;
}

const hasStatus = (statusCode: number) => (answer: Pick<HttpResult, 'statusCode'>) =>
  answer.statusCode === statusCode;

const leadsTo = (text: string) => (answer: Pick<HttpResult, 'statusCode' | 'headers'>) =>
  answer.statusCode === 302 && String(answer.headers?.['location']).includes(text);

/** Somebody's browser: keeps cookies. */
class Cookies {
  readonly #kept = new Map<string, string>();

  get lines(): string[] {
    return [...this.#kept].map(([name, value]) => `${name}=${value}`);
  }

  take(lines: readonly string[] = []): void {
    for (const line of lines) {
      const { name, value = '', maxAge } = parseSetCookie(line);
      if (maxAge === 0) this.#kept.delete(name);
      else this.#kept.set(name, encodeURIComponent(value));
    }
  }
}

/** What both contestants are asked for, by the name of what people call it. */
export const FLOWS = ['list', 'verifyCode', 'callback', 'unlink', 'linkEmail', 'sendCode'] as const;
export type FlowName = (typeof FLOWS)[number];

/** The functions that the service's people come by. */
export const USED_FUNCTIONS = [
  'beginLink',
  'beginSignIn',
  'changeAccount',
  'linkEmail',
  'mailSignInCode',
  'notifyOwner',
  'oauthCallback',
  'sendIdentityCheck',
  'sendLinkEmailCode',
  'sendSignInCode',
  'showAccount',
  'signInByEmail',
  'unlink',
  'verifyIdentityCheck',
];

/** A contestant and its people: makes a person for each request that is to be measured, up to just before it. */
export interface Contestant {
  readonly prepare: Readonly<Record<FlowName, () => Promise<Prepared>>>;
  /** Which handler a request goes to. */
  readonly handlers: Readonly<Record<FlowName, string>>;
  /** Does what belongs to a flow after it: a code that was sent is verified, as most are. */
  readonly finish?: (flow: FlowName, prepared: Prepared) => Promise<void>;
}

/** A person of the service. Each has a range of numbers and an address in the network of their own, as many as there are. */
export class Person {
  readonly #cookies = new Cookies();
  readonly who: string;
  readonly accountId: string;
  readonly phone: string;
  readonly address: string;
  readonly #number: number;
  readonly #sourceIp: string;
  readonly #service: Service;

  constructor(service: Service, number: number) {
    const digits = String(number).padStart(6, '0');
    this.#service = service;
    this.#number = number;
    this.who = `p${digits}`;
    this.accountId = `3${digits}`;
    this.phone = `+861${digits}0000`;
    this.address = `${this.who}@example.com`;
    this.#sourceIp = `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
  }

  event(method: string, path: string, options: RequestOptions = {}) {
    return makeEvent(method, path, { cookies: this.#cookies.lines, sourceIp: this.#sourceIp, ...options });
  }

  async send(method: string, path: string, options: RequestOptions = {}): Promise<HttpResult> {
    const { found, event } = this.event(method, path, options);
    const answer = await this.#service.invoke(found.name, event);
    if ((answer.statusCode ?? 500) >= 400)
      throw new Error(`${method} ${path} answered ${answer.statusCode} ${answer.body}`);
    this.#cookies.take(answer.cookies);
    return answer;
  }

  async checkIdentity(purpose: string): Promise<void> {
    await this.send('POST', '/otp/send', { body: { purpose } });
    const code = this.#service.outside.codeFor(this.phone);
    await this.send('POST', '/otp/verify', { body: { purpose, code } });
  }

  /** Comes back from a provider. */
  callback(provider: string, authorizeUrl: string) {
    const state = new URL(authorizeUrl).searchParams.get('state') ?? '';
    const query = new URLSearchParams({ code: this.who, state }).toString();
    return [`/oauth/${provider}/callback`, { query }] as const;
  }

  /** The same person, with a browser that nobody knows. */
  newBrowser(): Person {
    return new Person(this.#service, this.#number);
  }

  async signInByQQ(): Promise<void> {
    const { headers } = await this.send('GET', '/sign-in/qq');
    const answer = await this.send('GET', ...this.callback('qq', String(headers?.['location'])));
    if (!leadsTo('result=signed_in')(answer)) throw new Error(`sign-in: ${answer.headers?.['location']}`);
  }

  async linkWeChat(): Promise<void> {
    const answer = await this.send('GET', ...(await this.beginWeChat()));
    if (!leadsTo('result=linked')(answer)) throw new Error(`link: ${answer.headers?.['location']}`);
  }

  /** @returns what links the address that was sent a code */
  async beginEmail(): Promise<{ readonly email: string; readonly code: string }> {
    const { address: email } = this;
    await this.checkIdentity('link_email');
    await this.send('POST', '/links/email/send', { body: { email } });
    return { email, code: this.#service.outside.codeFor(email) };
  }

  async linkEmail(): Promise<void> {
    await this.send('POST', '/links/email', { body: await this.beginEmail() });
  }

  async beginWeChat() {
    await this.checkIdentity('link_wechat');
    const { body = '{}' } = await this.send('POST', '/links/wechat');
    return this.callback('wechat', JSON.parse(body).authorizeUrl);
  }
}

/** Of all services, which share what is outside. */
let people = 0;

/** The service, by the packaged functions of one tree. */
export class Service implements Contestant {
  readonly outside: Outside;
  readonly #instance: Instance;
  readonly #senders = new Map<Prepared, Person>();

  /** @param instance has every function of the tree */
  constructor(instance: Instance, outside: Outside) {
    this.#instance = instance;
    this.outside = outside;
  }

  async invoke(name: string, event: unknown): Promise<HttpResult> {
    const { answers } = await this.#instance.run(name, [event]);
    return answers[0] ?? {};
  }

  /** Somebody who is registered by QQ and signed in. */
  async member(): Promise<Person> {
    people += 1;
    const person = new Person(this, people);
    const { who, accountId, phone } = person;
    const registered = { provider: 'qq', subject: `union-${who}`, display: who };
    const detail = { accountId, revision: 1, status: 'active', name: who, phone, registered };
    await this.invoke('changeAccount', { ...(readEvent('changeAccount') as object), detail });
    await person.signInByQQ();
    return person;
  }

  async #linked(): Promise<Person> {
    const person = await this.member();
    await person.linkWeChat();
    return person;
  }

  readonly handlers = {
    list: 'showAccount',
    verifyCode: 'verifyIdentityCheck',
    callback: 'oauthCallback',
    unlink: 'unlink',
    linkEmail: 'linkEmail',
    sendCode: 'sendIdentityCheck',
  };

  readonly prepare = {
    list: async () => {
      const person = await this.#linked();
      return { event: person.event('GET', '/account').event, isRight: hasStatus(200) };
    },
    verifyCode: async () => {
      const [person, purpose] = [await this.member(), 'link_email'];
      await person.send('POST', '/otp/send', { body: { purpose } });
      const code = this.outside.codeFor(person.phone);
      const { event } = person.event('POST', '/otp/verify', { body: { purpose, code } });
      return { event, isRight: hasStatus(200) };
    },
    callback: async () => {
      const person = await this.member();
      const { event } = person.event('GET', ...(await person.beginWeChat()));
      return { event, isRight: leadsTo('result=linked') };
    },
    unlink: async () => {
      const person = await this.#linked();
      await person.checkIdentity('unlink_wechat');
      return { event: person.event('DELETE', '/links/wechat').event, isRight: hasStatus(204) };
    },
    linkEmail: async () => {
      const person = await this.member();
      const body = await person.beginEmail();
      return { event: person.event('POST', '/links/email', { body }).event, isRight: hasStatus(201) };
    },
    sendCode: async () => {
      const [person, purpose] = [await this.member(), 'link_email'];
      const { event } = person.event('POST', '/otp/send', { body: { purpose } });
      const prepared = { event, isRight: hasStatus(202) };
      this.#senders.set(prepared, person);
      return prepared;
    },
  };

  async finish(flow: FlowName, prepared: Prepared): Promise<void> {
    const person = this.#senders.get(prepared);
    if (flow !== 'sendCode' || person === undefined) return;
    this.#senders.delete(prepared);
    const code = this.outside.codeFor(person.phone);
    await person.send('POST', '/otp/verify', { body: { purpose: 'link_email', code } });
  }
}

/** What peer/people.mjs knows of somebody. */
interface PeerPerson {
  readonly who: string;
  readonly phone: string;
  readonly accountId: string;
  readonly cookie: string;
}

const PEER_PATH = '/api/auth';
const PEER_ORIGIN = 'https://api.example.com';

/** better-auth, asked for what is nearest to what the service is asked for. */
export class Peer implements Contestant {
  readonly #instance: Instance;
  readonly #outside: Outside;
  readonly handlers = {
    list: 'auth',
    verifyCode: 'auth',
    callback: 'auth',
    unlink: 'auth',
    linkEmail: 'auth',
    sendCode: 'auth',
  };

  /** @param instance has peer/people.mjs as `people` and peer/auth.mjs as `auth` */
  constructor(instance: Instance, outside: Outside) {
    this.#instance = instance;
    this.#outside = outside;
  }

  /** Makes its tables. */
  async migrate(): Promise<void> {
    await this.#instance.run('people', [{ migrate: true }]);
  }

  async #person(links: readonly string[] = ['other']): Promise<PeerPerson> {
    const { answers } = await this.#instance.run('people', [{ links }]);
    return answers[0] as unknown as PeerPerson;
  }

  private event(
    method: string,
    path: string,
    options: { body?: object; query?: string; cookies?: string[] } = {},
  ) {
    const { body, query = '', cookies = [] } = options;
    // The same gateway's event, for a page of the same site.
    const { event } = makeEvent('GET', '/account', {
      cookies,
      query,
      ...(body && { body }),
      headers: { origin: PEER_ORIGIN },
    });
    const http = { ...event.requestContext.http, method, path: `${PEER_PATH}${path}` };
    return { ...event, rawPath: http.path, requestContext: { ...event.requestContext, http } };
  }

  async #send(...asked: Parameters<Peer['event']>): Promise<HttpResult> {
    const { answers } = await this.#instance.run('auth', [this.event(...asked)]);
    const [answer = {}] = answers;
    if ((answer.statusCode ?? 500) >= 400)
      throw new Error(`better-auth answered ${asked[1]} with ${answer.statusCode} ${answer.body}`);
    return answer;
  }

  readonly prepare = {
    list: async () => {
      const { cookie } = await this.#person(['other', 'provider']);
      return { event: this.event('GET', '/list-accounts', { cookies: [cookie] }), isRight: hasStatus(200) };
    },
    verifyCode: async () => {
      const { cookie, phone: phoneNumber } = await this.#person();
      const cookies = [cookie];
      await this.#send('POST', '/phone-number/send-otp', { body: { phoneNumber }, cookies });
      const body = { phoneNumber, code: this.#outside.codeFor(phoneNumber), disableSession: true };
      return {
        event: this.event('POST', '/phone-number/verify', { body, cookies }),
        isRight: hasStatus(200),
      };
    },
    callback: async () => {
      const { cookie, who } = await this.#person();
      const body = { provider: 'provider', callbackURL: '/done', disableRedirect: true };
      const begun = await this.#send('POST', '/link-social', { body, cookies: [cookie] });
      const state = new URL(JSON.parse(begun.body ?? '{}').url).searchParams.get('state') ?? '';
      const kept = new Cookies();
      kept.take(begun.cookies);
      const query = new URLSearchParams({ code: `scan-${who}`, state }).toString();
      const event = this.event('GET', '/callback/provider', { query, cookies: [cookie, ...kept.lines] });
      return { event, isRight: leadsTo('/done') };
    },
    unlink: async () => {
      const { cookie, accountId } = await this.#person(['other', 'provider']);
      const event = this.event('POST', '/unlink-account', { body: { accountId }, cookies: [cookie] });
      return { event, isRight: hasStatus(200) };
    },
    linkEmail: async () => {
      const { cookie, who } = await this.#person();
      const [newEmail, cookies] = [`new-${who}@example.com`, [cookie]];
      await this.#send('POST', '/email-otp/request-email-change', { body: { newEmail }, cookies });
      const body = { newEmail, otp: this.#outside.codeFor(newEmail) };
      return {
        event: this.event('POST', '/email-otp/change-email', { body, cookies }),
        isRight: hasStatus(200),
      };
    },
    sendCode: async () => {
      const { cookie, phone: phoneNumber } = await this.#person();
      const event = this.event('POST', '/phone-number/send-otp', {
        body: { phoneNumber },
        cookies: [cookie],
      });
      return { event, isRight: hasStatus(200) };
    },
  };
}
