import { describe, expect, test } from '@jest/globals';
import type { Reply } from '../support/browser.ts';
import { expectProblem } from '../support/contract.ts';
import { humanWorld } from '../support/human-check.ts';
import { newAddress } from '../support/people.ts';
import type { World } from '../support/world.ts';

const HOUR = 3600;
const REQUIRED = { humanCheck: { kind: 'turnstile', siteKey: 'site-key' } };
const IP = '198.51.100.7';

function send(world: World, humanCheck?: object, address = newAddress(), sourceIp = IP): Promise<Reply> {
  return world.browser().post('/sign-in/email/send', { email: address, humanCheck }, { sourceIp });
}

/** Two that nobody is asked for a human check for. */
async function twice(world: World) {
  for (let sends = 0; sends < 2; sends += 1) expect((await send(world)).status).toBe(202);
}

const SETTINGS = { HUMAN_CHECK_AFTER: '2', SENDS_PER_IP_PER_HOUR: '6' };

describe('a human check', () => {
  test('is asked for after so many sends of an IP address in an hour, of that address alone', async () => {
    const { world, humanCheck } = await humanWorld(SETTINGS);
    await twice(world);
    for (let tries = 0; tries < 3; tries += 1)
      expectProblem(await send(world), 'human_check_required', REQUIRED);
    expect((await send(world, undefined, newAddress(), '198.51.100.8')).status).toBe(202);
    world.pass({ seconds: HOUR });
    expect((await send(world)).status).toBe(202);
    expect(humanCheck.asked).toEqual([]);
    expect(world.observer.counted).toContain('HumanCheckRequired');
  });

  test('lets through who passed it, once, with the caller’s own address', async () => {
    const { world, humanCheck } = await humanWorld(SETTINGS);
    await twice(world);
    const answer = humanCheck.answer();
    const address = 'registered@example.com';
    const sent = await send(world, answer, address);
    expect(sent.status).toBe(202);
    expect(humanCheck.asked).toEqual([{ answer, ip: IP }]);
    await world.deliverStream();
    const code = world.outbox.codeFor(address);
    const { challengeId } = sent.json;
    expect((await world.browser().post('/sign-in/email', { challengeId, code })).status).toBe(200);
    expectProblem(await send(world, answer), 'human_check_required', REQUIRED);
  });

  test('is not looked at if none is needed: the answer can be used when one is', async () => {
    const { world, humanCheck } = await humanWorld(SETTINGS);
    const answer = humanCheck.answer();
    expect((await send(world, answer)).status).toBe(202);
    expect((await send(world, answer)).status).toBe(202);
    expect(humanCheck.asked).toEqual([]);
    expect((await send(world, answer)).status).toBe(202);
    expect(humanCheck.asked).toHaveLength(1);
  });

  test('does not lift the limit of the IP address', async () => {
    const { world, humanCheck } = await humanWorld(SETTINGS);
    await twice(world);
    for (let sends = 0; sends < 4; sends += 1)
      expect((await send(world, humanCheck.answer())).status).toBe(202);
    const asked = humanCheck.asked.length;
    expectProblem(await send(world, humanCheck.answer()), 'quota_exceeded', { retryAfter: HOUR });
    expectProblem(await send(world), 'quota_exceeded', { retryAfter: HOUR });
    expect(humanCheck.asked).toHaveLength(asked);
  });

  test('costs as much as a send if it is not passed, so that it can’t be made without end', async () => {
    const { world, humanCheck } = await humanWorld(SETTINGS);
    await twice(world);
    for (let tries = 0; tries < 4; tries += 1)
      expectProblem(await send(world, { token: 'made up' }), 'human_check_required', REQUIRED);
    for (let tries = 0; tries < 3; tries += 1)
      expectProblem(await send(world, { token: 'made up' }), 'quota_exceeded', { retryAfter: HOUR });
    expect(humanCheck.asked).toHaveLength(4);
  });

  test('that can’t be made lets nobody through, and raises an alarm', async () => {
    const { world, humanCheck } = await humanWorld(SETTINGS);
    await twice(world);
    humanCheck.isDown = true;
    const records = (await world.items()).size;
    expectProblem(await send(world, humanCheck.answer()), 'unavailable', { retryAfter: 5 });
    expect((await world.items()).size).toBe(records);
    expect(world.observer.counted).toContain('HumanCheckFailed');
    expect(JSON.stringify(world.observer.lines)).not.toContain('token-');
  });

  test('is none that another page’s visitor passed, and the log says what is wrong with it', async () => {
    const { world, humanCheck } = await humanWorld(SETTINGS);
    await twice(world);
    humanCheck.mismatch = 'host';
    expectProblem(await send(world, humanCheck.answer()), 'human_check_required', REQUIRED);
    expect(world.observer.lines).toContainEqual(
      expect.objectContaining({ fields: { kind: 'turnstile', mismatch: 'host' } }),
    );
    expect(world.observer.counted).not.toContain('HumanCheckFailed');
  });

  test('is none that the other provider made', async () => {
    const { world } = await humanWorld(SETTINGS);
    await twice(world);
    const reply = await send(world, { ticket: 'ticket', randstr: 'randstr' });
    expectProblem(reply, 'human_check_required', REQUIRED);
  });

  test('is not spent on what is refused anyway', async () => {
    const { world, humanCheck } = await humanWorld(SETTINGS);
    const address = newAddress();
    await send(world, undefined, address);
    await send(world);
    expectProblem(await send(world, humanCheck.answer(), address), 'too_soon', { retryAfter: 60 });
    expect(humanCheck.asked).toEqual([]);
  });

  test('may be asked for from the first send on', async () => {
    const { world, humanCheck } = await humanWorld({ HUMAN_CHECK_AFTER: '0' });
    expectProblem(await send(world), 'human_check_required', REQUIRED);
    expect((await send(world, humanCheck.answer())).status).toBe(202);
  });

  test('is asked for alike, whether the address has an account or not', async () => {
    const { world, humanCheck } = await humanWorld({ HUMAN_CHECK_AFTER: '0' });
    for (const address of ['linked@example.com', newAddress(), 'sub@example.com']) {
      expectProblem(await send(world, undefined, address), 'human_check_required', REQUIRED);
      expectProblem(await send(world, { token: 'made up' }, address), 'human_check_required', REQUIRED);
      expect((await send(world, humanCheck.answer(), address)).status).toBe(202);
    }
  });
});

describe('without a human check', () => {
  test('none is asked for, and an answer does no harm', async () => {
    const { world, humanCheck } = await humanWorld({ HUMAN_CHECK_AFTER: '0', HUMAN_CHECK: 'off' });
    Object.assign(world.dependencies, { humanCheck: undefined });
    expect((await send(world)).status).toBe(202);
    expect((await send(world, { token: 'whatever' })).status).toBe(202);
    expect(humanCheck.asked).toEqual([]);
  });
});

test.each([
  [{}],
  [{ token: '' }],
  [{ token: 5 }],
  [{ token: 'x'.repeat(2049) }],
  [{ token: 'a', more: 'b' }],
  [{ ticket: 'a' }],
  [{ ticket: 'a', randstr: '' }],
  ['token'],
  [null],
  [[]],
])('an answer that is none of either form is an invalid request: %j', async (humanCheck) => {
  const { world } = await humanWorld();
  const reply = await send(world, humanCheck as object);
  expectProblem(reply, 'invalid_request', {
    errors: [expect.objectContaining({ path: expect.stringMatching(/^humanCheck/) })],
  });
});
