import { becomesSubAccount } from '../people.ts';
import type { testSettings } from '../settings.ts';
import { signedInBy, sorted } from './accounts.ts';
import type { Answering } from './alone.ts';
import { type Answer, type Asked, alone, explained } from './answers.ts';
import { beginning, type Cast, COPY, castOf } from './cast.ts';
import { ask, type Command, type Happening, happen } from './commands.ts';
import { requestOf } from './desk.ts';
import type { Scan } from './flows.ts';
import { Service, type Shared, type Surroundings } from './service.ts';
import { jarOf, type Label, type Rules, type State } from './state.ts';
import { type Reply, Translation } from './translation.ts';

/** The service did what the rules have no explanation for. */
export class Divergence extends Error {
  override readonly name = 'Divergence';
}

/** One of the requests of a turn, and what is to happen to it. */
export interface Sent {
  readonly command: Command;
  readonly surroundings?: Surroundings;
  /** How many of its calls failed for good; asked once it is answered. */
  readonly faults?: () => number;
}

/** How requests that are sent at the same time run. */
export type Together = (requests: readonly (() => Promise<unknown>)[]) => Promise<unknown>;

const atOnce: Together = (requests) => Promise.all(requests.map((request) => request()));

let sequences = 0;

/** How often each kind of request was answered how, in all sequences: what never happens proves nothing. */
export const met = new Map<string, number>();

const count = (what: string) => met.set(what, (met.get(what) ?? 0) + 1);

function note({ ask: asked }: Command, { status, code, result }: Answer): void {
  count(`${asked}: ${code ?? result ?? status ?? 'done'}`);
}

/** One sequence of requests, the service and the model side by side. */
export class Sequence implements Answering {
  readonly cast: Cast;
  readonly translation: Translation;
  /** All that may be so, by what was answered until now: more than one only where a fault has hidden something. */
  states: State[];
  /** What was asked and answered. */
  readonly log: string[] = [];
  private readonly service: Service;
  private readonly shared: Shared;
  private readonly formerUnionids: string[] = [];
  private turns = 0;

  private constructor(shared: Shared, settings: Parameters<typeof testSettings>[0], rules: Rules) {
    sequences += 1;
    const { cast, imported } = castOf(String(sequences));
    this.cast = cast;
    this.shared = shared;
    this.service = new Service(shared, settings, cast.people, rules.hasLinks);
    this.translation = new Translation(this.service);
    this.states = [beginning(imported, rules, this.service.nowSeconds)];
  }

  static async begin(
    shared: Shared,
    settings: Parameters<typeof testSettings>[0],
    rules: Rules,
  ): Promise<Sequence> {
    const sequence = new Sequence(shared, settings, rules);
    const load = (records: readonly object[]) =>
      Promise.all(records.map((record) => shared.world.importAccounts(record)));
    // A parent comes before its sub-accounts.
    await load(sequence.cast.records.filter((record) => !('parentId' in record)));
    await load(sequence.cast.records.filter((record) => 'parentId' in record));
    return sequence;
  }

  /** One of all that may be so. */
  get state(): State {
    const [state] = this.states;
    if (state === undefined) throw new Divergence('nothing explains it');
    return state;
  }

  /** Whether a browser may be signed in. */
  isSignedIn(browser: string): boolean {
    return this.states.some((state) => signedInBy(state, jarOf(state, browser)) !== undefined);
  }

  /** Most rules are about people who are signed in: two of the browsers begin so. */
  async enterTwo(): Promise<void> {
    for (const [browser, who] of [
      ['one', 'anna'],
      ['two', 'bob'],
    ] as const) {
      await this.send([{ command: { browser, ask: 'GET /sign-in', provider: 'qq' } }]);
      const flow = `${this.turns}.0`;
      await this.send([{ command: { browser, ask: 'GET /oauth', at: 'qq', flow, who } }]);
    }
  }

