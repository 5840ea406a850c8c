import { expect, test } from '@jest/globals';
import { buildEnvironment, readPageSettings } from '../../console/page-settings.ts';
import { defaultSettings } from '../../infrastructure/settings.ts';
import { worldEnvironment } from '../../local/environment.ts';

test('the page is built with the settings of the service, each under its own name with VITE_ before it', () => {
  const service = {
    API_ORIGIN: 'https://api.example.com',
    SIGN_IN_PROVIDERS: ' wechat , email',
    PROBATION_SECONDS: '3600',
    BRAND_NAME: '示例云',
    WECHAT_MP_APP_ID: 'wx1',
    HELP_URL: 'mailto:help@example.com',
    TABLE_NAME: 'none of the page’s business',
  };
  const told = buildEnvironment(service);
  expect(told).toEqual({
    VITE_API_ORIGIN: service.API_ORIGIN,
    VITE_SIGN_IN_PROVIDERS: service.SIGN_IN_PROVIDERS,
    VITE_PROBATION_SECONDS: service.PROBATION_SECONDS,
    VITE_BRAND_NAME: service.BRAND_NAME,
    VITE_WECHAT_MP_APP_ID: service.WECHAT_MP_APP_ID,
    VITE_HELP_URL: service.HELP_URL,
  });
  expect(readPageSettings(told)).toEqual({
    apiOrigin: 'https://api.example.com',
    signInProviders: ['wechat', 'email'],
    probationSeconds: 3600,
    brandName: '示例云',
    weChatInApp: true,
    registerUrl: '',
    termsUrl: '',
    privacyUrl: '',
    helpUrl: 'mailto:help@example.com',
  });
});

test('without being told, the page offers what the service takes without being told, as the local world does', () => {
  const defaults = defaultSettings('dev');
  const { signInProviders, probationSeconds } = readPageSettings({});
  expect(defaults['SIGN_IN_PROVIDERS']).toBe(String(signInProviders));
  expect(defaults['PROBATION_SECONDS']).toBe(String(probationSeconds));
  const local = worldEnvironment({});
  expect(local.settings.SIGN_IN_PROVIDERS).toBe(String(signInProviders));
  expect(defaults['LINKABLE_PROVIDERS']).toBe(local.settings.LINKABLE_PROVIDERS);
  expect(readPageSettings(buildEnvironment(local.api)).apiOrigin).toBe(local.settings.API_ORIGIN);
});

test.each(['', 'weibo', 'email,', 'Email'])(
  'a build with the providers "%s" fails, and says why',
  (names) => {
    expect(() => readPageSettings({ VITE_SIGN_IN_PROVIDERS: names })).toThrow(
      /VITE_SIGN_IN_PROVIDERS: ".*" is no/,
    );
  },
);

test.each(['', '-1', '3 days', '1e3'])('a build with the probation "%s" fails, and says why', (seconds) => {
  expect(() => readPageSettings({ VITE_PROBATION_SECONDS: seconds })).toThrow(
    /VITE_PROBATION_SECONDS: ".*" is no/,
  );
});

test.each(['help', 'javascript:alert(1)', 'data:text/html,'])(
  'a build with the help "%s" fails, and says why',
  (url) => {
    expect(() => readPageSettings({ VITE_HELP_URL: url })).toThrow(/VITE_HELP_URL: ".*" is no/);
  },
);
