import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { undoToken } from '../../lib/linking/notice.ts';
import { parseNotice } from '../../lib/table/notices.ts';
import { type Browser, finishIn, type Reply } from './browser.ts';
import { inspect, itemsOf } from './inspect.ts';
import type { Person } from './people.ts';
import { isSignInRequest, type TableStream } from './stream.ts';
import type { World } from './world.ts';

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
  flowId?: string;
  finish?: string;
  /** What a session is called that is to be ended. */
  session?: string;
  /** What the owner is to be told of, and the token of the link in that. */
  notice?: Readonly<Record<string, unknown>>;
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

/** Reads of the stream until a record is found that must be there. */
const READS_MAX = 50;

/** The records of sign-ins that have come since the last time; that of `challengeId`, where one was answered, among them. */
async function signInRecords({ stream, challengeId }: Scene): Promise<DynamoDBRecord[]> {
  const records: DynamoDBRecord[] = [];
  const isThere = () =>
    challengeId === undefined ||
    records.some(({ dynamodb }) => challengeId.includes(dynamodb?.NewImage?.['id']?.S ?? '-'));
  for (let reads = 0; reads < READS_MAX && (reads === 0 || !isThere()); reads += 1)
    records.push(...(await stream.read()).filter(isSignInRequest));
  return records;
}

/** The event source: what the function fails is delivered again. */
const deliver: Step = async (scene) => {
  let records = await signInRecords(scene);
  for (let round = 0; round < DELIVERIES && records.length > 0; round += 1) {
    const { batchItemFailures } = await scene.world.handOver('mailSignInCode', records);
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    records = records.filter(({ dynamodb }) => failed.has(dynamodb?.SequenceNumber ?? ''));
  }
  return NOTHING_TO_SAY;
};

/** Lets the stream's function see what is left, asked for or not. */
export const drain = ({ world, stream }: Scene) => deliver({ world, stream } as Scene);

export const codeTo = ({ world }: Scene, to: string) =>
  world.outbox.sent.find((sent) => sent.to === to)?.code ?? '000000';

export const check = (purpose: string): Step[] => [
  ({ browser }) => browser.post('/otp/send', { purpose }),
  (scene) => scene.browser.post('/otp/verify', { purpose, code: codeTo(scene, scene.person.phone) }),
];

export const linkAddress = (of: (scene: Scene) => string, action = 'link'): Step[] => [
  ...check(`${action}_email`),
  (scene) => scene.browser.post('/links/email/send', { email: of(scene) }),
  (scene) => scene.browser.post('/links/email', { email: of(scene), code: codeTo(scene, of(scene)) }),
];

export const scan = (of: (scene: Scene) => string): Step[] => [
  async (scene) => {
    const reply = await scene.browser.post('/links/wechat');
    scene.awayTo = reply.json?.authorizeUrl ?? 'https://nowhere.example';
    return reply;
  },
  (scene) => scene.browser.answer('wechat', scene.awayTo ?? '', of(scene)),
];

/** As `scan`, begun by a page that has the session's token, in a window of somebody who is not signed in. */
export const scanInWindow = (of: (scene: Scene) => string): Step[] => [
  async (scene) => {
    const reply = await scene.browser.bearer().post('/links/wechat');
    scene.awayTo = reply.json?.authorizeUrl ?? 'https://nowhere.example/oauth/wechat/window';
    scene.flowId = reply.json?.flowId ?? '';
    return reply;
  },
  async (scene) => {
    const reply = await scene.newcomer.openWindow(scene.awayTo ?? '');
    scene.awayTo = reply.headers['location'] ?? 'https://nowhere.example';
    return reply;
  },
  async (scene) => {
    const reply = await scene.newcomer.answer('wechat', scene.awayTo ?? '', of(scene));
    scene.finish = finishIn(reply.location);
    return reply;
  },
  (scene) =>
    scene.browser
      .bearer()
      .post('/links/wechat/finish', { flowId: scene.flowId ?? '', code: scene.finish ?? '' }),
];

export const signInBy = (provider: 'wechat' | 'qq'): Step[] => [
  async (scene) => {
    const reply = await scene.newcomer.get(`/sign-in/${provider}`);
    scene.awayTo = reply.headers['location'] ?? 'https://nowhere.example';
    return reply;
  },
  (scene) => scene.newcomer.answer(provider, scene.awayTo ?? '', scene.person.who),
];

