import { type Browser, finishIn, type Reply } from './browser.ts';
import { noticesDuring, tokenIn, undoCodeIn } from './notices.ts';
import { asOperator } from './operator.ts';
import type { Company } from './own-login.ts';
import { newMember, type Person, type saying, signedIn, wrongCode } from './people.ts';
import type { World } from './world.ts';

/** What design allows reads, changes, conflicts that use up a code, and callbacks; the rest is what nobody waits for, or rare. */
export const LIMITS = {
  nothing: 0,
  read: 1,
  change: 2,
  conflict: 3,
  callback: 3,
  // What was asked for by an identity or a phone is found first.
  found: 3,
  forgotten: 4,
  'taken back': 4,
  stream: 4,
} as const;

type Kind = keyof typeof LIMITS;
/** Does what comes before a request, and returns the request itself. */
type Prepare = (actors: Actors) => Promise<() => Promise<Parameters<typeof saying>[0]>>;

/** One request in one situation. */
export interface RoundTripCase {
  readonly endpoint: string;
  readonly situation: string;
  readonly kind: Kind;
  /** What it must come to, so that the situation is the one that was meant. */
  readonly comesTo: string;
  readonly prepare: Prepare;
}

interface Actors {
  readonly world: World;
  /** Registered by QQ and signed in; has nothing linked. */
  readonly person: Person;
  readonly browser: Browser;
  /** Has an address and a WeChat linked. */
  readonly other: Person;
  readonly others: Browser;
  /** Has a login of its own. */
  readonly company: Company;
}

export async function gather(world: World, company: Company): Promise<Actors> {
  const [person, other] = [await newMember(world), await newMember(world, { links: ['email', 'wechat'] })];
  return { world, person, browser: person.browser, other, others: other.browser, company };
}

/** A request that nothing comes before. */
const atOnce = (ask: (actors: Actors) => Promise<Reply>) => async (actors: Actors) => () => ask(actors);

/** A request that an identity check comes before. */
const checked =
  (of: 'person' | 'other', purpose: string, ask: (browser: Browser, person: Person) => Promise<Reply>) =>
  async (actors: Actors) => {
    const browser = of === 'person' ? actors.browser : actors.others;
    await browser.checkIdentity(purpose, actors[of].phone);
    return () => ask(browser, actors[of]);
  };

const mailCode =
  (address: (actors: Actors) => string, guess = (code: string) => code) =>
  async (actors: Actors) => {
    const { browser, person, world } = actors;
    const email = address(actors);
    await browser.checkIdentity('link_email', person.phone);
    await browser.post('/links/email/send', { email });
    return () => browser.post('/links/email', { email, code: guess(world.outbox.codeFor(email)) });
  };

const scan = (who: (actors: Actors) => string | null) => async (actors: Actors) => {
  const { browser, person } = actors;
  await browser.checkIdentity('link_wechat', person.phone);
  const { authorizeUrl } = (await browser.post('/links/wechat')).json;
  return () => browser.answer('wechat', authorizeUrl, who(actors));
};

/** A page that has the token of the person's session begins to link a WeChat. */
async function beginWindow({ browser, person }: Actors) {
  const page = browser.bearer();
  await page.checkIdentity('link_wechat', person.phone);
  const { flowId, authorizeUrl } = (await page.post('/links/wechat')).json;
  return { page, flowId, authorizeUrl };
}

const finishWindow = (who: (actors: Actors) => string) => async (actors: Actors) => {
  const { page, flowId, authorizeUrl } = await beginWindow(actors);
  const { location } = await actors.world.browser().scanWindow(authorizeUrl, who(actors));
  return () => page.post('/links/wechat/finish', { flowId, code: finishIn(location) });
};

const signIn = (who: (actors: Actors) => string, provider: 'wechat' | 'qq') => async (actors: Actors) => {
  const newcomer = actors.world.browser();
  const away = await newcomer.get(`/sign-in/${provider}`);
  return () => newcomer.answer(provider, away.headers['location'] ?? '', who(actors));
};