  async happens(happening: Happening): Promise<void> {
    this.log.push(JSON.stringify(happening));
    this.states = this.states.map((state) => happen(state, happening));
    const { world } = this.shared;
    switch (happening.happens) {
      case 'time passes':
        this.service.nowSeconds += happening.seconds;
        return;
      case 'the cookies of a browser are copied':
        return this.translation.copyCookies(happening.from, COPY);
      case 'the session of a browser is stolen':
        return this.translation.copySession(happening.from, COPY);
      case 'the company says': {
        const told = await this.service.companySays(happening.record);
        return this.translation.learnOfHappening(happening.label, told);
      }
      case 'the support desk helps': {
        const told = await this.service.helpOut(requestOf(happening.help));
        for (const { type } of told) count(`the support desk: ${type}`);
        return this.translation.learnOfHappening(happening.label, told);
      }
      case 'mail comes back': {
        const told = await this.service.mailComesBack(happening.mail);
        for (const { type } of told) count(`mail comes back: ${type}`);
        return this.translation.learnOfHappening(happening.label, told);
      }
      case 'a notice goes out':
        return this.lookAtMessages(happening.notice);
      case 'an account becomes a sub-account':
        return becomesSubAccount(world, { accountId: happening.account });
      case 'a person gets a unionid': {
        const { people } = this.service.people.wechat;
        const person = people.get(happening.who);
        // What was claimed by an earlier one stays claimed.
        if (person?.unionid !== undefined) this.formerUnionids.push(person.unionid);
        if (person) people.set(happening.who, { ...person, unionid: happening.as });
        return;
      }
    }
  }

  /** One request, and nothing that goes wrong. */
  async request(command: Command): Promise<{ readonly answer: Answer; readonly label: Label }> {
    const [answer = {}] = await this.send([{ command }]);
    return { answer, label: `${this.turns}.0` };
  }

  /** Sends requests, all at the same time where they are several, and looks whether the answers can be explained. */
  async send(sent: readonly Sent[], together: Together = atOnce): Promise<readonly Answer[]> {
    this.turns += 1;
    const asked: Asked[] = [];
    const replies: Reply[] = [];
    const requests = sent.map(({ command: meant, surroundings, faults }, index) => {
      const label = `${this.turns}.${index}`;
      const command = this.asKnown(meant);
      const { browser } = command;
      const pending = ask(command, jarOf(this.state, browser), label, this.settled(command));
      const request = this.translation.requestFor(command, label);
      return async () => {
        const reply = await request(surroundings);
        replies[index] = reply;
        asked[index] = { browser, pending, answer: reply.answer, faults: faults?.() ?? 0 };
      };
    });
    await together(requests);
    for (const [index, { command }] of sent.entries()) {
      this.translation.keepCookies(command.browser, replies[index]?.result);
      const { answer, faults } = asked[index] ?? {};
      const failing = faults ? ` (${faults} failed)` : '';
      this.log.push(
        `${this.turns}.${index}: ${JSON.stringify(command)}${failing}: ${JSON.stringify(answer)}`,
      );
      if (answer) note(command, answer);
    }
    const after = this.states.flatMap((state) => explained(state, asked));
    if (after.length === 0) throw this.divergence(asked);
    this.states = [...new Map(after.map((state) => [JSON.stringify(state), state])).values()];
    return asked.map(({ answer }) => answer);
  }

  /** Looks at where the owner is told of something, and with what. */
  private async lookAtMessages(notice: Label): Promise<void> {
    const item = this.translation.notices.get(notice);
    const sent = item === undefined ? [] : await this.service.notify(item);
    for (const { undoCode } of sent)
      if (undoCode !== undefined) this.translation.undoCodes.set(notice, undoCode);
    const found = JSON.stringify(sorted(sent.map(({ by, to, hasLink }) => ({ by, to, hasLink }))));
    const told = (state: State) => state.notices[notice]?.told ?? [];
    const matching = this.states.filter(
      (state) =>
        JSON.stringify(sorted(told(state).map(({ by, to, hasLink }) => ({ by, to, hasLink })))) === found,
    );
    if (matching.length === 0)
      throw new Divergence(
        [...this.log, `told: ${found}`, ...this.states.map((state) => JSON.stringify(told(state)))].join(
          '\n',
        ),
      );
    this.states = matching;
  }