export const signInByMail: Step[] = [
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

export const own = (kind: 'address' | 'who') => (scene: Scene) => scene.person[kind];
export const theirs = (kind: 'address' | 'who') => (scene: Scene) => scene.rival[kind];

export const relationIs =
  (provider: string, relation: string) =>
  async ({ browser }: Scene) => {
    const { json } = await browser.get('/account');
    return json.methods.some(
      (row: { provider: string; relation: string }) => row.provider === provider && row.relation === relation,
    );
  };
/** The one that is linked is another than the person's own. */
export const isReplaced =
  (provider: string) =>
  async ({ browser }: Scene) => {
    const { json } = await browser.get('/account');
    return json.methods.some(
      (row: { provider: string; state: string }) => row.provider === provider && row.state === 'probation',
    );
  };
export const newcomerIsIn = async ({ newcomer, person }: Scene) =>
  (await newcomer.get('/account')).json.accountId === person.accountId;
/** The history has it, nothing was linked, and the identity check stays open for another try. */
export const refusalIsRecorded =
  (provider: string, action = 'link') =>
  async (scene: Scene) => {
    const { events, methods, checks } = await inspect(scene.world, scene.person);
    const check = checks.get(`${action}_${provider}`);
    const isRecorded = events.some(({ type, reason }) => type === 'refused' && reason === 'identity_linked');
    return (
      isRecorded &&
      methods.has(provider) === (action === 'replace') &&
      check?.verifiedUntil !== undefined &&
      check.mail === undefined
    );
  };

/** Finds the notice the owner is to get of this, and the token of its link, without the message. */
export const noticeOf =
  (type: 'signed_in' | 'linked' | 'unlinked', provider?: string) =>
  async (scene: Scene): Promise<void> => {
    const { world, person } = scene;
    const items = await itemsOf(world, `ACCOUNT#${person.accountId}`);
    const notice = items.find(
      (item) =>
        String(item['sk']).startsWith('NOTICE#') &&
        item['type'] === type &&
        (provider === undefined || item['provider'] === provider),
    );
    if (notice === undefined) throw new Error('there is no notice');
    scene.notice = notice;
    scene.token = undoToken(world.dependencies.keys, parseNotice(notice), 'sms');
  };

/** As long as what is deferred waits at most. */
const DEFERRED_SECONDS = 15 * 60;

/** The table's stream brings the notice; what fails is delivered again, and what is deferred comes from the queue. */
export const notify: Step = async ({ world, notice = {} }) => {
  const Records = [{ dynamodb: { SequenceNumber: '1', NewImage: marshall(notice) } }];
  for (let round = 0; round < DELIVERIES; round += 1) {
    const { batchItemFailures } = await world.handOver('notifyOwner', Records);
    if (batchItemFailures.length === 0) break;
  }
  for (let tries = 0; tries < DELIVERIES && world.queue.waiting.length > 0; tries += 1) {
    world.pass({ seconds: DEFERRED_SECONDS });
    await world.retryNotices();
  }
  return NOTHING_TO_SAY;
};

/** With the code that the SMS had in place of the link, which is the same link. */
export const openByCode: Step = async (scene) => {
  const { newcomer, person, token } = scene;
  const reply = await newcomer.post('/undo/open', { phone: person.phone, code: codeTo(scene, person.phone) });
  if (reply.status === 200 && reply.json.token !== token) throw new Error('it opens another link');
  return reply;
};

export const isNotified = async ({ world, person }: Scene) => {
  const { accountId, address, phone } = person;
  const isNotice = ({ text }: { text: string }) => text.includes(`#${accountId}.`);
  const reached = new Set(world.outbox.sent.filter(isNotice).map(({ to }) => to));
  const published = world.bus.published.some((event) => JSON.stringify(event).includes(`"${accountId}"`));
  return reached.has(address) && reached.has(phone) && published;
};

/** The providers whose methods nobody signs in with. */
export const suspendedAre =
  (...providers: string[]) =>
  async ({ world, person }: Scene) => {
    const { methods } = await inspect(world, person);
    const suspended = [...methods].filter(([, { suspended }]) => suspended).map(([provider]) => provider);
    return suspended.toSorted().join() === providers.toSorted().join();
  };

export const disown: Step = ({ browser, notice }) =>
  browser.post(`/account/notices/${notice?.['noticeId']}/disown`);
export const wasNotMe: Step = ({ newcomer, token }) => newcomer.post('/undo', { token });
export const isSignedOut = async ({ browser }: Scene) => (await browser.get('/account')).status === 401;
