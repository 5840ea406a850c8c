import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { mailSignInCode } from '../../lib/flows/mail-sign-in-code.ts';
import { undoToken } from '../../lib/linking/notice.ts';
import { createStreamHandler } from '../../lib/stream/handler.ts';
import { parseNotice } from '../../lib/table/notices.ts';
import type { Browser, Reply } from './browser.ts';
import { inspect, itemsOf } from './inspect.ts';
import { newPerson, type Person, signedIn } from './people.ts';
import { isSignInRequest, type TableStream } from './stream.ts';
import type { AllDependencies, World } from './world.ts';

/** One person going through one flow. */
export interface Scene {
  readonly world: World;
  readonly stream: TableStream;
  readonly person: Person;
  /** Signed in by QQ. */
  readonly browser: Browser;
  /** Signs in, in the flows that are about that. */
  readonly newcomer: Browser;
  /** Of another account: what it has linked can't be linked. */
  readonly rival: Person;
  /** What a step leaves to the next. */
  challengeId?: string;
  awayTo?: string;
  /** Of the link in what the owner was told last. */
  token?: string;
}

export type Step = (scene: Scene) => Promise<Reply & { result?: string | null }>;

export interface Flow {
  readonly links: readonly ('email' | 'wechat')[];
  readonly prepare?: (scene: Scene) => Promise<void>;
  readonly steps: readonly Step[];
  /** What the last step answers when all went well. */
  readonly ends: string;
  /** Whether what the flow is for has come true, as its user can see it. */
  readonly isDone: (scene: Scene) => Promise<boolean>;
}

/** As often as serverless.yml lets Lambda deliver a record. */
const DELIVERIES = 4;
const NOTHING_TO_SAY: Reply = { status: 204, json: undefined, headers: {}, setCookies: [] };

/** Hands records to the function on the table's stream. */
export function deliverAll(world: World, Records: readonly unknown[]) {
  const handler = createStreamHandler<AllDependencies>(mailSignInCode, async () => world.dependencies);
  return handler({ Records } as DynamoDBStreamEvent);
}

/** Reads of the stream until a record is found that must be there. */
const READS_MAX = 50;

/** The records of sign-ins that have come since the last time; that of `challengeId`, where one was answered, among them. */
async function signInRecords({ stream, challengeId }: Scene): Promise<DynamoDBRecord[]> {
  const records: DynamoDBRecord[] = [];
  const isThere = () =>
    challengeId === undefined ||
    records.some(({ dynamodb }) => challengeId.endsWith(dynamodb?.NewImage?.['id']?.S ?? '-'));
  for (let reads = 0; reads < READS_MAX && (reads === 0 || !isThere()); reads += 1)
    records.push(...(await stream.read()).filter(isSignInRequest));
  return records;
}

/** The event source: what the function fails is delivered again. */
const deliver: Step = async (scene) => {
  let records = await signInRecords(scene);
  for (let round = 0; round < DELIVERIES && records.length > 0; round += 1) {
    const { batchItemFailures } = await deliverAll(scene.world, records);
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    records = records.filter(({ dynamodb }) => failed.has(dynamodb?.SequenceNumber ?? ''));
  }
  return NOTHING_TO_SAY;
};

/** Lets the stream's function see what is left, asked for or not. */
export const drain = ({ world, stream }: Scene) => deliver({ world, stream } as Scene);

const codeTo = ({ world }: Scene, to: string) =>
  world.outbox.sent.find((sent) => sent.to === to)?.code ?? '000000';

const check = (purpose: string): Step[] => [
  ({ browser }) => browser.post('/otp/send', { purpose }),
  (scene) => scene.browser.post('/otp/verify', { purpose, code: codeTo(scene, scene.person.phone) }),
];

const linkAddress = (of: (scene: Scene) => string): Step[] => [
  ...check('link_email'),
  (scene) => scene.browser.post('/links/email/send', { email: of(scene) }),
  (scene) => scene.browser.post('/links/email', { email: of(scene), code: codeTo(scene, of(scene)) }),
];

