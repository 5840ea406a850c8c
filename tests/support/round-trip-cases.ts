import type { Browser } from './browser.ts';
import { tokenIn, toldOf } from './notices.ts';
import { newPerson, type Person, type saying, signedIn, wrongCode } from './people.ts';
import type { World } from './world.ts';

/** What design allows reads, changes, conflicts that use up a code, and callbacks; the rest is what nobody waits for, or rare. */
export const LIMITS = { read: 1, change: 2, conflict: 3, callback: 3, 'taken back': 4, stream: 3 } as const;

/** One request in one situation. `prepare` does what comes before it and returns the request itself. */
export interface RoundTripCase {
  readonly endpoint: string;
  readonly situation: string;
  readonly kind: keyof typeof LIMITS;
  readonly prepare: (actors: Actors) => Promise<() => Promise<Parameters<typeof saying>[0]>>;
  /** What it must come to, so that the situation is the one that was meant. */
  readonly comesTo: string;
}

export interface Actors {
  readonly world: World;
  /** Registered by QQ and signed in; has nothing linked. */
  readonly person: Person;
  readonly browser: Browser;
  /** Has an address and a WeChat linked. */
  readonly other: Person;
  readonly others: Browser;
}

export async function gather(world: World): Promise<Actors> {
  const [person, other] = [await newPerson(world), await newPerson(world, { links: ['email', 'wechat'] })];
  const [browser, others] = [await signedIn(world, person), await signedIn(world, other)];
  return { world, person, browser, other, others };
}

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

const signIn = (who: (actors: Actors) => string, provider: 'wechat' | 'qq') => async (actors: Actors) => {
  const newcomer = actors.world.browser();
  const away = await newcomer.get(`/sign-in/${provider}`);
  return () => newcomer.answer(provider, away.headers['location'] ?? '', who(actors));
};

const signInCode =
  (guess = (code: string) => code) =>
  async ({ world, other }: Actors) => {
    const newcomer = world.browser();
    const sent = await newcomer.post('/sign-in/email/send', { email: other.address });
    await world.deliverStream();
    const code = guess(world.outbox.codeFor(other.address));
    return () => newcomer.post('/sign-in/email', { challengeId: sent.json.challengeId, code });
  };

/** A browser that is known to an address, which has asked for a code for it. */
const knownSignInCode =
  (guess = (code: string) => code) =>
  async (actors: Actors) => {
    const { world, other } = actors;
    const browser = await knownBrowser(actors);
    const sent = await browser.post('/sign-in/email/send', { email: other.address });
    await world.deliverStream();
    const code = guess(world.outbox.codeFor(other.address));
    return () => browser.post('/sign-in/email', { challengeId: sent.json.challengeId, code });
  };

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
    const [message] = await toldOf(world, () => others.delete('/links/email'));
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

const smsCode =
  (guess = (code: string) => code) =>
  async ({ browser, person, world }: Actors) => {
    await browser.post('/otp/send', { purpose: 'link_email' });
    const code = guess(world.outbox.codeFor(person.phone));
    return () => browser.post('/otp/verify', { purpose: 'link_email', code });
  };

