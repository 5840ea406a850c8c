import { LogoQqFilledIcon, LogoWechatStrokeFilledIcon, MailFilledIcon } from 'tdesign-icons-react';
import type { Provider } from '../../../lib/linking/identity.ts';

const ICONS = { email: MailFilledIcon, wechat: LogoWechatStrokeFilledIcon, qq: LogoQqFilledIcon };

/** A provider's mark in its own colour. */
export function ProviderIcon({ provider }: { readonly provider: Provider }) {
  const Icon = ICONS[provider];
  return (
    <span className={`provider-icon provider-icon--${provider}`} aria-hidden>
      <Icon />
    </span>
  );
}