const signInCode =
  (by: (actors: Actors) => Browser | Promise<Browser>, guess = (code: string) => code) =>
  async (actors: Actors) => {
    const { world, other } = actors;
    const browser = await by(actors);
    const sent = await browser.post('/sign-in/email/send', { email: other.address });
    await world.deliverStream();
    const code = guess(world.outbox.codeFor(other.address));
    return () => browser.post('/sign-in/email', { challengeId: sent.json.challengeId, code });
  };

const newBrowser = ({ world }: Actors) => world.browser();
/** A browser that is known to an address. */
async function knownBrowser({ world, other }: Actors): Promise<Browser> {
  const browser = world.browser();
  await browser.signInByEmail(other.address);
  return browser;
}

const stream = (address: (actors: Actors) => string) => async (actors: Actors) => {
  await actors.world.deliverStream();
  await actors.world.browser().post('/sign-in/email/send', { email: address(actors) });
  return async () => ({ status: await actors.world.deliverStream() });
};

/** Somebody who was told that their address was unlinked, up to where the rest of the case begins. */
const told =
  (rest: (world: World, say: Say) => Promise<() => ReturnType<Say>>) =>
  async ({ world, other, others }: Actors) => {
    await others.checkIdentity('unlink_email', other.phone);
    const [message] = await noticesDuring(world, () => others.delete('/links/email'));
    const token = tokenIn(message ?? { text: '' });
    world.pass({ seconds: 61 });
    return rest(world, (path, more = {}) => world.browser().post(`/undo${path}`, { token, ...more }));
  };
type Say = (path: string, more?: object) => ReturnType<Browser['post']>;

const restoring = (guess = (code: string) => code) =>
  told(async (world, say) => {
    await say('');
    await say('/code');
    const code = world.outbox.sent[0]?.code ?? '';
    return () => say('/restore', { code: guess(code) });
  });

/** Opens what somebody was told of by an SMS without a link. */
const opening =
  (guess = (code: string) => code) =>
  async ({ world, other }: Actors) => {
    const { phone } = other;
    world.outbox.linkless.add(phone);
    const told = await noticesDuring(world, () => signedIn(world, other, 'wechat'));
    world.outbox.linkless.delete(phone);
    const code = guess(undoCodeIn(told.find(({ to }) => to === phone) ?? {}));
    return () => world.browser().post('/undo/open', { phone, code });
  };

const smsCode =
  (guess = (code: string) => code) =>
  async ({ browser, person, world }: Actors) => {
    await browser.post('/otp/send', { purpose: 'link_email' });
    const code = guess(world.outbox.codeFor(person.phone));
    return () => browser.post('/otp/verify', { purpose: 'link_email', code });
  };

/** The address and the WeChat of the other person are suspended. */
async function suspendOthers({ others, other, world }: Actors): Promise<void> {
  await others.checkIdentity('only', other.phone);
  await others.post('/account/only');
  world.pass({ seconds: 61 });
}

/** A request about the notice of a sign-in in another browser. */
const noticed =
  (ask: (browser: Browser, id: string) => Promise<Reply>) =>
  async ({ world, others, other }: Actors) => {
    await signedIn(world, other, 'wechat');
    const [notice] = (await others.get('/account')).json.notices;
    return () => ask(others, notice.id);
  };

/** A request of the support desk about the other person. */
const byOperator =
  (method: string, path: (accountId: string) => string, query: (person: Person) => object = () => ({})) =>
  async ({ world, other }: Actors) =>
  () =>
    asOperator(world, method, path(other.accountId), { reason: 'x', ...query(other) });

const CALLBACK = 'GET /oauth/{provider}/callback';
const STREAM = 'the stream’s function';

