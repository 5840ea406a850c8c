import type { Core } from '../dependencies.ts';
import { type Challenge, isSpent } from '../linking/challenge.ts';
import { restoreBudget } from '../linking/code-budget.ts';
import { GENERATIONS_MAX, newNoticeId, noticeGroup } from '../linking/notice.ts';
import type { EpochSeconds } from '../linking/rules.ts';
import type { Fragment } from '../table/client.ts';
import { type LinkView, noticeCreated } from '../table/notices.ts';

/**
 * A link to the phone that has no guess or no code left was read by others, when the phone was in other hands: another one about the same
 * thing goes to the phone, good as long as the first would have been; so often and no more. For the transaction that spends the last.
 *
 * @param next what the challenge of the link becomes
 */
export function linkSucceeded(
  { table, clock, random, settings }: Core,
  { link, notice, challenge }: LinkView,
  next: Challenge,
  now: EpochSeconds,
): Fragment[] {
  const budget = restoreBudget(link.by, settings.rules);
  if (link.by !== 'sms' || isSpent(challenge, budget, now) || !isSpent(next, budget, now)) return [];
  const { mailedTo: _toOthers, phoneRevision: _before, ...told } = notice;
  const generation = (notice.generation ?? 0) + 1;
  if (generation > GENERATIONS_MAX) return [];
  const noticeId = newNoticeId(noticeGroup(notice), clock(), random);
  return [noticeCreated(table, { ...told, noticeId, phoneOnly: true, isSuccessor: true, generation })];
}
