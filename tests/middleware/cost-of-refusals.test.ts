import { beforeAll, expect, test } from '@jest/globals';
import type { Browser, Reply } from '../support/browser.ts';
import type { RequestOptions } from '../support/functions.ts';
import { newAddress, newMember, wrongCode } from '../support/people.ts';
import { type Around, type TableCall, TableCalls } from '../support/table-calls.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let calls: TableCalls;
beforeAll(async () => {
  world = await createWorld();
  calls = new TableCalls(world);
});

const isRead = ({ command }: TableCall) => command === 'BatchGetItem';
const BAD = { purpose: 'link_email', code: '12345' };

/** A member who was sent a code to check their identity with. */
async function waiting() {
  const { browser, phone } = await newMember(world);
  await browser.post('/otp/send', { purpose: 'link_email' });
  const good = { purpose: 'link_email', code: world.outbox.codeFor(phone) };
  return { browser, good, wrong: { ...good, code: wrongCode(good.code) } };
}

/** What a request is answered, and how many reads and writes of the table that takes. */
async function costOf(ask: () => Promise<Reply>, interfere?: Around) {
  let [reads, writes] = [0, 0];
  const around: Around = (call, proceed) => {
    if (isRead(call)) reads += 1;
    else writes += 1;
    return interfere ? interfere(call, proceed) : proceed();
  };
  const { status } = await calls.during(around, ask);
  return { status, reads, writes };
}

const verify = (
  browser: Browser,
  body: object,
  { interfere, ...options }: RequestOptions & { interfere?: Around } = {},
) => costOf(() => browser.post('/otp/verify', body, options), interfere);

test('a foreign origin is refused before anything is read, whatever else is wrong', async () => {
  const headers = { origin: 'https://evil.example' };
  expect(await verify(world.browser(), BAD, { headers })).toEqual({ status: 403, reads: 0, writes: 0 });
});

test('without a session nothing is read', async () => {
  expect(await verify(world.browser(), BAD)).toEqual({ status: 401, reads: 0, writes: 0 });
});

test('an ended session is what is refused of a request whose body is bad too, after one read', async () => {
  const { browser } = await waiting();
  const cookies = browser.cookieLines;
  await browser.delete('/session');
  expect(await verify(browser, BAD, { cookies })).toEqual({ status: 401, reads: 1, writes: 0 });
});

test('a bad body in a session takes one read', async () => {
  const { browser } = await waiting();
  expect(await verify(browser, BAD)).toEqual({ status: 400, reads: 1, writes: 0 });
});

test('a code takes one read and one write, be it right or wrong', async () => {
  const { browser, good, wrong } = await waiting();
  expect(await verify(browser, wrong)).toEqual({ status: 422, reads: 1, writes: 1 });
  expect(await verify(browser, good)).toEqual({ status: 200, reads: 1, writes: 1 });
});

test('a challenge id takes a read only if we made it, to the last character', async () => {
  const { challengeId } = (await world.browser().post('/sign-in/email/send', { email: newAddress() })).json;
  const enter = (id: string) =>
    costOf(() => world.browser().post('/sign-in/email', { challengeId: id, code: '123456' }));
  const changed = Array.from<string, string>(
    challengeId,
    (character, at) => challengeId.slice(0, at) + (character === 'A' ? 'B' : 'A') + challengeId.slice(at + 1),
  );
  for (const id of [...changed, challengeId.slice(0, 44), challengeId.slice(0, -1), `${challengeId}A`])
    expect(await enter(id)).toEqual({ status: 410, reads: 0, writes: 0 });
  expect(await enter(challengeId)).toEqual({ status: 422, reads: 1, writes: 1 });
});

test('what was stale twice is right the third time, on a fresh view', async () => {
  const { browser, good, wrong } = await waiting();
  let rivals = 0;
  const interfere: Around = async (call, proceed) => {
    if (isRead(call) || rivals === 2) return proceed();
    rivals += 1;
    // A wrong guess at the same moment is paid for first, so that this one has to be judged again.
    const { around } = calls;
    calls.around = undefined;
    expect((await browser.post('/otp/verify', wrong)).status).toBe(422);
    calls.around = around;
    return proceed();
  };
  expect(await verify(browser, good, { interfere })).toEqual({ status: 200, reads: 3, writes: 3 });
});

test('a read that fails is unavailable, with nothing of the error in the log', async () => {
  const { browser, good } = await waiting();
  const secret = 'the error says 123456';
  const interfere: Around = () => Promise.reject(new Error(secret));
  expect(await verify(browser, good, { interfere })).toEqual({ status: 503, reads: 1, writes: 0 });
  expect(JSON.stringify(world.observer.lines)).not.toContain(secret);
});
