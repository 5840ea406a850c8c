import { useWords } from '../texts/words.tsx';
import { CopyButton } from './CopyButton.tsx';

export interface WeChatOnPhoneProps {
  /** In WeChat's own browser, where the company has no app. */
  readonly isInWeChat: boolean;
  /** Signing in inside WeChat is possible. */
  readonly weChatInApp: boolean;
  /** What to open elsewhere. */
  readonly link: string;
}

/** What to do where WeChat's QR code would be on the very phone that has to scan it. */
export function WeChatOnPhone({ isInWeChat, weChatInApp, link }: WeChatOnPhoneProps) {
  const { t } = useWords();
  return (
    <div className="on-phone">
      <p>{t('on_phone.why')}</p>
      <ol>
        {weChatInApp && !isInWeChat ? <li>{t('on_phone.in_wechat')}</li> : null}
        <li>{t('on_phone.computer')}</li>
      </ol>
      <CopyButton text={link} label={t('on_phone.copy')} />
    </div>
  );
}
