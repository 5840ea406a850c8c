import { parseSetCookie } from 'cookie';
import { leaksIn } from './captured-output.ts';
import { TEST_ENVIRONMENT } from './settings.ts';
import type { World } from './world.ts';

/** A kind, by the secret. */
type Secrets = Map<string, string>;

function addCookie(secrets: Secrets, line: string): void {
  const { name, value = '' } = parseSetCookie(line);
  if (value === '') return;
  secrets.set(value, `cookie ${name}`).set(value.split('.').at(-1) ?? value, `token of ${name}`);
}

function addUrl(secrets: Secrets, text: string): void {
  const state = URL.canParse(text) ? new URL(text).searchParams.get('state') : null;
  if (state !== null) secrets.set(state, 'state').set(text, 'OAuth URL');
  const ticket = URL.canParse(text) ? new URL(text).searchParams.get('ticket') : null;
  if (ticket !== null) secrets.set(ticket, 'ticket of a window').set(text, 'URL of a window');
  const finish = /#finish=([\w-]+)$/.exec(text)?.[1];
  if (finish !== undefined) secrets.set(finish, 'code of a scan').set(text, 'URL of a scan');
}

/** All that must not be in any log of a world: keys, and what the service made, sent or was told, so far as it is still known. */
export function secretsOf({
  outbox,
  exchanges,
  providers,
}: Pick<World, 'outbox' | 'exchanges' | 'providers'>): Secrets {
  const secrets: Secrets = new Map([
    [TEST_ENVIRONMENT.CODE_HMAC_KEY, 'HMAC key'],
    [TEST_ENVIRONMENT.PHONE_INDEX_KEY, 'phone index key'],
    [TEST_ENVIRONMENT.WECHAT_APP_SECRET, 'WeChat secret'],
    [TEST_ENVIRONMENT.WECHAT_MP_APP_SECRET, 'WeChat secret of the service account'],
    [TEST_ENVIRONMENT.QQ_APP_SECRET, 'QQ secret'],
  ]);
  for (const { code, to, text } of outbox.sent) {
    secrets.set(to, to.includes('@') ? 'address' : 'phone').set(text, 'message');
    if (code !== '') secrets.set(code, 'code');
    const token = /\/not-me#(\S+)/.exec(text)?.[1];
    if (token !== undefined) secrets.set(token, 'undo link');
    if (to.startsWith('+86')) secrets.set(to.slice('+86'.length), 'phone');
  }
  for (const { result } of exchanges) {
    const { cookies = [], headers, body } = result;
    for (const line of cookies) addCookie(secrets, line);
    const { authorizeUrl, challengeId, token } = JSON.parse(body ?? '{}') as Record<
      string,
      string | undefined
    >;
    addUrl(secrets, String(headers?.['location'] ?? authorizeUrl ?? ''));
    if (challengeId !== undefined) secrets.set(challengeId, 'challenge');
    if (token !== undefined) secrets.set(token, 'bearer token');
  }
  for (const { people } of Object.values(providers))
    for (const { openid, unionid = openid } of people.values())
      secrets.set(openid, 'openid').set(unionid, 'unionid');
  return secrets;
}

/** Which kinds of secrets a world has logged, of those that are still known. */
export function loggedSecrets(
  world: Pick<World, 'outbox' | 'exchanges' | 'providers' | 'observer'>,
): string[] {
  return leaksIn(JSON.stringify(world.observer.lines), secretsOf(world));
}
