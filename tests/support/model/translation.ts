import { parseSetCookie } from 'cookie';
import type { HttpResult } from '../../../lib/http/answer.ts';
import { SESSION_COOKIE } from '../../../lib/http/caller.ts';
import { parseSessionToken, sessionId } from '../../../lib/linking/session.ts';
import type { Item } from '../../../lib/table/client.ts';
import { sorted } from './accounts.ts';
import type { Answer } from './answers.ts';
import type { Command } from './commands.ts';
import { SHOWN_MAX } from './notices.ts';
import { type Done, type Service, type Surroundings, WRONG_CODE } from './service.ts';
import { keyOf, type Label } from './state.ts';

/** A sign-in that was asked for, as the browser and the table's stream know it. */
interface AskedSignIn {
  readonly id: string;
  readonly item: Item;
  readonly address: string;
  readonly expiresAt: number;
}

/** What a request came to, in the model's words and in the browser's. */
export interface Reply {
  readonly answer: Answer;
  readonly result?: HttpResult;
}

interface Content {
  readonly body?: object;
  readonly query?: string;
}

/** Says commands of the model to the service, and answers of the service to the model: it alone knows which id is which label. */
export class Translation {
  /** Which code has which digits. */
  readonly codes = new Map<Label, string>();
  readonly signIns = new Map<Label, AskedSignIn>();
  /** The state of each flow. */
  readonly states = new Map<Label, string>();
  /** What each session is called. */
  private readonly sessions = new Map<Label, string>();
  /** What the owner is told of, as the table has it. */
  readonly notices = new Map<Label, Item>();
  private readonly noticeLabels = new Map<string, Label>();
  /** The code that each notice had in place of a link. */
  readonly undoCodes = new Map<Label, string>();
  private readonly service: Service;
  private readonly cookies = new Map<string, Map<string, string>>();
  private readonly flows = new Map<string, Label>();
  private scans = 0;

  constructor(service: Service) {
    this.service = service;
  }

  /** The request a command stands for. What it says is settled now, before any of those at the same time is sent. */
  requestFor(command: Command, label: Label): (surroundings?: Surroundings) => Promise<Reply> {
    const code = (guess: Label) => this.codes.get(guess) ?? WRONG_CODE;
    const http = (method: string, path: string, content?: Content) =>
      this.http(command, label, `${method} ${path}`, content);
    switch (command.ask) {
      case 'GET /account':
      case 'GET /account/history':
      case 'DELETE /session':
      case 'DELETE /sessions':
        return this.http(command, label, command.ask);
      case 'DELETE /sessions/{id}':
        return http('DELETE', `/sessions/${this.sessions.get(command.session) ?? 'a'.repeat(22)}`);
      case 'POST /otp/send':
        return http('POST', '/otp/send', { body: { purpose: command.purpose } });
      case 'POST /otp/verify':
        return http('POST', '/otp/verify', { body: { purpose: command.purpose, code: code(command.guess) } });
      case 'POST /links/email/send':
        return http('POST', '/links/email/send', { body: { email: ` ${command.address.toUpperCase()}` } });
      case 'POST /links/email':
        return http('POST', '/links/email', { body: { email: command.address, code: code(command.guess) } });
      case 'POST /links':
        return http('POST', `/links/${command.provider}`);
      case 'DELETE /links':
        return http('DELETE', `/links/${command.provider}`);
      case 'GET /sign-in':
        return http('GET', `/sign-in/${command.provider}`);
      case 'GET /oauth':
        return http('GET', `/oauth/${command.at}/callback`, { query: this.queryOf(command) });
      case 'POST /sign-in/email/send':
        return http('POST', '/sign-in/email/send', { body: { email: command.address } });
      case 'POST /sign-in/email': {
        const challengeId = this.signIns.get(command.signIn)?.id ?? 'a'.repeat(44);
        return http('POST', '/sign-in/email', { body: { challengeId, code: code(command.guess) } });
      }
      case 'POST /undo/open': {
        const digits = this.undoCodes.get(command.notice) ?? WRONG_CODE;
        return http('POST', '/undo/open', { body: { phone: command.phone, code: digits } });
      }
      case 'POST /undo/show':
      case 'POST /undo':
      case 'POST /undo/code':
      case 'POST /undo/restore': {
        const item = this.notices.get(command.notice);
        const token = item === undefined ? 'no token' : this.service.undoToken(item, command.by);
        const guess = 'guess' in command && { code: code(command.guess) };
        const only = 'only' in command && { only: command.only };
        return this.http(command, label, command.ask, { body: { token, ...guess, ...only } });
      }
      case 'POST /account/only':
        return this.http(command, label, command.ask);
      case 'PUT /account/preferences':
        return http('PUT', '/account/preferences', { body: command.chosen });
      case 'POST /links/clear':
        return http('POST', `/links/${command.provider}/clear`);
      case 'DELETE /account/notices':
        return http('DELETE', `/account/notices/${this.noticeId(command.notice)}`);
      case 'POST /account/notices/disown':
        return http('POST', `/account/notices/${this.noticeId(command.notice)}/disown`);
      case 'the stream':
        return (surroundings) => this.deliver(command, label, surroundings);
    }
  }