  /** Looks at all that can be seen, by every browser and in the table. */
  async lookAtAll(): Promise<void> {
    for (const browser of this.cast.browsers) {
      await this.send([{ command: { browser, ask: 'GET /account' } }]);
      if (this.isSignedIn(browser)) await this.send([{ command: { browser, ask: 'GET /account/history' } }]);
    }
    await this.lookAtClaims();
  }

  /** Looks at which identity belongs to whom, which no route shows. */
  private async lookAtClaims(): Promise<void> {
    const claims = await this.shared.world.itemsAt(this.identities().map((pk) => ({ pk, sk: 'CLAIM' })));
    const found = sorted(claims.map(({ pk, accountId }) => [String(pk), accountId]));
    const foreseen = (state: State) =>
      sorted(
        Object.entries(state.claims).map(([key, { account }]) => [
          `IDENTITY#${key.replace(' ', '#')}`,
          account,
        ]),
      );
    const matching = this.states.filter((state) => JSON.stringify(foreseen(state)) === JSON.stringify(found));
    if (matching.length === 0)
      throw new Divergence([...this.log, `claims: ${JSON.stringify(found)}`].join('\n'));
    this.states = matching;
  }

  /** Partitions of every identity there is, whosever it may be. */
  private identities(): string[] {
    const { WECHAT_APP_ID: wechat, QQ_APP_ID: qq } = this.shared.world.settings;
    const apps = { wechat, qq };
    const ofPeople = (['wechat', 'qq'] as const).flatMap((provider) =>
      [...this.service.people[provider].people.values()].flatMap(({ openid, unionid = [] }) =>
        [`${apps[provider]}:${openid}`, unionid].flat().map((subject) => `IDENTITY#${provider}#${subject}`),
      ),
    );
    const former = this.formerUnionids.map((unionid) => `IDENTITY#wechat#${unionid}`);
    const addresses = this.cast.addresses.map((address) => `IDENTITY#email#${address}`);
    return [...new Set([...addresses, ...ofPeople, ...former])];
  }

  /** What nobody was told can't be meant: a code that was never sent, a flow whose URL got lost. */
  private asKnown(command: Command): Command {
    const { codes, states, undoCodes } = this.translation;
    if (command.ask === 'POST /undo/open' && !undoCodes.has(command.notice))
      return { ...command, notice: 'no notice' };
    if ('guess' in command && !codes.has(command.guess)) return { ...command, guess: 'no code' };
    if ('flow' in command && !states.has(command.flow)) return { ...command, flow: 'no flow' };
    return command;
  }

  /** What of a command the model can't know by itself. */
  private settled(command: Command) {
    if (command.ask === 'GET /oauth') return { scan: this.scanOf(command) };
    const signIn = command.ask === 'the stream' ? this.translation.signIns.get(command.signIn) : undefined;
    return signIn === undefined ? {} : { signIn };
  }

  private scanOf({ at, who }: Extract<Command, { ask: 'GET /oauth' }>): Scan {
    if (who === null) return 'denied';
    const person = this.service.people[at].people.get(who);
    if (person === undefined) return 'no such code';
    const { openid, unionid, nickname: display } = person;
    const { WECHAT_APP_ID, QQ_APP_ID } = this.shared.world.settings;
    const appId = at === 'wechat' ? WECHAT_APP_ID : QQ_APP_ID;
    return { provider: at, subjects: [`${appId}:${openid}`, ...(unionid ? [unionid] : [])], display };
  }

  private divergence(asked: readonly Asked[]): Divergence {
    const foreseen = this.states.flatMap((state) =>
      asked.map((one) => {
        const answers = alone(state, one).map((answer) => `  ${JSON.stringify(answer)}`);
        return [`${JSON.stringify(one.answer)} is none of`, ...answers].join('\n');
      }),
    );
    return new Divergence([...this.log, ...new Set(foreseen)].join('\n'));
  }
}
