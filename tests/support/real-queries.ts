import { createQQ } from '../../lib/providers/qq.ts';
import { createWeChat } from '../../lib/providers/wechat.ts';
import { TEST_ENVIRONMENT } from './settings.ts';
import type { World } from './world.ts';

const settings = (origin: string) => ({
  appId: 'app',
  appSecret: 'secret',
  authorizeOrigin: origin,
  apiOrigin: origin,
  timeoutMilliseconds: 1000,
});
const noNetwork = () => Promise.reject(new Error('no network in tests'));

/** Has the callbacks' queries read as the service reads them: what a repeated parameter means is WeChat's and QQ's to say. */
export function readsQueriesAsItIs({ providers }: World): void {
  const wechat = createWeChat(settings(TEST_ENVIRONMENT.WECHAT_AUTHORIZE_URL), noNetwork);
  const qq = createQQ(settings(TEST_ENVIRONMENT.QQ_AUTHORIZE_URL), noNetwork);
  providers.wechat.parseCallback = (query) => wechat.parseCallback(query);
  providers.qq.parseCallback = (query) => qq.parseCallback(query);
}
