import type { PageSettings } from '../../page-settings.ts';
import { WeChatOnPhone } from '../components/WeChatOnPhone.tsx';
import { useWords } from '../texts/words.tsx';

/** Where `GET /sign-in/wechat` leads on a phone, which can't scan the QR code on its own screen. */
export function WeChatOnPhonePage({ settings }: { readonly settings: PageSettings }) {
  const { t } = useWords();
  const isInWeChat = new URLSearchParams(window.location.search).get('place') === 'in_wechat';
  return (
    <div className="sign-in">
      <section className="card sign-in__card" aria-labelledby="on-phone-title">
        <h1 id="on-phone-title" className="sign-in__title">
          {t('on_phone.title')}
        </h1>
        <WeChatOnPhone
          isInWeChat={isInWeChat}
          weChatInApp={settings.weChatInApp}
          link={new URL('/sign-in', window.location.origin).href}
        />
        <p>
          <a href="/sign-in">{t('on_phone.other')}</a>
        </p>
      </section>
    </div>
  );
}
