import { describe, expect, test } from '@jest/globals';
import { deviceName } from '../../../console/src/devices/name.ts';
import { CATALOGUE } from '../../../console/src/texts/catalogue.ts';
import { createTranslate } from '../../../console/src/texts/translate.ts';
import { parseDevice } from '../../../lib/linking/browsers.ts';

const zh = createTranslate(CATALOGUE['zh-CN'].texts);
const en = createTranslate(CATALOGUE.en.texts);

const WEBKIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
const BLINK = 'AppleWebKit/537.36 (KHTML, like Gecko)';

describe('a device in words', () => {
  test.each([
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${BLINK} Chrome/142.0.0.0 Safari/537.36`,
      'Chrome on Windows',
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${BLINK} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0`,
      'Edge on Windows',
    ],
    [
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Version/26.0 Safari/605.1.15`,
      'Safari on macOS',
    ],
    [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${WEBKIT} Version/26.0 Mobile/15E148 Safari/604.1`,
      'Safari on iPhone',
    ],
    [
      `Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) ${WEBKIT} CriOS/120.0 Mobile/15E148 Safari/604.1`,
      'Chrome on iPad',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
    [
      `Mozilla/5.0 (Linux; Android 14; SM-S9180) ${BLINK} Version/4.0 Chrome/126.0 Mobile Safari/537.36 XWEB/1260097 MicroMessenger/8.0.49.2600`,
      'WeChat on Android',
    ],
    [`Mozilla/5.0 (Phone; OpenHarmony 5.0) ${BLINK} Chrome/114.0.0.0 Safari/537.36`, 'Chrome on HarmonyOS'],
  ])('%s', (userAgent, name) => {
    expect(deviceName(parseDevice(userAgent), en)).toBe(name);
  });

  test('names in Chinese what has a Chinese name', () => {
    expect(deviceName({ browser: 'WeChat', system: 'iPhone' }, zh)).toBe('微信（iPhone）');
    expect(deviceName({ browser: 'QQ Browser', system: 'Windows' }, zh)).toBe('QQ 浏览器（Windows）');
    expect(deviceName({ browser: 'Chrome', system: 'Windows' }, zh)).toBe('Chrome（Windows）');
  });

  test('is as much as is known', () => {
    expect(deviceName({ browser: 'Firefox', system: null }, en)).toBe('Firefox');
    expect(deviceName({ browser: null, system: 'Linux' }, en)).toBe('Linux');
    expect(deviceName({ browser: null, system: null }, en)).toBe('Unknown device');
  });
});

describe('a user agent that is none of a browser', () => {
  test.each([
    '',
    'Mozilla/5.0',
    'curl/8.5.0',
    'Your account is locked, call 10086/1 now',
    '<script>alert(1)</script>',
    'constructor/1.0 toString',
    `${'a/1 '.repeat(50)}`,
  ])('%j is unknown, and nothing of it is repeated', (userAgent) => {
    expect(parseDevice(userAgent)).toEqual({ browser: null, system: null });
  });
});