const scan = (of: (scene: Scene) => string): Step[] => [
  async (scene) => {
    const reply = await scene.browser.post('/links/wechat');
    scene.awayTo = reply.json?.authorizeUrl ?? 'https://nowhere.example';
    return reply;
  },
  (scene) => scene.browser.answer('wechat', scene.awayTo ?? '', of(scene)),
];

const signInBy = (provider: 'wechat' | 'qq'): Step[] => [
  async (scene) => {
    const reply = await scene.newcomer.get(`/sign-in/${provider}`);
    scene.awayTo = reply.headers['location'] ?? 'https://nowhere.example';
    return reply;
  },
  (scene) => scene.newcomer.answer(provider, scene.awayTo ?? '', scene.person.who),
];

const signInByMail: Step[] = [
  async (scene) => {
    const reply = await scene.newcomer.post('/sign-in/email/send', { email: scene.person.address });
    const { challengeId } = reply.json;
    if (challengeId === undefined) delete scene.challengeId;
    else scene.challengeId = challengeId;
    return reply;
  },
  deliver,
  (scene) =>
    scene.newcomer.post('/sign-in/email', {
      challengeId: scene.challengeId,
      code: codeTo(scene, scene.person.address),
    }),
];

const own = (kind: 'address' | 'who') => (scene: Scene) => scene.person[kind];
const theirs = (kind: 'address' | 'who') => (scene: Scene) => scene.rival[kind];

const relationIs =
  (provider: string, relation: string) =>
  async ({ browser }: Scene) => {
    const { json } = await browser.get('/account');
    return json.methods.some(
      (row: { provider: string; relation: string }) => row.provider === provider && row.relation === relation,
    );
  };
const newcomerIsIn = async ({ newcomer, person }: Scene) =>
  (await newcomer.get('/account')).json.accountId === person.accountId;
/** The history has it, nothing was linked, and the identity check stays open for another try. */
const refusalIsTold = (provider: string) => async (scene: Scene) => {
  const { events, methods, checks } = await inspect(scene.world, scene.person);
  const check = checks.get(`link_${provider}`);
  const isTold = events.some(({ type, reason }) => type === 'refused' && reason === 'identity_linked');
  return isTold && !methods.has(provider) && check?.verifiedUntil !== undefined && check.mail === undefined;
};

/** The link in what the owner is told of this, without the message. */
const toldOf =
  (type: 'signed_in' | 'unlinked') =>
  async (scene: Scene): Promise<void> => {
    const { world, person } = scene;
    const items = await itemsOf(world, `ACCOUNT#${person.accountId}`);
    const notice = items.find(({ sk, type: told }) => String(sk).startsWith('NOTICE#') && told === type);
    if (notice === undefined) throw new Error('nobody is told');
    scene.token = undoToken(world.dependencies.hmacKey, parseNotice(notice));
  };

const wasNotMe: Step = ({ newcomer, token }) => newcomer.post('/undo', { token });
const nobodyIsIn = async ({ browser }: Scene) => (await browser.get('/account')).status === 401;

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
  'link an address of somebody else': {
    links: [],
    steps: linkAddress(theirs('address')),
    ends: 'identity_linked',
    isDone: refusalIsTold('email'),
  },
  'link a WeChat of somebody else': {
    links: [],
    steps: [...check('link_wechat'), ...scan(theirs('who'))],
    ends: 'identity_linked',
    isDone: refusalIsTold('wechat'),
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
    isDone: nobodyIsIn,
  },
  'say that it was not me': {
    links: ['email'],
    prepare: toldOf('signed_in'),
    steps: [wasNotMe],
    ends: '200',
    isDone: nobodyIsIn,
  },
  'restore an address': {
    links: ['email'],
    async prepare(scene) {
      for (const step of check('unlink_email')) await step(scene);
      await scene.browser.delete('/links/email');
      await toldOf('unlinked')(scene);
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
