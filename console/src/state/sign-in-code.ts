import { parseAnswer, READERS } from '../../../client/src/answers.ts';
import type { SignInCodeSentAnswer } from '../../../lib/contract/answers.ts';
import { signInSlot } from './memory.ts';

/** A code to sign in with that is on its way, and the address as it was typed, which this tab alone knows. */
export interface SentCode extends SignInCodeSentAnswer {
  readonly address: string;
  /** It was tried too often, or is used. */
  readonly isSpent?: true;
}

/** The code that was on its way before a reload, if there was one. */
export function rememberedSignIn(): readonly SentCode[] {
  try {
    const { address, isSpent, ...sent } = JSON.parse(signInSlot.get() ?? 'null');
    if (typeof address !== 'string') return [];
    return [{ ...parseAnswer(READERS.sendSignInCode, sent), address, ...(isSpent === true && { isSpent }) }];
  } catch {
    return [];
  }
}

export function rememberSignIn(code: SentCode | null): void {
  signInSlot.set(code && JSON.stringify(code));
}