export const ROUND_TRIP_CASES: readonly RoundTripCase[] = [
  {
    endpoint: 'GET /account',
    situation: '',
    kind: 'read',
    prepare:
      async ({ browser }) =>
      () =>
        browser.get('/account'),
    comesTo: '200',
  },
  {
    endpoint: 'GET /account',
    situation: 'the session is renewed, at most every 5 minutes',
    kind: 'change',
    async prepare({ browser, world }) {
      world.pass({ seconds: 600 });
      return () => browser.get('/account');
    },
    comesTo: '200',
  },
  {
    endpoint: 'GET /account/history',
    situation: '',
    kind: 'read',
    prepare:
      async ({ browser }) =>
      () =>
        browser.get('/account/history'),
    comesTo: '200',
  },
  {
    endpoint: 'POST /otp/send',
    situation: '',
    kind: 'change',
    prepare:
      async ({ browser }) =>
      () =>
        browser.post('/otp/send', { purpose: 'link_email' }),
    comesTo: '202',
  },
  {
    endpoint: 'POST /otp/send',
    situation: 'the SMS is refused: quota and interval are given back',
    kind: 'taken back',
    async prepare({ browser, world }) {
      world.outbox.fates.push('refused');
      return () => browser.post('/otp/send', { purpose: 'link_email' });
    },
    comesTo: 'delivery_failed',
  },
  { endpoint: 'POST /otp/verify', situation: '', kind: 'change', prepare: smsCode(), comesTo: '200' },
  {
    endpoint: 'POST /otp/verify',
    situation: 'a wrong code',
    kind: 'change',
    prepare: smsCode(wrongCode),
    comesTo: 'code_wrong',
  },
  {
    endpoint: 'POST /links/email/send',
    situation: '',
    kind: 'change',
    async prepare({ browser, person }) {
      await browser.checkIdentity('link_email', person.phone);
      return () => browser.post('/links/email/send', { email: person.address });
    },
    comesTo: '202',
  },
  {
    endpoint: 'POST /links/email',
    situation: '',
    kind: 'change',
    prepare: mailCode(({ person }) => person.address),
    comesTo: '201',
  },
  {
    endpoint: 'POST /links/email',
    situation: 'a wrong code',
    kind: 'change',
    prepare: mailCode(({ person }) => person.address, wrongCode),
    comesTo: 'code_wrong',
  },
  {
    endpoint: 'POST /links/email',
    situation: 'the address is somebody’s: the code is used up',
    kind: 'conflict',
    prepare: mailCode(({ other }) => other.address),
    comesTo: 'identity_linked',
  },
  {
    endpoint: 'POST /links/{provider}',
    situation: '',
    kind: 'change',
    async prepare({ browser, person }) {
      await browser.checkIdentity('link_wechat', person.phone);
      return () => browser.post('/links/wechat');
    },
    comesTo: '200',
  },
  {
    endpoint: 'DELETE /links/{provider}',
    situation: '',
    kind: 'change',
    async prepare({ others, other }) {
      await others.checkIdentity('unlink_wechat', other.phone);
      return () => others.delete('/links/wechat');
    },
    comesTo: '204',
  },
  {
    endpoint: 'GET /oauth/{provider}/callback',
    situation: 'links',
    kind: 'callback',
    prepare: scan(({ person }) => person.who),
    comesTo: 'linked',
  },
  {
    endpoint: 'GET /oauth/{provider}/callback',
    situation: 'the WeChat is somebody’s',
    kind: 'callback',
    prepare: scan(({ other }) => other.who),
    comesTo: 'identity_linked',
  },
  {
    endpoint: 'GET /oauth/{provider}/callback',
    situation: 'a refusal',
    kind: 'callback',
    prepare: scan(() => null),
    comesTo: 'denied',
  },
  {
    endpoint: 'GET /oauth/{provider}/callback',
    situation: 'the provider fails',
    kind: 'callback',
    prepare: scan(() => 'nobody'),
    comesTo: 'provider_failed',
  },
  {
    endpoint: 'GET /oauth/{provider}/callback',
    situation: 'signs in',
    kind: 'callback',
    prepare: signIn(({ person }) => person.who, 'qq'),
    comesTo: 'signed_in',
  },
  {
    endpoint: 'GET /oauth/{provider}/callback',
    situation: 'signs in, and a new subject is claimed',
    kind: 'callback',
    prepare: signIn(({ other }) => other.who, 'wechat'),
    comesTo: 'signed_in',
  },
  {
    endpoint: 'POST /sign-in/email/send',
    situation: '',
    kind: 'change',
    prepare:
      async ({ world, other }) =>
      () =>
        world.browser().post('/sign-in/email/send', { email: other.address }),
    comesTo: '202',
  },
  {
    endpoint: 'POST /sign-in/email/send',
    situation: 'from a browser that is known to the address',
    kind: 'change',
    async prepare(actors) {
      const browser = await knownBrowser(actors);
      return () => browser.post('/sign-in/email/send', { email: actors.other.address });
    },
    comesTo: '202',
  },
  {
    endpoint: 'the stream’s function',
    situation: 'mails a sign-in code',
    kind: 'stream',
    prepare: stream(({ other }) => other.address),
    comesTo: '0',
  },
  {
    endpoint: 'the stream’s function',
    situation: 'the address is nobody’s',
    kind: 'stream',
    prepare: stream(({ person }) => person.address),
    comesTo: '0',
  },
  { endpoint: 'POST /sign-in/email', situation: '', kind: 'change', prepare: signInCode(), comesTo: '200' },
  {
    endpoint: 'POST /sign-in/email',
    situation: 'a wrong code',
    kind: 'change',
    prepare: signInCode(wrongCode),
    comesTo: 'code_wrong',
  },
  {
    endpoint: 'POST /sign-in/email',
    situation: 'from a browser that is known to the address',
    kind: 'change',
    prepare: knownSignInCode(),
    comesTo: '200',
  },
  {
    endpoint: 'POST /sign-in/email',
    situation: 'a wrong code from a browser that is known to the address',
    kind: 'change',
    prepare: knownSignInCode(wrongCode),
    comesTo: 'code_wrong',
  },
  {
    endpoint: 'GET /sign-in/{provider}',
    situation: '',
    kind: 'change',
    prepare:
      async ({ world }) =>
      () =>
        world.browser().get('/sign-in/wechat'),
    comesTo: '302',
  },
  {
    endpoint: 'DELETE /session',
    situation: '',
    kind: 'change',
    prepare:
      async ({ browser }) =>
      () =>
        browser.delete('/session'),
    comesTo: '204',
  },
  {
    endpoint: 'DELETE /sessions',
    situation: '',
    kind: 'change',
    prepare:
      async ({ others }) =>
      () =>
        others.delete('/sessions'),
    comesTo: '204',
  },
  {
    endpoint: 'POST /undo/show',
    situation: '',
    kind: 'read',
    prepare: told(async (_world, say) => () => say('/show')),
    comesTo: '200',
  },
  {
    endpoint: 'POST /undo',
    situation: '',
    kind: 'change',
    prepare: told(async (_world, say) => () => say('')),
    comesTo: '200',
  },
  {
    endpoint: 'POST /undo/code',
    situation: '',
    kind: 'change',
    prepare: told(async (_world, say) => {
      await say('');
      return () => say('/code');
    }),
    comesTo: '202',
  },
  { endpoint: 'POST /undo/restore', situation: '', kind: 'change', prepare: restoring(), comesTo: '200' },
  {
    endpoint: 'POST /undo/restore',
    situation: 'a wrong code',
    kind: 'change',
    prepare: restoring(wrongCode),
    comesTo: 'code_wrong',
  },
  {
    endpoint: 'the stream’s function',
    situation: 'tells an owner',
    kind: 'stream',
    async prepare({ world, browser, person }) {
      await world.notifyOwners();
      await browser.linkWeChat(person.who, person.phone);
      return async () => ({ status: await world.notifyOwners() });
    },
    comesTo: '0',
  },
];