const CASES: readonly (readonly [string, string, Kind, comesTo: string, Prepare])[] = [
  ['GET /account', '', 'read', '200', atOnce(({ browser }) => browser.get('/account'))],
  [
    'GET /account',
    'the session is renewed, at most every 5 minutes',
    'change',
    '200',
    async ({ browser, world }) => {
      world.pass({ seconds: 600 });
      return () => browser.get('/account');
    },
  ],
  ['GET /account/history', '', 'read', '200', atOnce(({ browser }) => browser.get('/account/history'))],
  [
    'POST /otp/send',
    '',
    'change',
    '202',
    atOnce(({ browser }) => browser.post('/otp/send', { purpose: 'link_email' })),
  ],
  [
    'POST /otp/send',
    'the SMS is refused: quota and interval are given back',
    'taken back',
    'delivery_failed',
    async ({ browser, world }) => {
      world.outbox.fates.push('refused');
      return () => browser.post('/otp/send', { purpose: 'link_email' });
    },
  ],
  ['POST /otp/verify', '', 'change', '200', smsCode()],
  ['POST /otp/verify', 'a wrong code', 'change', 'code_wrong', smsCode(wrongCode)],
  [
    'POST /links/email/send',
    '',
    'change',
    '202',
    checked('person', 'link_email', (browser, { address }) =>
      browser.post('/links/email/send', { email: address }),
    ),
  ],
  ['POST /links/email', '', 'change', '201', mailCode(({ person }) => person.address)],
  [
    'POST /links/email',
    'a wrong code',
    'change',
    'code_wrong',
    mailCode(({ person }) => person.address, wrongCode),
  ],
  [
    'POST /links/email',
    'the address is somebody’s: the code is used up',
    'conflict',
    'identity_linked',
    mailCode(({ other }) => other.address),
  ],
  [
    'POST /links/email',
    'replaces',
    'change',
    '201',
    async ({ others, other, world, person }) => {
      await others.checkIdentity('replace_email', other.phone);
      await others.post('/links/email/send', { email: person.address });
      const code = world.outbox.codeFor(person.address);
      return () => others.post('/links/email', { email: person.address, code });
    },
  ],
  [
    'POST /links/{provider}',
    '',
    'change',
    '200',
    checked('person', 'link_wechat', (browser) => browser.post('/links/wechat')),
  ],
  [
    'GET /oauth/{provider}/window',
    '',
    'change',
    '302',
    async (actors) => {
      const { authorizeUrl } = await beginWindow(actors);
      return () => actors.world.browser().openWindow(authorizeUrl);
    },
  ],
  [
    CALLBACK,
    'a window ends, for its session to finish the link',
    'callback',
    'confirm',
    async (actors) => {
      const window = actors.world.browser();
      const { authorizeUrl } = await beginWindow(actors);
      const away = (await window.openWindow(authorizeUrl)).headers['location'] ?? '';
      return () => window.answer('wechat', away, actors.person.who);
    },
  ],
  ['POST /links/{provider}/finish', '', 'change', '201', finishWindow(({ person }) => person.who)],
  [
    'POST /links/{provider}/finish',
    'the WeChat is somebody’s: the scan is used up',
    'conflict',
    'identity_linked',
    finishWindow(({ other }) => other.who),
  ],
  [
    'DELETE /links/{provider}',
    '',
    'change',
    '204',
    checked('other', 'unlink_wechat', (browser) => browser.delete('/links/wechat')),
  ],
  [
    'POST /links/{provider}/clear',
    '',
    'change',
    '204',
    async (actors) => {
      await suspendOthers(actors);
      return checked('other', 'clear_wechat', (browser) => browser.post('/links/wechat/clear'))(actors);
    },
  ],
  [
    'POST /account/only',
    '',
    'change',
    '200',
    checked('other', 'only', (browser) => browser.post('/account/only')),
  ],
  [
    'PUT /account/preferences',
    '',
    'change',
    '200',
    checked('other', 'preferences', (browser) => browser.put('/account/preferences', { notify: 'sms' })),
  ],
  [
    'GET /account/export',
    'of a megabyte of each kind at most',
    'change',
    '200',
    checked('other', 'export', (browser) => browser.get('/account/export')),
  ],
  [
    'POST /assertions',
    'for an audience that is none',
    'read',
    'invalid_request',
    atOnce(({ others }) => others.post('/assertions', { audience: 'nobody' })),
  ],
  [
    'GET /.well-known/openid-configuration',
    'nobody is to be told',
    'nothing',
    'not_found',
    atOnce(({ world }) => world.browser().get('/.well-known/openid-configuration')),
  ],
  [
    'GET /.well-known/jwks.json',
    'nobody is to be told',
    'nothing',
    'not_found',
    atOnce(({ world }) => world.browser().get('/.well-known/jwks.json')),
  ],
  ['GET /sessions', '', 'read', '200', atOnce(({ others }) => others.get('/sessions'))],
  [
    'DELETE /sessions/{id}',
    '',
    'change',
    '204',
    async ({ world, others, other }) => {
      await signedIn(world, other);
      const [newest] = (await others.get('/sessions')).json.sessions;
      return () => others.delete(`/sessions/${newest.id}`);
    },
  ],
  [
    'DELETE /account/notices/{id}',
    '',
    'change',
    '204',
    noticed((browser, id) => browser.delete(`/account/notices/${id}`)),
  ],
  [
    'POST /account/notices/{id}/disown',
    '',
    'change',
    '200',
    noticed((browser, id) => browser.post(`/account/notices/${id}/disown`)),
  ],
  [
    CALLBACK,
    'signs in with a method that is suspended',
    'callback',
    'method_suspended',
    async (actors) => {
      await suspendOthers(actors);
      return signIn(({ other }) => other.who, 'wechat')(actors);
    },
  ],
  [
    CALLBACK,
    'signs in on a browser that the account has forgotten',
    'forgotten',
    'signed_in',
    async (actors) => {
      const { browser, person } = actors;
      await browser.delete('/sessions');
      actors.world.pass({ seconds: 1 });
      const away = await browser.get('/sign-in/qq');
      return () => browser.answer('qq', away.headers['location'] ?? '', person.who);
    },
  ],
  [CALLBACK, 'links', 'callback', 'linked', scan(({ person }) => person.who)],
  [
    CALLBACK,
    'replaces',
    'callback',
    'replaced',
    async ({ others, other, person }) => {
      await others.checkIdentity('replace_wechat', other.phone);
      const { authorizeUrl } = (await others.post('/links/wechat')).json;
      return () => others.answer('wechat', authorizeUrl, person.who);
    },
  ],
  [CALLBACK, 'the WeChat is somebody’s', 'callback', 'identity_linked', scan(({ other }) => other.who)],
  [CALLBACK, 'a refusal', 'callback', 'denied', scan(() => null)],
  [CALLBACK, 'the provider fails', 'callback', 'provider_failed', scan(() => 'nobody')],
  [CALLBACK, 'signs in', 'callback', 'signed_in', signIn(({ person }) => person.who, 'qq')],
  [
    CALLBACK,
    'signs in, and a new subject is claimed',
    'callback',
    'signed_in',
    signIn(({ other }) => other.who, 'wechat'),
  ],
  [
    'POST /sign-in/email/send',
    '',
    'change',
    '202',
    atOnce(({ world, other }) => world.browser().post('/sign-in/email/send', { email: other.address })),
  ],
  [
    'POST /sign-in/email/send',
    'from a browser that is known to the address',
    'change',
    '202',
    async (actors) => {
      const browser = await knownBrowser(actors);
      return () => browser.post('/sign-in/email/send', { email: actors.other.address });
    },
  ],
  [STREAM, 'mails a sign-in code', 'stream', '0', stream(({ other }) => other.address)],
  [STREAM, 'the address is nobody’s', 'stream', '0', stream(({ person }) => person.address)],
  ['POST /sign-in/email', '', 'change', '200', signInCode(newBrowser)],
  ['POST /sign-in/email', 'a wrong code', 'change', 'code_wrong', signInCode(newBrowser, wrongCode)],
  [
    'POST /sign-in/email',
    'the method is suspended: the code is used up',
    'conflict',
    'method_suspended',
    async (actors) => {
      await suspendOthers(actors);
      return signInCode(newBrowser)(actors);
    },
  ],
  [
    'POST /sign-in/email',
    'from a browser that is known to the address',
    'change',
    '200',
    signInCode(knownBrowser),
  ],
  [
    'POST /sign-in/email',
    'a wrong code from a browser that is known to the address',
    'change',
    'code_wrong',
    signInCode(knownBrowser, wrongCode),
  ],
  [
    'GET /sign-in/{provider}',
    '',
    'change',
    '302',
    atOnce(({ world }) => world.browser().get('/sign-in/wechat')),
  ],
  [
    'POST /sessions',
    '',
    'change',
    '201',
    async ({ world, other, company }) => {
      const assertion = await company.assert(other.accountId);
      return () => world.browser().post('/sessions', { assertion });
    },
  ],
  ['DELETE /session', '', 'change', '204', atOnce(({ browser }) => browser.delete('/session'))],
  ['DELETE /sessions', '', 'change', '204', atOnce(({ others }) => others.delete('/sessions'))],
  ['POST /undo/open', '', 'change', '200', opening()],
  ['POST /undo/open', 'a wrong code', 'change', 'code_wrong', opening(wrongCode)],
  ['POST /undo/show', '', 'read', '200', told(async (_world, say) => () => say('/show'))],
  ['POST /undo', '', 'change', '200', told(async (_world, say) => () => say(''))],
  [
    'POST /undo/code',
    '',
    'change',
    '202',
    told(async (_world, say) => {
      await say('');
      return () => say('/code');
    }),
  ],
  ['POST /undo/restore', '', 'change', '200', restoring()],
  ['POST /undo/restore', 'a wrong code', 'change', 'code_wrong', restoring(wrongCode)],
  ['GET /operator/accounts/{id}', '', 'change', '200', byOperator('GET', (id) => `/accounts/${id}`)],
  [
    'GET /operator/accounts/{id}/history',
    '',
    'change',
    '200',
    byOperator('GET', (id) => `/accounts/${id}/history`),
  ],
  [
    'GET /operator/identities/{provider}',
    '',
    'found',
    '200',
    byOperator(
      'GET',
      () => '/identities/email',
      ({ address: subject }) => ({ subject }),
    ),
  ],
  [
    'GET /operator/phones',
    '',
    'found',
    '200',
    byOperator(
      'GET',
      () => '/phones',
      ({ phone: number }) => ({ number }),
    ),
  ],
  [
    'DELETE /operator/accounts/{id}/sessions',
    '',
    'change',
    '204',
    byOperator('DELETE', (id) => `/accounts/${id}/sessions`),
  ],
  [
    'DELETE /operator/accounts/{id}/links/{provider}',
    '',
    'change',
    '204',
    byOperator('DELETE', (id) => `/accounts/${id}/links/wechat`),
  ],
  [
    'DELETE /operator/identities/{provider}',
    '',
    'found',
    '204',
    byOperator(
      'DELETE',
      () => '/identities/email',
      ({ address: subject }) => ({ subject }),
    ),
  ],
  [
    'POST /operator/accounts/{id}/unfreeze',
    '',
    'change',
    '204',
    byOperator('POST', (id) => `/accounts/${id}/unfreeze`),
  ],
  [
    STREAM,
    'tells an owner',
    'stream',
    '0',
    async ({ world, browser, person }) => {
      await world.notifyOwners();
      await browser.linkWeChat(person.who, person.phone);
      return async () => ({ status: await world.notifyOwners() });
    },
  ],
  [
    STREAM,
    'tells an owner on two channels',
    'stream',
    '0',
    async ({ world, others, other }) => {
      await world.notifyOwners();
      await others.checkIdentity('unlink_wechat', other.phone);
      await others.delete('/links/wechat');
      return async () => ({ status: await world.notifyOwners() });
    },
  ],
];

export const ROUND_TRIP_CASES: readonly RoundTripCase[] = CASES.map(
  ([endpoint, situation, kind, comesTo, prepare]) => ({ endpoint, situation, kind, comesTo, prepare }),
);