  /** What an answer does to the browser's cookies. */
  keepCookies(browser: string, result: HttpResult | undefined): void {
    const jar = this.cookies.get(browser) ?? new Map<string, string>();
    for (const line of result?.cookies ?? []) {
      const { name, value = '', maxAge } = parseSetCookie(line);
      if (maxAge === 0) jar.delete(name);
      else jar.set(name, value);
    }
    this.cookies.set(browser, jar);
  }

  copyCookies(from: string, to: string): void {
    this.cookies.set(to, new Map(this.cookies.get(from)));
  }

  copySession(from: string, to: string): void {
    const held = [...(this.cookies.get(from) ?? [])].filter(([name]) => name === '__Host-session');
    this.cookies.set(to, new Map(held));
  }

  private noticeId(notice: Label): string {
    return String(this.notices.get(notice)?.['noticeId'] ?? 'c000000000'.padEnd(22, 'a'));
  }

  /** What is told of something, without order; `?` where it is not all of it, or of what nobody was told. */
  private noticeRows(rows: readonly Record<string, unknown>[]): object[] | '?' {
    const labels = rows.map(({ id }) => this.noticeLabels.get(String(id)));
    if (rows.length >= SHOWN_MAX || labels.includes(undefined)) return '?';
    const isInOrder = rows.every((row, index) => index === 0 || groupOf(rows[index - 1]) <= groupOf(row));
    return isInOrder
      ? sorted(
          rows.map((row, index) => {
            const { ip: _ip, device: _device, ...told } = row;
            return { group: groupOf(row), ...told, id: labels[index] };
          }),
        )
      : [];
  }

  private queryOf({ flow, who }: Extract<Command, { ask: 'GET /oauth' }>): string {
    this.scans += 1;
    const state = this.states.get(flow) ?? 'a'.repeat(43);
    return new URLSearchParams({ state, ...(who !== null && { code: `${who}~${this.scans}` }) }).toString();
  }

  private http(command: Command, label: Label, route: string, { body, query }: Content = {}) {
    const cookies = [...(this.cookies.get(command.browser) ?? [])].map((pair) => pair.join('='));
    const [method = '', path = ''] = route.split(' ');
    const options = { cookies, ...(body && { body }), ...(query && { query }) };
    const fate = 'fate' in command ? command.fate : 'accepted';
    return async (surroundings?: Surroundings): Promise<Reply> => {
      const done = await this.service.request(method, path, options, fate, surroundings);
      this.learn(command, label, done);
      return { answer: this.answerOf(command, label, done.result), result: done.result };
    };
  }

  private async deliver(
    { signIn, fate }: Extract<Command, { ask: 'the stream' }>,
    label: Label,
    surroundings?: Surroundings,
  ): Promise<Reply> {
    const item = this.signIns.get(signIn)?.item;
    if (item === undefined) return { answer: { failed: 0 } };
    const { result, codes } = await this.service.deliver(item, fate, surroundings);
    for (const digits of codes) this.codes.set(label, digits);
    return { answer: { failed: result } };
  }

  /** Which id, code and state is whose, for what is asked later. */
  private learn(command: Command, label: Label, { result, codes, signIns, notices }: Done<HttpResult>): void {
    for (const digits of codes) this.codes.set(label, digits);
    for (const notice of notices) this.learnNotice(labelOf(command, label, notice), notice);
    const session = sessionIn(result);
    if (session !== undefined) this.sessions.set(label, session);
    const body = result.body === undefined ? {} : JSON.parse(result.body);
    const url = body.authorizeUrl ?? result.headers?.['location'];
    if (command.ask === 'POST /links' || command.ask === 'GET /sign-in') {
      const state = typeof url === 'string' ? new URL(url).searchParams.get('state') : null;
      if (state !== null) this.states.set(label, state);
      if (body.flowId !== undefined) this.flows.set(body.flowId, label);
    }
    const [item] = signIns;
    if (command.ask === 'POST /sign-in/email/send' && body.challengeId !== undefined && item !== undefined) {
      const expiresAt = Number(item['expiresAt']);
      this.signIns.set(label, { id: body.challengeId, item, address: command.address, expiresAt });
    }
  }

