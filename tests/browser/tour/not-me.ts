import type { Stage } from '../stage.ts';
import { type At, wrong } from './at.ts';

/** What the phone is told of a WeChat that was unlinked: it is one of mainland China. */
const UNLINKED = /解绑了微信/;
/** Of the form of a link's, and made up. */
const MADE_UP = '100000002.c0mb2k4xz1aB-_9ZyXwV12.pAAAAAAAAAAAAAAAAAAAAAAAAAA';

/** “This wasn’t me”, from the link of a notice to what was before, and the account as it is frozen then. */
export async function tourNotMe(stage: Stage, at: At): Promise<void> {
  const { page, t, words, customer } = stage;
  const card = page.locator('.undo > .card');
  const link = await stage.noticeLink(customer.phone, UNLINKED);

  await stage.refuse('POST /undo/show', 'unavailable', { retryAfter: 60 });
  await page.goto(link);
  await stage.button(t('account.retry')).waitFor();
  await at('not-me-failed', card);
  await stage.release();
  await stage.button(t('account.retry')).click();
  await stage.button(t('undo.confirm')).waitFor();
  await at('not-me', card);
  await stage.button(t('undo.confirm')).click();
  await stage.button(t('undo.protect')).waitFor();
  await at('not-me-sure', card);

  await stage.refuse('POST /undo', 'unavailable', { retryAfter: 60 });
  await stage.button(t('undo.protect')).click();
  await page.getByRole('alert').locator('.notice__title').waitFor();
  await at('not-me-refused', card);
  await stage.release();
  await stage.button(t('undo.protect')).click();
  await stage.heading(t('undo.protected')).waitFor();
  await at('not-me-confirmed', card);

  const restore = page.locator('.undo__restore');
  await stage.refuse('POST /undo/code', 'quota_exceeded', { retryAfter: 82_800 });
  await stage.button(t('code.send'), restore).click();
  await restore.getByRole('alert').locator('strong').waitFor();
  await at('not-me-quota', card);
  await stage.release();
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

  await tourOtherLinks(stage, at, link);
  await stage.signInByQQ();
  await page.getByText(t('frozen.why')).waitFor();
  await at('frozen', page.getByRole('region', { name: t('methods.title') }));
}

/** Links about what nobody has to confirm, one that has lost its token on its way, and one that nobody sent. */
async function tourOtherLinks(stage: Stage, at: At, link: string): Promise<void> {
  const { page, t } = stage;
  const card = page.locator('.undo > .card');
  for (const [type, restore] of [
    ['suspended', 'clear'],
    ['frozen', null],
    ['cleared', null],
  ]) {
    await stage.alter('POST /undo/show', (body) => ({
      ...body,
      ...{ type, restore, confirmedAt: null, restoredAt: null, only: ['email', 'wechat', 'qq'] },
    }));
    await page.goto('about:blank');
    await page.goto(link);
    await page.locator('.undo__restore').waitFor();
    await at(`not-me-${type}`, card);
    await stage.release();
  }
  await stage.button(t('undo.keep_one')).click();
  await card.getByText(t('undo.choose_first')).waitFor();
  await at('not-me-choose', card);

  await page.evaluate(() => sessionStorage.clear());
  await page.goto('about:blank');
  await page.goto(`${stage.console}/not-me`);
  await stage.heading(t('undo.unopened')).waitFor();
  await at('not-me-incomplete', card);
  await page.getByRole('textbox', { name: t('paste.label') }).fill(`${stage.console}/not-me`);
  await stage.button(t('paste.open')).click();
  await page.getByText(t('paste.refused')).waitFor();
  await at('not-me-paste', card);
  await tourByCode(stage, at, link);
  await page.goto('about:blank');
  await page.goto(`${stage.console}/not-me#${MADE_UP}`);
  await stage.heading(t('undo.gone')).waitFor();
  await at('not-me-gone', card);
}

/** A text message with a code in place of a link, up to where the page goes on as with the link. */
async function tourByCode(stage: Stage, at: At, link: string): Promise<void> {
  const { page, t } = stage;
  const card = page.locator('.undo > .card');
  const phone = page.getByRole('textbox', { name: t('open.phone') });
  const submit = stage.button(t('open.submit'));
  await phone.fill('138');
  await submit.click();
  await page.getByText(t('open.phone_invalid')).waitFor();
  await at('not-me-no-phone', card);
  await phone.fill(stage.customer.phone);
  await stage.code().fill('123456');
  await stage.refuse('POST /undo/open', 'code_wrong', { attemptsLeft: 8 });
  await submit.click();
  await card.getByRole('alert').locator('strong').waitFor();
  await at('not-me-code-wrong', card);
  await stage.release();
  await stage.answer('POST /undo/open', { token: link.split('#')[1] });
  await stage.code().fill('123456');
  await submit.click();
  await stage.button(t('undo.sign_in')).waitFor();
  // As a link's token it is kept for the tab, and in no address.
  if (page.url() !== `${stage.console}/not-me`) throw new Error('the address tells the token');
  await stage.release();
}
