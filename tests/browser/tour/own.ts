import type { Stage } from '../stage.ts';
import type { At } from './at.ts';

type Body = Record<string, unknown>;

/** More devices than are shown at first, one of them with a name of the longest. */
function manySessions({ sessions }: Body): Body {
  const [own] = sessions as Body[];
  const others = Array.from({ length: 7 }, (_, index) => ({
    ...own,
    id: `session-of-another-${index}`,
    openedBy: ['email', 'wechat', 'qq', 'assertion'][index % 4],
    device: index === 0 ? 'x'.repeat(512) : own?.['device'],
    ip: '2001:db8:1234::*',
    current: false,
  }));
  return { sessions: [own, ...others] };
}

/** The user's own: preferences, the account's data, and the devices that are signed in. */
export async function tourOwn(stage: Stage, at: At): Promise<void> {
  const { page, t } = stage;
  const check = stage.dialog(t('check.title'));
  const devices = page.getByRole('region', { name: t('sessions.title') });

  await stage.atAccount();
  await page.getByRole('radio', { name: t('preferences.notify_mail') }).check();
  await at('preferences', page.getByRole('region', { name: t('preferences.title') }));
  await stage.button(t('preferences.save')).click();
  await check.waitFor();
  await at('preferences-check', check);
  await stage.cancel(t('check.title'));
  await stage.button(t('methods.export_label')).click();
  await check.waitFor();
  await at('export-check', check);
  await stage.cancel(t('check.title'));

  await stage.alter('GET /sessions', manySessions);
  await stage.atAccount();
  await at('sessions', devices);
  await stage.button(t('notices.all', { count: 8 }), devices).click();
  await at('sessions-all', devices);
  await stage.refuse('DELETE /sessions/session-of-another-1', 'quota_exceeded', { retryAfter: 3600 });
  await devices.locator('[data-session="session-of-another-1"]').getByRole('button').click();
  await devices.getByRole('alert').waitFor();
  await at('sessions-quota', devices);
  await stage.release();
  await stage.refuse('GET /sessions', 'unavailable', { retryAfter: 60 });
  await page.goto(stage.console);
  await devices.getByText(t('sessions.failed')).waitFor();
  await at('sessions-failed', devices);
  await stage.release();
}
