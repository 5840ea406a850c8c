import type { Stage } from '../stage.ts';
import { type At, wrong } from './at.ts';

/** What a notice says of a WeChat that was unlinked. */
const UNLINKED = /解绑了微信|WeChat.*unlinked|unlinked.*WeChat/;

/** “This wasn’t me”, from the link of a notice to what was before, and the account as it is frozen then. */
export async function tourNotMe(stage: Stage, at: At): Promise<void> {
  const { page, t, words, customer } = stage;
  const card = page.locator('.undo > .card');
  const link = await stage.noticeLink(customer.email, UNLINKED);

  await stage.refuse('POST /undo/show', 'unavailable', { retryAfter: 60 });
  await page.goto(link);
  await stage.button(t('account.retry')).waitFor();
  await at('not-me-failed', card);
  await stage.release();
  await stage.button(t('account.retry')).click();
  await stage.button(t('undo.confirm')).waitFor();
  await at('not-me', card);

  await stage.refuse('POST /undo', 'unavailable', { retryAfter: 60 });
  await stage.button(t('undo.confirm')).click();
  await page.getByRole('alert').locator('.notice__title').waitFor();
  await at('not-me-refused', card);
  await stage.release();
  await stage.button(t('undo.confirm')).click();
  await stage.heading(t('undo.protected')).waitFor();
  await at('not-me-confirmed', card);

  const restore = page.locator('.undo__restore');
  const code = await stage.send(restore, customer.phone);
  await stage.code(restore).fill(wrong(code));
  const submit = stage.button(t('undo.link', { provider: words.inline('wechat') }), restore);
  await submit.click();
  await restore.getByRole('alert').locator('strong').waitFor();
  await at('not-me-wrong', card);
  await stage.code(restore).fill(code);
  await submit.click();
  await page.getByText(t('undo.restored'), { exact: true }).waitFor();
  await at('not-me-restored', card);

  await page.goto('about:blank');
  await page.goto(`${stage.console}/not-me#cut`);
  await page.evaluate(() => sessionStorage.clear());
  await page.reload();
  await stage.heading(t('undo.gone')).waitFor();
  await at('not-me-gone', card);

  await stage.signInByQQ();
  await page.getByText(t('frozen.why')).waitFor();
  await at('frozen');
}
