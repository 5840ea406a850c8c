import {
  check,
  codeTo,
  disown,
  type Flow,
  isNotified,
  isReplaced,
  isSignedOut,
  linkAddress,
  newcomerIsIn,
  noticeOf,
  notify,
  openByCode,
  own,
  refusalIsRecorded,
  relationIs,
  type Scene,
  scan,
  scanInWindow,
  signInBy,
  signInByMail,
  suspendedAre,
  theirs,
  wasNotMe,
} from './fault-steps.ts';
import { inspect } from './inspect.ts';
import { newPerson, type Person, signedIn } from './people.ts';
import type { TableStream } from './stream.ts';
import type { World } from './world.ts';

export const FLOWS = {
  'link an address': {
    links: [],
    steps: linkAddress(own('address')),
    ends: '201',
    isDone: relationIs('email', 'linked'),
  },
  'link a WeChat': {
    links: [],
    steps: [...check('link_wechat'), ...scan(own('who'))],
    ends: 'linked',
    isDone: relationIs('wechat', 'linked'),
  },
  'link a WeChat in a window': {
    links: [],
    steps: [...check('link_wechat'), ...scanInWindow(own('who'))],
    ends: '201',
    isDone: relationIs('wechat', 'linked'),
  },
  'link an address of somebody else': {
    links: [],
    steps: linkAddress(theirs('address')),
    ends: 'identity_linked',
    isDone: refusalIsRecorded('email'),
  },
  'link a WeChat of somebody else': {
    links: [],
    steps: [...check('link_wechat'), ...scan(theirs('who'))],
    ends: 'identity_linked',
    isDone: refusalIsRecorded('wechat'),
  },
  'link a WeChat of somebody else in a window': {
    links: [],
    steps: [...check('link_wechat'), ...scanInWindow(theirs('who'))],
    ends: 'identity_linked',
    isDone: refusalIsRecorded('wechat'),
  },
  'replace an address': {
    links: ['email'],
    steps: linkAddress((scene) => `next.${scene.person.address}`, 'replace'),
    ends: '201',
    isDone: isReplaced('email'),
  },
  'replace a WeChat by one of somebody else': {
    links: ['wechat'],
    steps: [...check('replace_wechat'), ...scan(theirs('who'))],
    ends: 'identity_linked',
    isDone: refusalIsRecorded('wechat', 'replace'),
  },
  'choose preferences': {
    links: ['email'],
    steps: [
      ...check('preferences'),
      ({ browser }) => browser.put('/account/preferences', { notify: 'mail' }),
    ],
    ends: '200',
    isDone: async ({ browser }) => (await browser.get('/account')).json.preferences.notify === 'mail',
  },
  'unlink an address': {
    links: ['email'],
    steps: [...check('unlink_email'), ({ browser }) => browser.delete('/links/email')],
    ends: '204',
    isDone: relationIs('email', 'none'),
  },
  'unlink a WeChat with its alias': {
    links: ['wechat'],
    prepare: async ({ world, person }) => void (await signedIn(world, person, 'wechat')),
    steps: [...check('unlink_wechat'), ({ browser }) => browser.delete('/links/wechat')],
    ends: '204',
    isDone: relationIs('wechat', 'none'),
  },
  'sign in by mail': { links: ['email'], steps: signInByMail, ends: '200', isDone: newcomerIsIn },
  'sign in by QQ': { links: [], steps: signInBy('qq'), ends: 'signed_in', isDone: newcomerIsIn },
  'sign in by a WeChat whose openid is new': {
    links: ['wechat'],
    steps: signInBy('wechat'),
    ends: 'signed_in',
    isDone: newcomerIsIn,
  },
  'sign out': {
    links: [],
    steps: [({ browser }) => browser.delete('/session')],
    ends: '204',
    isDone: async ({ browser }) => (await browser.get('/account')).status === 401,
  },
  'sign out everywhere': {
    links: ['email', 'wechat'],
    steps: [({ browser }) => browser.delete('/sessions')],
    ends: '204',
    isDone: isSignedOut,
  },
  'sign out another device': {
    links: [],
    async prepare(scene) {
      for (const step of signInBy('qq')) await step(scene);
      const { sessions } = (await scene.browser.get('/sessions')).json;
      scene.session = sessions.find(({ current }: { current: boolean }) => !current).id;
    },
    steps: [({ browser, session }) => browser.delete(`/sessions/${session}`)],
    ends: '204',
    isDone: async ({ newcomer }) => (await newcomer.get('/account')).status === 401,
  },
  'say that it was not me': {
    links: ['email'],
    prepare: noticeOf('signed_in'),
    steps: [wasNotMe],
    ends: '200',
    isDone: isSignedOut,
  },
  'restore an address': {
    links: ['email'],
    async prepare(scene) {
      for (const step of check('unlink_email')) await step(scene);
      await scene.browser.delete('/links/email');
      await noticeOf('unlinked')(scene);
      await wasNotMe(scene);
    },
    steps: [
      ({ newcomer, token }) => newcomer.post('/undo/code', { token }),
      (scene) =>
        scene.newcomer.post('/undo/restore', {
          token: scene.token,
          code: codeTo(scene, scene.person.phone),
        }),
    ],
    ends: '200',
    async isDone({ world, person }) {
      const { methods, checks } = await inspect(world, person);
      return methods.has('email') && checks.get('restore') === undefined;
    },
  },
  'keep one method only': {
    links: ['email', 'wechat'],
    steps: [...check('only'), ({ browser }) => browser.post('/account/only')],
    ends: '200',
    isDone: suspendedAre('email', 'wechat'),
  },
  'clear a method': {
    links: ['wechat'],
    async prepare(scene) {
      for (const step of check('only')) await step(scene);
      await scene.browser.post('/account/only');
    },
    steps: [...check('clear_wechat'), ({ browser }) => browser.post('/links/wechat/clear')],
    ends: '204',
    isDone: suspendedAre(),
  },
  'say of a notice that it was not me': {
    links: ['wechat'],
    async prepare(scene) {
      await signedIn(scene.world, scene.person, 'wechat');
      await noticeOf('signed_in', 'wechat')(scene);
    },
    steps: [disown],
    ends: '200',
    isDone: suspendedAre('wechat'),
  },
  'tell the owner of a link': {
    links: ['email'],
    async prepare(scene) {
      for (const step of [...check('link_wechat'), ...scan(own('who'))]) await step(scene);
      await noticeOf('linked')(scene);
    },
    steps: [notify],
    ends: '204',
    isDone: isNotified,
  },
  'tell the owner without a link, who opens it with the code': {
    links: ['email'],
    async prepare(scene) {
      scene.world.outbox.linkless.add(scene.person.phone);
      for (const step of [...check('link_wechat'), ...scan(own('who'))]) await step(scene);
      await noticeOf('linked')(scene);
    },
    steps: [notify, openByCode],
    ends: '200',
    isDone: async ({ newcomer, token }) => (await newcomer.post('/undo/show', { token })).status === 200,
  },
  'look at the account after a while': {
    links: [],
    prepare: async ({ world }) => world.pass({ seconds: 600 }),
    steps: [({ browser }) => browser.get('/account')],
    ends: '200',
    isDone: async ({ browser }) => (await browser.get('/account')).status === 200,
  },
} as const satisfies Record<string, Flow>;

export type FlowName = keyof typeof FLOWS;

let rivals: { world: World; person: Person } | undefined;

/** Somebody with an address and a WeChat of their own, who has linked both. */
async function rivalIn(world: World): Promise<Person> {
  if (rivals?.world !== world)
    rivals = { world, person: await newPerson(world, { links: ['email', 'wechat'] }) };
  return rivals.person;
}

export async function enter(world: World, stream: TableStream, flow: Flow): Promise<Scene> {
  const person = await newPerson(world, { links: [...flow.links] });
  const browser = await signedIn(world, person);
  const scene: Scene = {
    world,
    stream,
    person,
    browser,
    newcomer: world.browser(),
    rival: await rivalIn(world),
  };
  await flow.prepare?.(scene);
  return scene;
}
