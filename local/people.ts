import { createHash } from 'node:crypto';

export type PeopleProvider = 'wechat' | 'qq';

/** Somebody the stand-ins know. `unionid` is absent for who gave the app no unionid. */
export interface Person {
  readonly name: string;
  readonly nickname: string;
  readonly unionid?: string;
}

const digest = (text: string) => createHash('sha256').update(text).digest();

// A real unionid of WeChat has 28 characters and starts with an o; one of QQ is UID_ and 32 hexadecimal digits.
const wechat = (name: string, nickname: string): Person => ({
  name,
  nickname,
  unionid: `oUnion_${name}_${'0'.repeat(20 - name.length)}`,
});
const qq = (name: string, nickname: string): Person => ({
  name,
  nickname,
  unionid: `UID_${digest(`qq unionid of ${name}`).toString('hex').slice(0, 32).toUpperCase()}`,
});

/** Everybody who can scan or sign in, invented one and all. */
export const PEOPLE: Readonly<Record<PeopleProvider, readonly Person[]>> = {
  wechat: [
    wechat('xiaozi', '小紫'),
    wechat('hua', '小华'),
    wechat('yue', '月月'),
    wechat('lin', '林同学'),
    wechat('mei', '梅子'),
    wechat('qiang', '阿强'),
    { name: 'wu', nickname: '吴先生' },
  ],
  qq: [qq('ming', '小明'), qq('fang', '方方')],
};

/** The openid of a person at one app: always the same there, and another one at every other app. */
export function openidOf(provider: PeopleProvider, appId: string, person: Person): string {
  const bytes = digest(`${provider} openid of ${person.name} at ${appId}`);
  if (provider === 'wechat') return `o${bytes.toString('base64url').slice(0, 27)}`;
  return bytes.toString('hex').slice(0, 32).toUpperCase();
}

export function findPerson(provider: PeopleProvider, name: string): Person | undefined {
  return PEOPLE[provider].find((person) => person.name === name);
}
