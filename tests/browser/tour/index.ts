import type { Stage } from '../stage.ts';
import { tourAccount, tourLoading, tourOwnMethod, tourUnlink } from './account.ts';
import type { At } from './at.ts';
import { tourLinkEmail, tourLinkWeChat } from './link.ts';
import { tourNotMe } from './not-me.ts';
import { tourOwn } from './own.ts';
import { tourNotices, tourOnly, tourProbation } from './owner.ts';
import { tourReasons, tourResult, tourSignIn } from './sign-in.ts';

/** Leads a customer through every state of the page, once; their account is frozen at the end. */
export async function tour(stage: Stage, at: At): Promise<void> {
  const { page, t } = stage;
  await tourSignIn(stage, at);
  await tourResult(stage, at);
  await stage.signInByQQ();
  await at('signed-in');
  await stage.atAccount();
  await at('account-new');
  await tourLoading(stage, at);
  await stage.atAccount();
  await tourLinkEmail(stage, at);
  await at('account-email');
  await tourLinkWeChat(stage, at);
  await stage.atAccount();
  await at('account-linked');
  await tourAccount(stage, at);
  await tourOwnMethod(stage, at);
  await tourOwn(stage, at);
  await tourNotices(stage, at);
  await tourProbation(stage, at);
  await stage.atAccount();
  await tourOnly(stage, at);
  await tourUnlink(stage, at, 'wechat');
  await at('account-wechat-unlinked');
  await tourUnlink(stage, at, 'email');
  await at('account-unlinked');

  await page.locator('.account-menu__button').click();
  await page.getByRole('menuitem', { name: t('header.sign_out'), exact: true }).click();
  await page.getByText(t('sign_in.signed_out')).waitFor();
  await at('signed-out');
  await tourReasons(stage, at);
  await tourNotMe(stage, at);
  await page.context().clearCookies();
  await page.locator('.account-menu__button').click();
  await page.getByRole('menuitem', { name: t('header.sign_out_everywhere') }).click();
  await stage.button(t('everywhere.confirm'), stage.dialog(t('everywhere.title'))).click();
  await page.getByText(t('sign_in.session_ended')).first().waitFor();
  await at('session-ended');
}
