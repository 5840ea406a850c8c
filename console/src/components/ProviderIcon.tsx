import {
  LogoQqFilledIcon,
  LogoWechatStrokeFilledIcon,
  MailFilledIcon,
  UserCircleFilledIcon,
} from 'tdesign-icons-react';
import type { WayIn } from '../../../lib/linking/identity.ts';

const ICONS = {
  email: MailFilledIcon,
  wechat: LogoWechatStrokeFilledIcon,
  qq: LogoQqFilledIcon,
  assertion: UserCircleFilledIcon,
};

/** A way in's mark in its own colour. */
export function ProviderIcon({ provider }: { readonly provider: WayIn }) {
  const Icon = ICONS[provider];
  return (
    <span className={`provider-icon provider-icon--${provider}`} aria-hidden>
      <Icon />
    </span>
  );
}
