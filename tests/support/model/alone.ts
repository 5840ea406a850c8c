import { type Answer, type Branch, keepCookies } from './answers.ts';
import { beginning, type Cast, castOf } from './cast.ts';
import { ask, type Command, type Happening, happen } from './commands.ts';
import type { Scan } from './flows.ts';
import { jarOf, type Label, type Rules, type State } from './state.ts';

/** What answers requests: the service with the model beside it, or the model alone. */
export interface Answering {
  readonly cast: Cast;
  readonly state: State;
  /** @returns the answer, and the label of what the request made */
  request(command: Command): Promise<{ readonly answer: Answer; readonly label: Label }>;
  happens(happening: Happening): Promise<void>;
}

let alone = 0;

/** The model in the service's place: what is wrong with the rules themselves shows in it too, and thousands of times sooner. */
export class ModelAlone implements Answering {
  readonly cast: Cast;
  readonly log: string[] = [];
  state: State;
  private requests = 0;

  constructor(rules: Rules, now: number) {
    alone += 1;
    const { cast, imported } = castOf(`m${alone}`);
    this.cast = cast;
    this.state = beginning(imported, rules, now);
  }

  async happens(happening: Happening): Promise<void> {
    this.log.push(JSON.stringify(happening));
    this.state = happen(this.state, happening);
  }

  async request(command: Command): Promise<{ answer: Answer; label: Label }> {
    this.requests += 1;
    const label = `${this.requests}`;
    const { browser } = command;
    const asked = command.ask === 'the stream' ? this.state.signIns[command.signIn] : undefined;
    const settled = {
      ...(command.ask === 'GET /oauth' && { scan: this.scanOf(command) }),
      ...(asked && { signIn: asked }),
    };
    let branch: Branch | undefined = ask(command, jarOf(this.state, browser), label, settled).step(
      this.state,
    )[0];
    while (branch && 'next' in branch) [branch] = branch.next.step(branch.state);
    if (branch === undefined) throw new Error('a request without an answer');
    this.state = keepCookies(branch.state, browser, branch.cookies);
    this.log.push(`${label}: ${JSON.stringify(command)}: ${JSON.stringify(branch.answer)}`);
    return { answer: branch.answer, label };
  }

  private scanOf({ at, who }: Extract<Command, { ask: 'GET /oauth' }>): Scan {
    const person = who === null ? undefined : this.cast.people[at].get(who);
    if (person === undefined) return who === null ? 'denied' : 'no such code';
    const { openid, unionid, nickname: display } = person;
    return { provider: at, subjects: [`app:${openid}`, ...(unionid ? [unionid] : [])], display };
  }
}
