import fc from 'fast-check';
import type { testSettings } from '../settings.ts';
import type { Provider, Rules } from './state.ts';

type Settings = NonNullable<Parameters<typeof testSettings>[0]>;

/** Rules as a deployment may set them: the contract's, and others whose ends are met sooner. */
export const rules: fc.Arbitrary<Rules> = fc.record({
  linkable: fc.constantFrom<readonly Provider[]>(
    ['email', 'wechat'],
    ['email', 'wechat'],
    ['email', 'wechat', 'qq'],
    ['wechat'],
  ),
  smsCodeTtl: fc.constant(300),
  mailCodeTtl: fc.constant(600),
  checkTtl: fc.constant(600),
  flowTtl: fc.constantFrom(600, 900),
  attempts: fc.constantFrom(5, 5, 2),
  failuresPerDay: fc.constantFrom(10, 4, 3),
  resend: fc.constantFrom(60, 60, 1),
  sendsPer10Minutes: fc.constantFrom(5, 3, 2),
  sendsPerDay: fc.constantFrom(20, 4),
  sessionIdle: fc.constantFrom(3600, 900),
  sessionMax: fc.constantFrom(43_200, 5000),
  coolingOff: fc.constantFrom(0, 0, 3600, 86_400),
  probation: fc.constantFrom(0, 0, 600, 259_200),
  hasLinks: fc.boolean(),
});

/** The rules of the contract. */
export const CONTRACT: Rules = {
  linkable: ['email', 'wechat'],
  smsCodeTtl: 300,
  mailCodeTtl: 600,
  checkTtl: 600,
  flowTtl: 600,
  attempts: 5,
  failuresPerDay: 10,
  resend: 60,
  sendsPer10Minutes: 5,
  sendsPerDay: 20,
  sessionIdle: 3600,
  sessionMax: 43_200,
  coolingOff: 0,
  probation: 259_200,
  hasLinks: true,
};

/** So few guesses a day that every single one of them shows in what is left; and codes to guess at, in place of links. */
export const FEW_GUESSES: Rules = { ...CONTRACT, failuresPerDay: 3, hasLinks: false };

/** All sequences come from one address in the same hours: the deployment's caps are tortured elsewhere. */
const UNCAPPED = {
  SENDS_PER_IP_PER_HOUR: '1000000',
  SIGN_INS_PER_IP_PER_HOUR: '1000000',
  UNDO_CODES_PER_IP_PER_HOUR: '1000000',
  SENDS_PER_ACCOUNT_PER_DAY: '1000000',
  NOTICES_PER_HOUR: '1000000',
  NOTICES_PER_DAY: '10000000',
  SMS_PER_HOUR: '1000000',
  SMS_PER_DAY: '10000000',
  MAILS_PER_HOUR: '1000000',
  MAILS_PER_DAY: '10000000',
} as const;

/** The same rules as the service is given them. */
export function settingsOf(given: Rules): Settings {
  return {
    LINKABLE_PROVIDERS: given.linkable.join(','),
    SMS_CODE_TTL_SECONDS: String(given.smsCodeTtl),
    MAIL_CODE_TTL_SECONDS: String(given.mailCodeTtl),
    CHECK_TTL_SECONDS: String(given.checkTtl),
    FLOW_TTL_SECONDS: String(given.flowTtl),
    CODE_ATTEMPTS: String(given.attempts),
    CODE_FAILURES_PER_DAY: String(given.failuresPerDay),
    RESEND_SECONDS: String(given.resend),
    SENDS_PER_10_MINUTES: String(given.sendsPer10Minutes),
    SENDS_PER_DAY: String(given.sendsPerDay),
    SESSION_IDLE_SECONDS: String(given.sessionIdle),
    SESSION_MAX_SECONDS: String(given.sessionMax),
    COOLING_OFF_SECONDS: String(given.coolingOff),
    PROBATION_SECONDS: String(given.probation),
    ...UNCAPPED,
  };
}
