import type { NoticeAnswer } from '../contract/answers.ts';
import type { Core, WithKeys } from '../dependencies.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { noticeBody, requireLink } from './undo.ts';

/** What the owner was told, and what saying "this wasn't me" will do. */
export async function showUndo(
  dependencies: Core & WithKeys,
  { form: { token }, now }: { form: { token: string }; now: EpochSeconds },
): Promise<NoticeAnswer> {
  return noticeBody(await requireLink(dependencies, token, now), now);
}
