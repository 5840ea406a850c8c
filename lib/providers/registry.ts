import type { OAuthProviderName } from './provider.ts';
import { QQ } from './qq.ts';
import { WECHAT } from './wechat.ts';

/** Every OAuth provider: its file, and its line here. Settings, secrets and what functions are given follow from it. */
export const REGISTRY = {
  wechat: WECHAT,
  qq: QQ,
} as const satisfies Record<OAuthProviderName, object>;
