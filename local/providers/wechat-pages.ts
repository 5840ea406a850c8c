import type { Context } from 'hono';
import { html, raw } from 'hono/html';
import { PEOPLE } from '../people.ts';
import { callbackUrl } from './grants.ts';
import type { Language } from './language.ts';
import { page, personList, withAnswer } from './layout.ts';
import type { Look } from './style.ts';
import { SCAN_STATUS, type Scan } from './wechat-scans.ts';

export const LOOK: Look = {
  colour: '#157f46',
  ink: ['#157f46', '#5fd394'],
  soft: ['#eff7f2', '#15211b'],
};

const texts = {
  zh: {
    title: '微信登录（模拟）',
    scan: '请用手机扫描二维码',
    sameNetwork: '手机与本机在同一网络时，任何扫码工具都可以打开。',
    again: '刷新二维码',
    waiting: '等待扫描',
    scanned: '已扫描，请在手机上选择',
    cancelled: '已在手机上取消，可以重新扫描',
    expired: '二维码已过期',
    people: '或者，直接以某人的身份扫码',
    refuse: '拒绝登录',
    confirmTitle: '确认登录',
    confirm: '以谁的身份确认登录？',
    cancel: '取消',
    allowTitle: '微信授权（模拟）',
    allow: '以谁的身份允许获取昵称和头像？',
    notes: {
      confirmed: ['已确认', '请回到电脑上继续。'],
      cancelled: ['已取消', '电脑上没有登录。'],
      gone: ['二维码已失效', '请在电脑上刷新页面后重新扫描。'],
    },
  },
  en: {
    title: 'WeChat login (stand-in)',
    scan: 'Scan the QR code with your phone',
    sameNetwork: 'Any scanner opens it, as long as the phone is on the same network as this machine.',
    again: 'New QR code',
    waiting: 'Waiting for a scan',
    scanned: 'Scanned. Choose on your phone',
    cancelled: 'Cancelled on the phone. You may scan again',
    expired: 'The QR code has expired',
    people: 'Or scan as one of these people at once',
    refuse: 'Refuse',
    confirmTitle: 'Confirm the login',
    confirm: 'As whom do you confirm it?',
    cancel: 'Cancel',
    allowTitle: 'Allow access (WeChat stand-in)',
    allow: 'As whom do you allow access to your nickname and picture?',
    notes: {
      confirmed: ['Confirmed', 'Go on at your computer.'],
      cancelled: ['Cancelled', 'Nobody was signed in.'],
      gone: ['This QR code is no longer valid', 'Reload the page on your computer and scan again.'],
    },
  },
} as const;

/** Data inside a script element: `<` could end it. */
const scriptData = (data: unknown) => raw(JSON.stringify(data).replaceAll('<', '\\u003c'));

/** Polls as WeChat's own page does: one long call after the other, each with the number that came last. */
const poll = `
(async () => {
  const line = document.getElementById('scan-state');
  let last = wechat.status.waiting;
  for (;;) {
    let status;
    let code;
    try {
      const reply = await fetch('/connect/l/qrconnect?uuid=' + wechat.uuid + '&last=' + last);
      [, status, code] = /wx_errcode=(\\d+);window.wx_code='(\\w*)'/.exec(await reply.text());
      status = Number(status);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 2000));
      continue;
    }
    if (status === wechat.status.confirmed) {
      const callback = new URL(wechat.callback);
      callback.searchParams.set('code', code);
      location.replace(callback);
      return;
    }
    for (const [name, number] of Object.entries(wechat.status)) {
      if (number !== status) continue;
      line.textContent = wechat.texts[name];
      document.querySelector('.scan').dataset.state = name;
    }
    if (status === wechat.status.expired) return;
    last = status;
  }
})();`;

/** The page on the computer. @param confirmUrl what the QR code says */
export function qrPage(context: Context, language: Language, scan: Scan, confirmUrl: string) {
  const t = texts[language];
  const { waiting, scanned, cancelled, expired } = t;
  const data = {
    uuid: scan.uuid,
    callback: callbackUrl(scan.redirectUri, { state: scan.state }),
    status: SCAN_STATUS,
    texts: { waiting, scanned, cancelled, expired },
  };
  const body = html`<h1>${t.title}</h1>
<div class="scan" data-state="waiting">
<section aria-label="${t.scan}">
<p class="centre">${t.scan}</p>
<div class="code"><a href="${confirmUrl}" target="_blank" rel="noopener"><img src="/connect/qrcode/${scan.uuid}" width="200" height="200" alt="${t.scan}"></a><a class="again" href="">${t.again}</a></div>
<p class="state" id="scan-state" role="status">${t.waiting}</p>
<p class="centre faint">${t.sameNetwork}</p>
</section>
<section>
<h2>${t.people}</h2>
${personList(PEOPLE.wechat, language, (person, inside) => html`<a class="person" href="${withAnswer(context, person.name)}">${inside}</a>`)}
<a class="refuse" href="${withAnswer(context, 'deny')}">${t.refuse}</a>
</section>
</div>
<script>const wechat = ${scriptData(data)};${raw(poll)}</script>`;
  return page(context, LOOK, language, t.title, body, { wide: true });
}

/** The page inside WeChat, where nothing has to be scanned. */
export function allowPage(context: Context, language: Language) {
  const t = texts[language];
  const body = html`<h1>${t.allowTitle}</h1>
<p class="centre">${t.allow}</p>
${personList(PEOPLE.wechat, language, (person, inside) => html`<a class="person" href="${withAnswer(context, person.name)}">${inside}</a>`)}
<a class="refuse" href="${withAnswer(context, 'deny')}">${t.refuse}</a>`;
  return page(context, LOOK, language, t.allowTitle, body);
}

/** The page on the phone that scanned. */
export function confirmPage(context: Context, language: Language, scan: Scan) {
  const t = texts[language];
  const action = `/connect/confirm?uuid=${scan.uuid}`;
  const body = html`<h1>${t.confirmTitle}</h1>
<p class="centre">${t.confirm}</p>
<form method="post" action="${action}">
${personList(PEOPLE.wechat, language, (person, inside) => html`<button class="person" name="scan_as" value="${person.name}">${inside}</button>`)}
<button class="refuse" name="scan_as" value="deny">${t.cancel}</button>
</form>`;
  return page(context, LOOK, language, t.confirmTitle, body);
}

const MARKS = { confirmed: '✓', cancelled: '×', gone: '!' } as const;

/** What the phone shows when nothing more is to be done on it. */
export function phoneNote(context: Context, language: Language, note: 'confirmed' | 'cancelled' | 'gone') {
  const [title, text] = texts[language].notes[note];
  const body = html`<div class="mark" aria-hidden="true">${MARKS[note]}</div><h1>${title}</h1><p class="centre">${text}</p>`;
  return page(context, LOOK, language, title, body, { status: note === 'gone' ? 404 : 200 });
}
