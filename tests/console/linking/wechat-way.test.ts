import { expect, test } from '@jest/globals';
import { wayTo } from '../../../console/src/linking/wechat-way.ts';

const PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Version/17.5 Mobile/15E148 Safari/604.1';
const IN_WECHAT = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Mobile/15E148 MicroMessenger/8.0.49';

test.each([
  ['wechat', 'Mozilla/5.0 (Windows NT 10.0)', true, 'window'],
  ['wechat', PHONE, true, { deadEnd: 'phone' }],
  ['wechat', IN_WECHAT, true, 'tab'],
  ['wechat', IN_WECHAT, false, { deadEnd: 'in_wechat' }],
  ['qq', PHONE, false, 'window'],
] as const)('%s from %s: %j, %j', (provider, userAgent, weChatInApp, way) => {
  expect(wayTo(provider, userAgent, weChatInApp)).toEqual(way);
});
