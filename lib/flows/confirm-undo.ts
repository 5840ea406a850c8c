import type { NoticeAnswer } from '../contract/answers.ts';
import type { Core, WithKeys } from '../dependencies.ts';
import type { Caller } from '../http/caller.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import { sayNotMe } from './say-not-me.ts';
import { noticeBody, requireLink } from './undo.ts';

/** "This wasn't me", said by a link. */
export async function confirmUndo(
  dependencies: Core & WithKeys,
  caller: Caller,
  { form: { token }, now }: { form: { token: string }; now: EpochSeconds },
): Promise<NoticeAnswer> {
  const view = await requireLink(dependencies, token, now);
  const said = await sayNotMe(dependencies, caller, view, now);
  return noticeBody({ ...said, link: view.link }, now);
}
