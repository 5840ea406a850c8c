import { beforeAll, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { HttpResult } from '../../lib/http/answer.ts';
import type { Browser } from '../support/browser.ts';
import { lambdaContext, makeEvent, type RequestOptions } from '../support/functions.ts';
import { methodOf, newMember, newWeChatPerson, signedIn } from '../support/people.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

const HOURS = 3 * 3600;

/**
 * A request whose first write waits until its function has answered that its time is up, and goes on three hours later, as it would in a
 * function that Lambda froze and thawed.
 */
async function thawed(browser: Browser, method: string, path: string, options: RequestOptions = {}) {
  const cookies = browser.cookieLines;
  const { found, event } = makeEvent(method, path, { cookies, ...options });
  const [answered, wrote] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()];
  const { table } = world;
  const send = async (...call: Parameters<typeof table.documents.send>) => {
    if (call[0] === 'BatchGetItem') return table.documents.send(...call);
    await answered.promise;
    const writing = table.documents.send(...call);
    writing.then(
      () => wrote.resolve('written'),
      () => wrote.resolve('given up'),
    );
    return writing;
  };
  const documents = Object.assign(Object.create(table.documents), { send });
  const { create } = (await import(found.module)) as {
    create: (
      provided: () => Promise<unknown>,
    ) => (event: APIGatewayProxyEventV2, context: unknown) => Promise<HttpResult>;
  };
  const handler = create(async () => ({ ...world.dependencies, table: { ...table, documents } }));
  const answer = await handler(event, { ...lambdaContext(), getRemainingTimeInMillis: () => 501 });
  world.pass({ seconds: HOURS });
  answered.resolve();
  return { answer, outcome: await wrote.promise };
}

test('a link that was told to have failed is not made', async () => {
  const member = await newMember(world);
  await member.browser.checkIdentity('link_wechat', member.phone);
  const begun = await member.browser.post('/links/wechat');
  const state = new URL(begun.json.authorizeUrl).searchParams.get('state');
  const query = `state=${state}&code=${newWeChatPerson(world)}~1`;
  const { answer, outcome } = await thawed(member.browser, 'GET', '/oauth/wechat/callback', { query });
  expect(answer.headers?.['location']).toContain('result=unavailable');
  expect(outcome).toBe('given up');
  expect(await methodOf(await signedIn(world, member), 'wechat')).toMatchObject({ relation: 'none' });
});

test('what was told not to be unlinked stays linked', async () => {
  const member = await newMember(world, { links: ['email'] });
  await member.browser.checkIdentity('unlink_email', member.phone);
  const { answer, outcome } = await thawed(member.browser, 'DELETE', '/links/email');
  expect([answer.statusCode, outcome]).toEqual([503, 'given up']);
  expect(await methodOf(await signedIn(world, member), 'email')).toMatchObject({ relation: 'linked' });
});

test('no SMS goes out whose sending was told to have failed', async () => {
  const member = await newMember(world);
  const { answer, outcome } = await thawed(member.browser, 'POST', '/otp/send', {
    body: { purpose: 'link_email' },
  });
  expect([answer.statusCode, outcome]).toEqual([503, 'given up']);
  expect(world.outbox.sent.filter(({ to }) => to === member.phone)).toEqual([]);
});
