import { createHash } from 'node:crypto';
import type { OAuthProviderName } from '../lib/linking/identity.ts';

/** Somebody the stand-ins know. `unionid` is absent for who gave the app no unionid. */
export interface Person {
  readonly name: string;
  readonly nickname: string;
  readonly unionid?: string;
  /** Who that is among the accounts the local world starts with. */
  readonly about?: { readonly zh: string; readonly en: string };
}

const digest = (text: string) => createHash('sha256').update(text).digest();

// A real unionid of WeChat has 28 characters and starts with an o; one of QQ is UID_ and 32 hexadecimal digits.
const wechat = (name: string, nickname: string, zh: string, en: string): Person => ({
  name,
  nickname,
  unionid: `oUnion_${name}_${'0'.repeat(20 - name.length)}`,
  about: { zh, en },
});
const qq = (name: string, nickname: string, zh: string, en: string): Person => ({
  name,
  nickname,
  about: { zh, en },
  unionid: `UID_${digest(`qq unionid of ${name}`).toString('hex').slice(0, 32).toUpperCase()}`,
});

/** Everybody who can scan or sign in, invented one and all. */
export const PEOPLE: Readonly<Record<OAuthProviderName, readonly Person[]>> = {
  wechat: [
    wechat('xiaozi', '小紫', '100000001 的子账号', 'sub-account of 100000001'),
    wechat('hua', '小华', '注册了 100000003', 'registered 100000003'),
    wechat('yue', '月月', '起初关联 100000005', 'linked to 100000005 at first'),
    wechat('lin', '林同学', '起初没有账号', 'no account at first'),
    wechat('mei', '梅子', '起初没有账号', 'no account at first'),
    wechat('qiang', '阿强', '起初没有账号', 'no account at first'),
    { name: 'wu', nickname: '吴先生', about: { zh: '没有 unionid', en: 'no unionid' } },
  ],
  qq: [
    qq('ming', '小明', '注册了 100000001', 'registered 100000001'),
    qq('fang', '方方', '没有账号', 'no account'),
  ],
};

/** What openids look like at each provider. */
const OPENIDS: Readonly<Record<OAuthProviderName, (bytes: Buffer) => string>> = {
  wechat: (bytes) => `o${bytes.toString('base64url').slice(0, 27)}`,
  qq: (bytes) => bytes.toString('hex').slice(0, 32).toUpperCase(),
};

/** The openid of a person at one app: always the same there, and another one at every other app. */
export function openidOf(provider: OAuthProviderName, appId: string, person: Person): string {
  return OPENIDS[provider](digest(`${provider} openid of ${person.name} at ${appId}`));
}

export function findPerson(provider: OAuthProviderName, name: string): Person | undefined {
  return PEOPLE[provider].find((person) => person.name === name);
}
