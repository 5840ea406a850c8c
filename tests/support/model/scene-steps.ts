import type { Command } from './commands.ts';
import { type Goal, nextStep } from './goals.ts';
import type { Link } from './notices.ts';
import type { Sequence } from './sequence.ts';
import { COMPANY_CHANGES, companyRecord, happeningLabel } from './settle.ts';
import { challengeOf } from './state.ts';
import { keyOfLink } from './undo.ts';

/** Brings things to where much can happen at once. @returns what may, for some of it to be sent at the same time */
export type Scene = (sequence: Sequence) => Promise<readonly Command[]>;

const STEPS_MAX = 12;
const how = { fate: 'accepted', isPatient: true } as const;

export const send = (sequence: Sequence, command: Command) => sequence.send([{ command }]);

/** Goes on towards a goal until this is what is to be asked next. @returns just that, unasked */
export async function upTo(
  sequence: Sequence,
  browser: string,
  goal: Goal,
  ask: Command['ask'],
): Promise<Command> {
  for (let steps = 0; steps < STEPS_MAX; steps += 1) {
    const next = nextStep(goal, browser, sequence, how);
    if ('happens' in next) await sequence.happens(next);
    else if (next.ask === ask) return next;
    else await send(sequence, next);
  }
  throw new Error(`${browser} never gets to ${ask}`);
}

export async function enter(
  sequence: Sequence,
  browser: string,
  goal: Goal,
  ask: Command['ask'],
): Promise<void> {
  await send(sequence, await upTo(sequence, browser, goal, ask));
}

export const byWeChat = (who: string): Goal => ({ to: 'enter', by: 'wechat', who });
export const unlinkWeChat: Goal = { to: 'unlink', provider: 'wechat' };
export const linkEve: Goal = { to: 'link a person', by: 'wechat', who: 'eve' };
/** An address that is unowned. */
export const linkAddress: Goal = { to: 'link an address', address: 0 };
export const BOBS = 1;

export const intervalPasses = (sequence: Sequence) =>
  sequence.happens({ happens: 'time passes', seconds: sequence.state.rules.resend + 1 });

/** The company says of an account that it is another one now. */
export async function companySays(
  sequence: Sequence,
  account: string,
  what: (typeof COMPANY_CHANGES)[number],
): Promise<void> {
  const record = companyRecord(sequence, account, COMPANY_CHANGES.indexOf(what));
  if (record === undefined) throw new Error(`there is nothing to say of ${account}`);
  await sequence.happens({ happens: 'the company says', record, label: happeningLabel(sequence) });
}

/** The link that the phone got last. */
export function newestLink({ translation }: Sequence): Link {
  return { notice: [...translation.notices.keys()].at(-1) ?? '', by: 'sms' };
}

/** Bob says that it was not him, and asks for a code to put it back. @returns that code */
export async function restoreCode(sequence: Sequence, link: Link): Promise<string | undefined> {
  await send(sequence, { browser: 'three', ask: 'POST /undo', ...link });
  await intervalPasses(sequence);
  await send(sequence, { browser: 'three', ask: 'POST /undo/code', ...link, fate: 'accepted' });
  return challengeOf(sequence.state, sequence.cast.accounts[1] ?? '', keyOfLink(link)).check?.code?.label;
}
