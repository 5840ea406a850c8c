import type { OAuthProviderName } from '../../../lib/linking/identity.ts';
import { weChatPlace } from '../../../lib/linking/user-agent.ts';

/** How this browser gets to a provider: in a window, in this very tab, or not without another screen. */
export type Way = 'window' | 'tab' | { readonly deadEnd: 'phone' | 'in_wechat' };

/**
 * @param weChatInApp inside WeChat its own page asks at once, where the company has an app for that; WeChat opens no windows
 */
export function wayTo(provider: OAuthProviderName, userAgent: string, weChatInApp: boolean): Way {
  const place = provider === 'wechat' ? weChatPlace(userAgent) : 'elsewhere';
  if (place === 'elsewhere') return 'window';
  return place === 'in_wechat' && weChatInApp ? 'tab' : { deadEnd: place };
}