  private learnNotice(label: Label, notice: Item): void {
    this.notices.set(label, notice);
    this.noticeLabels.set(String(notice['noticeId']), label);
  }

  /** What owners are to be told of what happened by itself. */
  learnOfHappening(label: Label, notices: readonly Item[]): void {
    for (const notice of notices)
      this.learnNotice(keyOf(label, String(notice['type']), String(notice['provider'])), notice);
  }

  /** An answer with labels in place of ids, and without texts. */
  private answerOf(
    command: Command,
    label: Label,
    { statusCode: status, body, headers }: HttpResult,
  ): Answer {
    const json = body === undefined ? {} : JSON.parse(body);
    const location = String(headers?.['location'] ?? 'about:blank');
    if (json.code !== undefined) {
      const { code, retryAfter, attemptsLeft, errors } = json;
      return defined({ status, code, retryAfter, attemptsLeft, errors });
    }
    switch (command.ask) {
      case 'GET /account': {
        const { accountId, name, phone, frozenUntil, methods, checks, lastFlow, session, notices } = json;
        const shown = { accountId, name, phone, frozenUntil, checks, session };
        return {
          status,
          ...shown,
          methods,
          preferences: json.preferences,
          notices: this.noticeRows(notices),
          lastFlow: lastFlow && this.flowRow(lastFlow),
        };
      }
      case 'GET /account/history':
        return { status, events: json.next === null ? sorted(json.events.map(eventRow)) : '?' };
      case 'POST /links':
        return { status, flow: this.flows.get(json.flowId), expiresAt: json.expiresAt };
      case 'POST /links/email':
        return { status, method: json.method };
      case 'GET /sign-in': {
        const { hostname, searchParams } = new URL(location);
        const result = searchParams.get('result');
        return result === null ? { status, to: hostname.split('.')[0] } : { status, result };
      }
      case 'GET /oauth': {
        const query = new URL(location).searchParams;
        const told = (name: string) => query.get(name) ?? undefined;
        const flow = told('flow');
        // The id of a sign-in's flow is told where it ends, and not before.
        if (flow !== undefined && !this.flows.has(flow)) this.flows.set(flow, command.flow);
        const ended = flow === undefined ? {} : { intent: told('intent'), flow: this.flows.get(flow) };
        return { status, provider: told('provider'), result: told('result'), ...ended };
      }
      case 'POST /sign-in/email/send':
        return { status, ...json, challengeId: label };
      case 'POST /undo/open':
        return { status, token: this.noticeOfToken(json.token) };
      case 'POST /undo/show':
      case 'POST /undo':
      case 'POST /undo/restore':
      case 'POST /account/notices/disown': {
        const { ip: _ip, device: _device, ...told } = json;
        return { status, ...told };
      }
      default:
        return { status, ...json };
    }
  }

  private noticeOfToken(token: string): Label | undefined {
    return [...this.notices].find(([, item]) => this.service.undoToken(item, 'sms') === token)?.[0];
  }

  private flowRow({ flowId, ...lastFlow }: { flowId: string }) {
    return { flow: this.flows.get(flowId) ?? '?', ...lastFlow };
  }
}

/** What the session is called that an answer opens. */
function sessionIn({ cookies = [] }: HttpResult): string | undefined {
  const opened = cookies.map((line) => parseSetCookie(line)).find(({ name }) => name === SESSION_COOKIE);
  const ref = parseSessionToken(opened?.value);
  return ref && sessionId(ref);
}

/** A request tells of one thing of a kind; what follows a spent link is about what that was. */
function labelOf({ ask }: Command, label: Label, { type, provider, phoneOnly }: Item): Label {
  const isSuccessor = phoneOnly && (ask === 'POST /undo/code' || ask === 'POST /undo/restore');
  return isSuccessor ? keyOf(label, 'successor') : keyOf(label, String(type), String(provider));
}

/** Changes come before sign-ins, as the beginning of an id has it. */
const groupOf = (row: Record<string, unknown> | undefined) =>
  String(row?.['id']).startsWith('s') ? 'sign-in' : 'change';

function defined(answer: Record<string, unknown>): Answer {
  return Object.fromEntries(Object.entries(answer).filter(([, value]) => value !== undefined));
}

function eventRow({ type, provider, display, reason, at }: Record<string, unknown>) {
  return { type, provider, display, reason, at };
}
