import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Deed } from '../support/model/deeds.ts';
import { CONTRACT, settingsOf } from '../support/model/rules.ts';
import { Sequence } from '../support/model/sequence.ts';
import { Shared } from '../support/model/service.ts';
import { type Story, struggle } from '../support/model/struggle.ts';
import { createWorld } from '../support/world.ts';

/** How an owner gets an account back, request by request; and what an attacker once kept it by. */

let shared: Shared;
beforeAll(async () => {
  shared = await Shared.of(await createWorld());
});

const RULES = { ...CONTRACT, linkable: ['email', 'wechat', 'qq'] } as const;
const QUIET_SECONDS = 400_000;

/** About what there was last, unless it says otherwise. */
function deed(does: Deed['does'], more: Partial<Deed> = {}): Deed {
  return { does, pick: 0, purpose: 'only', only: null, seconds: 61, ...more };
}

/** @param hindrances by the number of the request they come before, from 1 */
async function play({
  hindrances = {},
  ...told
}: Partial<Omit<Story, 'hindrances'>> & { readonly hindrances?: Readonly<Record<number, readonly Deed[]>> }) {
  const sequence = await Sequence.begin(shared, settingsOf(RULES), RULES);
  const before = (request: number) => hindrances[request + 1] ?? [];
  return struggle(sequence, {
    mine: 'email',
    stolen: ['wechat'],
    session: 'none',
    restsSeconds: 0,
    withPhone: [],
    without: [],
    ...told,
    hindrances: Array.from({ length: 8 }, (_, request) => before(request)),
  });
}

const SIGN_IN = ['POST /sign-in/email/send: 202', 'POST /sign-in/email: 200'];
const CHECK = ['POST /otp/send: 202', 'POST /otp/verify: 200'];
const RESTORE = ['POST /undo/code: 202', 'POST /undo/restore: 200'];

describe('an owner who has the phone, and one way in that nobody else has, gets the account back', () => {
  test('from an attacker who does nothing: signs in, and is the only one', async () => {
    expect(await play({ restsSeconds: QUIET_SECONDS })).toEqual({
      isBack: true,
      requests: [...SIGN_IN, ...CHECK, 'POST /account/only: 200'],
    });
  });

  test('from one who ends the session: by the link that the phone gets of that', async () => {
    const hindrances = { 5: [deed('sign out everywhere')] };
    const without = [deed('sign in')];
    expect(await play({ restsSeconds: QUIET_SECONDS, without, hindrances })).toEqual({
      isBack: true,
      requests: [...SIGN_IN, ...CHECK, ...RESTORE, ...SIGN_IN],
    });
  });

  test('from one who has suspended the method: by the link that a refused sign-in brings', async () => {
    expect(await play({ withPhone: [deed('sign in'), deed('use a check', { purpose: 'only' })] })).toEqual({
      isBack: true,
      requests: [SIGN_IN[0], 'POST /sign-in/email: method_suspended', ...RESTORE, ...SIGN_IN],
    });
  });

  test('from one who has unlinked the method: by the link of that', async () => {
    const withPhone = [deed('sign in'), deed('use a check', { purpose: 'unlink_email' })];
    expect(await play({ withPhone })).toEqual({ isBack: true, requests: [...RESTORE, ...SIGN_IN] });
  });
});

describe('no attacker keeps it', () => {
  const signIn = deed('sign in');
  const unlinkEmail = deed('use a check', { purpose: 'unlink_email' });
  const unlinkWeChat = deed('use a check', { purpose: 'unlink_wechat' });
  const askForCode = deed('ask for a code to restore');
  const attacks: Record<string, Parameters<typeof play>[0]> = {
    'by confirming a link that was read before, once there is one way in': {
      withPhone: [signIn],
      hindrances: { 5: [deed('sign out everywhere')], 8: [deed('confirm')] },
    },
    'by ending sessions where nobody is told': {
      without: [signIn],
      hindrances: { 5: [deed('sign out everywhere')] },
    },
    'by confirming, of which the phone is told, with the code of its only link spent': {
      withPhone: [signIn, unlinkWeChat, deed('spend the guesses of a link')],
      hindrances: { 5: [deed('confirm')] },
    },
    'by having another account own what the newest link would put back': {
      stolen: ['qq'],
      withPhone: [
        signIn,
        unlinkWeChat,
        deed('use a check', { purpose: 'link_wechat' }),
        deed('wait'),
        deed('pass a check', { purpose: 'unlink_wechat' }),
      ],
      hindrances: { 5: [unlinkWeChat, deed('link it elsewhere')] },
    },
    'by a code to restore from before, after the owner’s': {
      withPhone: [signIn, askForCode],
      hindrances: { 5: [deed('sign out everywhere')], 7: [deed('restore', { only: 'wechat' })] },
    },
    'by a code to restore from before, between the owner’s code and its use': {
      withPhone: [signIn, askForCode],
      hindrances: { 5: [deed('sign out everywhere')], 6: [deed('restore', { only: 'wechat' })] },
    },
    'by using up the link that would put the method back': {
      withPhone: [signIn, unlinkEmail, deed('restore', { only: 'wechat' })],
    },
    'by spending the guesses of the only link': {
      withPhone: [signIn, unlinkEmail],
      hindrances: { 2: [deed('spend the guesses of a link')], 4: [deed('spend the guesses of a link')] },
    },
  };

  test.each(Object.entries(attacks))('%s', async (_, told) => {
    expect(await play(told)).toMatchObject({ isBack: true });
  });
});
