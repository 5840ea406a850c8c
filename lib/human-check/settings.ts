import * as z from 'zod/mini';
import { HUMAN_CHECK_KINDS } from '../linking/human-check.ts';
import { type Environment, originOrEmpty, whole } from '../setting-types.ts';

/** The settings of the human check, and what each must be whatever the others are. */
export const humanCheckSettings = {
  HUMAN_CHECK: z.enum(['off', ...HUMAN_CHECK_KINDS]),
  HUMAN_CHECK_AFTER: whole(0, 1_000_000),
  HUMAN_CHECK_SITE_KEY: z.string(),
  HUMAN_CHECK_URL: originOrEmpty,
  TENCENT_SECRET_ID: z.string(),
};

export type HumanCheckSecret = 'HUMAN_CHECK_SECRET' | 'TENCENT_SECRET_KEY';

/** What a kind of human check can't do without, besides its site key. */
export const HUMAN_CHECK_SECRETS = {
  off: [],
  turnstile: ['HUMAN_CHECK_SECRET'],
  tencent: ['HUMAN_CHECK_SECRET', 'TENCENT_SECRET_KEY'],
} as const satisfies Record<string, readonly HumanCheckSecret[]>;

/** The secrets of the human check that is chosen; none where the choice is no kind. */
export function humanCheckSecrets({ HUMAN_CHECK: kind }: Environment): readonly HumanCheckSecret[] {
  return kind === 'turnstile' || kind === 'tencent' ? HUMAN_CHECK_SECRETS[kind] : [];
}

/** What is wrong with the settings that the chosen human check needs, and others do without. */
export function humanCheckProblems(environment: Environment): string[] {
  const { HUMAN_CHECK: kind, HUMAN_CHECK_SITE_KEY: siteKey, TENCENT_SECRET_ID: secretId } = environment;
  if (kind === 'turnstile' && !siteKey)
    return ['HUMAN_CHECK_SITE_KEY: must be there where HUMAN_CHECK is turnstile'];
  if (kind !== 'tencent') return [];
  return [
    ...(/^\d{1,15}$/.test(siteKey ?? '')
      ? []
      : ['HUMAN_CHECK_SITE_KEY: must be a CaptchaAppId, digits, where HUMAN_CHECK is tencent']),
    ...(secretId ? [] : ['TENCENT_SECRET_ID: must be there where HUMAN_CHECK is tencent']),
  ];
}
