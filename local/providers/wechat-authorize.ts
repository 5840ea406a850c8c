import { type Context, Hono } from 'hono';
import QRCode from 'qrcode';
import { findPerson, PEOPLE, type Person } from '../people.ts';
import { networkAddress } from '../server.ts';
import type { RegisteredApp } from './app.ts';
import { callbackUrl, type Grants, isAtDomain } from './grants.ts';
import { languageOf } from './language.ts';
import { serviceError, unknownPerson } from './layout.ts';
import { allowPage, confirmPage, LOOK, phoneNote, qrPage } from './wechat-pages.ts';
import { type Scan, Scans } from './wechat-scans.ts';

const STATE_MAX_BYTES = 128;

/** What is wrong with an authorize request, in the words of WeChat's error page. */
function authorizeProblem(
  query: Record<string, string>,
  app: { readonly appId: string; readonly scope: string; readonly callbackDomain: string },
): string | undefined {
  if (query['appid'] !== app.appId) return 'AppID 参数错误';
  if (query['scope'] !== app.scope) return 'Scope 参数错误或没有 Scope 权限';
  if (!isAtDomain(query['redirect_uri'], app.callbackDomain)) return 'redirect_uri 参数错误';
  if (query['response_type'] !== 'code') return 'response_type 参数错误';
  if (Buffer.byteLength(query['state'] ?? '') > STATE_MAX_BYTES) return 'state 参数错误';
  return undefined;
}

/** The confirm page's URL for a phone: where the browser found us, with this machine's address for `localhost`. */
function confirmUrl(context: Context, scan: Scan): string {
  const url = new URL('/connect/confirm', context.req.url);
  if (/^(localhost|127\.|\[::1\])/.test(url.hostname)) url.hostname = networkAddress() ?? url.hostname;
  url.searchParams.set('uuid', scan.uuid);
  return url.href;
}

/**
 * The pages of WeChat login for website apps and for the service account: the QR code, the phone's confirmation, and the poll between the two. Paths
 * and numbers are WeChat's own. A refusal goes back with `state` alone, as some of its clients do.
 */
export function createWeChatAuthorize(app: RegisteredApp, grants: Grants, now: () => number): Hono {
  const pages = new Hono();
  const scans = new Scans(now);

  const website = { ...app, scope: 'snsapi_login' };
  const issue = (person: Person, redirectUri: string) =>
    grants.issueCode({ person, redirectUri, appId: app.appId });

  pages.get('/connect/qrconnect', async (context) => {
    const query = context.req.query();
    const language = languageOf(context);
    const problem = authorizeProblem(query, website);
    if (problem !== undefined) return serviceError(context, LOOK, language, problem);
    const { redirect_uri: redirectUri = '', state, scan_as: name } = query;
    if (name === 'deny') return context.redirect(callbackUrl(redirectUri, { state }));
    if (name !== undefined) {
      const person = findPerson('wechat', name);
      if (!person) return unknownPerson(context, LOOK, language, name, PEOPLE.wechat);
      return context.redirect(callbackUrl(redirectUri, { code: issue(person, redirectUri), state }));
    }
    const scan = scans.start({ redirectUri, state });
    return qrPage(context, language, scan, confirmUrl(context, scan));
  });

  // Inside WeChat: no code to scan, the person is there. `snapshot=1` shows the page as a snapshot, whose person is made up.
  pages.get('/connect/oauth2/authorize', (context) => {
    const query = context.req.query();
    const language = languageOf(context);
    const { appId = '' } = app.inApp ?? {};
    const problem = authorizeProblem(query, { ...app, appId, scope: 'snsapi_userinfo' });
    if (problem !== undefined || appId === '')
      return serviceError(context, LOOK, language, problem ?? 'AppID 参数错误');
    const { redirect_uri: redirectUri = '', state, scan_as: name, snapshot } = query;
    if (name === undefined) return allowPage(context, language);
    if (name === 'deny') return context.redirect(callbackUrl(redirectUri, { state }));
    const person = findPerson('wechat', name);
    if (!person) return unknownPerson(context, LOOK, language, name, PEOPLE.wechat);
    const code = grants.issueCode({ person, redirectUri, appId, isSnapshot: snapshot === '1' });
    return context.redirect(callbackUrl(redirectUri, { code, state }));
  });

  pages.get('/connect/qrcode/:uuid', async (context) => {
    const scan = scans.find(context.req.param('uuid'));
    if (!scan) return context.notFound();
    const svg = await QRCode.toString(confirmUrl(context, scan), { type: 'svg', margin: 2 });
    return context.body(svg, 200, { 'content-type': 'image/svg+xml' });
  });

  pages.get('/connect/l/qrconnect', async (context) => {
    const { uuid = '', last } = context.req.query();
    const { status, code } = await scans.poll(uuid, last === undefined ? undefined : Number(last));
    return context.body(`window.wx_errcode=${status};window.wx_code='${code}';`, 200, {
      'content-type': 'text/javascript',
    });
  });

  pages.get('/connect/confirm', (context) => {
    const language = languageOf(context);
    const scan = scans.find(context.req.query('uuid'));
    if (!scan) return phoneNote(context, language, 'gone');
    scans.move(scan, 'scanned');
    return confirmPage(context, language, scan);
  });

  pages.post('/connect/confirm', async (context) => {
    const language = languageOf(context);
    const scan = scans.find(context.req.query('uuid'));
    if (!scan) return phoneNote(context, language, 'gone');
    const name = String((await context.req.parseBody())['scan_as'] ?? '');
    if (name === 'deny') {
      scans.move(scan, 'cancelled');
      return phoneNote(context, language, 'cancelled');
    }
    const person = findPerson('wechat', name);
    if (!person) return unknownPerson(context, LOOK, language, name, PEOPLE.wechat);
    scans.move(scan, 'confirmed', issue(person, scan.redirectUri));
    return phoneNote(context, language, 'confirmed');
  });
  return pages;
}
