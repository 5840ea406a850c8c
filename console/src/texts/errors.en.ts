import type { ErrorTexts } from './explain.ts';

/** What went wrong, and what to do next, in English. */
export const errorsEn: ErrorTexts = {
  origin_not_allowed: {
    title: 'The account service can’t be used from this address',
    next: 'Please open this page from the console’s own address.',
  },
  not_signed_in: { title: 'Your session has ended', next: 'Please sign in and try again.' },
  assertion_invalid: { title: 'You could not be signed in', next: 'Please sign in again.' },
  invalid_request: { title: 'Something entered is not right', next: 'Please check it and try again.' },
  'invalid_request/email': {
    title: 'Enter a valid email address',
    next: 'Check the spelling, such as name@example.com.',
  },
  'invalid_request/sign_in': {
    title: 'Enter a valid email address',
    next: 'Check the spelling, such as name@example.com.',
  },
  not_found: { title: 'There is no such sign-in method', next: 'Please reload the page and try again.' },
  sub_account: {
    title: 'A sub-account can’t change sign-in methods',
    next: 'Please sign in with the main account first.',
  },
  not_linkable: { title: '{Provider} can’t be linked yet', next: 'Please choose another method.' },
  registered_method: {
    title: '{Provider} is how this account was registered',
    next: 'The registered method can be neither linked nor unlinked.',
  },
  already_linked: {
    title: '{Provider} is already linked to this account',
    next: 'To change it for another, choose Replace. For the same one there is nothing to do.',
  },
  not_linked: {
    title: '{Provider} isn’t linked to this account',
    next: 'It may have been unlinked elsewhere. Reload the page to see.',
  },
  account_frozen: {
    title: 'Nothing can be linked to this account for now',
    next: 'Something was reported as not done by its owner. To protect the account, please link again in {wait}.',
  },
  'account_frozen/oauth': {
    title: 'Nothing can be linked to this account for now',
    next: 'Something was reported as not done by its owner. Please link again when the freeze ends, as the account page says.',
  },
  account_suspended: {
    title: 'This account is suspended, so nobody can sign in to it',
    next: 'Please ask support about it.',
  },
  account_unknown: {
    title: 'There is no such account',
    next: 'It may have been closed. Please sign in to another one.',
  },
  on_probation: {
    title: 'You can only look for now',
    next: 'You signed in with a method that is on probation. Please sign out and sign in another way, or try again in {wait}.',
  },
  'on_probation/oauth': {
    title: 'You can only look for now',
    next: 'You signed in with a method that is on probation. Please sign out and sign in another way, or wait until the probation ends.',
  },
  method_suspended: {
    title: '{Provider} is suspended and can’t sign in',
    next: 'Please sign in another way. If it is you, look at the phone registered for the account: with the link in the text message you can use it again.',
  },
  not_suspended: {
    title: '{Provider} is not suspended',
    next: 'It may be in use again already. Reload the page to see.',
  },
  phone_missing: {
    title: 'This account has no phone to check your identity with',
    next: 'Add one where you registered the account, or ask support. Then reload this page to go on.',
  },
  'phone_missing/undo': {
    title: 'This account has no phone, so nothing can be restored here',
    next: 'Your account is protected. Please ask support to restore your sign-in methods.',
  },
  country_not_served: {
    title: 'We can’t text the phone registered with this account',
    next: 'Text messages aren’t sent to its country or region. Register another number to go on.',
  },
  recipient_opted_out: {
    title: 'The phone registered with this account has opted out of our text messages',
    next: 'Opt in again, then send the code.',
  },
  operator_only: { title: 'Not permitted', next: 'Only support staff may do this.' },
  identity_check_required: {
    title: 'Your verification has expired',
    next: 'Verify it’s you again.',
  },
  code_expired: {
    title: 'This code is no longer valid',
    next: 'It may have expired, been used or been replaced by a newer one. Please send a new code.',
  },
  'code_expired/email': {
    title: 'This code is no longer valid',
    next: 'It may have expired, been used or been sent to another address. Please send a new code.',
  },
  code_wrong: { title: 'The code is wrong', next: 'Please check the latest code you received.' },
  'code_wrong/open': {
    title: 'The phone number or the code is wrong',
    next: 'Please check the six digits, and the number that got them.',
  },
  too_many_attempts: { title: 'Too many wrong codes', next: 'Please send a new code in {wait}.' },
  'too_many_attempts/check': {
    title: 'Too many wrong codes',
    next: 'Please send a new code in {wait}, or sign out and sign in another way.',
  },
  'too_many_attempts/undo': {
    title: 'No more codes can be tried with this link',
    next: 'Please open the link in the latest text message to the phone registered for the account, which has tries of its own; or try again in {wait}.',
  },
  'too_many_attempts/open': {
    title: 'Too many wrong codes for this phone number',
    next: 'Please try again in {wait}, or open the link in the mail about it. If you can sign in, you can also deal with it on the account page.',
  },
  too_soon: { title: 'A code was sent just now', next: 'You can send another in {wait}.' },
  quota_exceeded: { title: 'Too many codes were sent', next: 'You can send another in {wait}.' },
  'quota_exceeded/check': {
    title: 'Too many codes were sent',
    next: 'You can send another in {wait}, or sign out and sign in another way.',
  },
  'quota_exceeded/undo': {
    title: 'No more codes can be sent with this link for now',
    next: 'Please open the link in the latest text message to the phone registered for the account, which has tries of its own; or try again in {wait}.',
  },
  'quota_exceeded/open': {
    title: 'Too many codes were tried from here',
    next: 'Please try again in {wait}, or use another network.',
  },
  'quota_exceeded/session': {
    title: 'Devices were signed out too often today',
    next: 'Please try again in {wait}, or sign out everywhere.',
  },
  'quota_exceeded/everywhere': {
    title: 'All devices were signed out too often today',
    next: 'Please try again in {wait}. “Keep only this” in your sign-in methods signs out all other devices, too.',
  },
  'quota_exceeded/notice': {
    title: 'All devices were signed out too often today',
    next: 'Please open the link in the text message about it, or choose “Keep only this” in your sign-in methods.',
  },
  'quota_exceeded/oauth': {
    title: 'Too many sign-ins',
    next: 'Please try again later, or sign in another way.',
  },
  'quota_exceeded/visit': {
    title: 'Too many sign-ins',
    next: 'Please try again later, or sign in another way.',
  },
  identity_registered: {
    title: 'This {provider} is registered as an account of its own',
    next: 'It can’t be linked to another account. Please use another {provider}.',
  },
  identity_linked: {
    title: 'This {provider} is linked to another account',
    next: 'Please use another {provider}, or unlink it there first.',
  },
  identity_sub_account: {
    title: 'This {provider} belongs to a sub-account',
    next: 'It can’t be linked. Please use another {provider}.',
  },
  'identity_registered/undo': {
    title: 'This {provider} is registered as an account of its own',
    next: 'It can’t be restored to your account. If that is not right, please contact support.',
  },
  'identity_linked/undo': {
    title: 'This {provider} is linked to another account',
    next: 'It can’t be restored to your account right away. Please contact support.',
  },
  'identity_sub_account/undo': {
    title: 'This {provider} belongs to a sub-account',
    next: 'It can’t be restored to your account. If that is not right, please contact support.',
  },
  'not_linked/undo': {
    title: 'The sign-in methods of the account have just changed',
    next: 'Please choose again how to sign in from then on, and try once more.',
  },
  delivery_failed: { title: 'The code could not be sent', next: 'Please send it again in a moment.' },
  'delivery_failed/unknown': {
    title: 'The code may not have arrived',
    next: 'If you received it, just enter it. Otherwise send a new one when the countdown ends.',
  },
  'delivery_failed/undo': {
    title: 'The code may not have been sent',
    next: 'If it does not arrive, please send it again in a moment.',
  },
  provider_failed: {
    title: '{Provider} does not answer right now',
    next: 'Nothing has changed in your account. Please try again in a moment.',
  },
  human_check_required: {
    title: 'Please pass a security check first',
    next: 'The code is sent as soon as the check below is done.',
  },
  undo_expired: {
    title: 'This link is no longer valid',
    next: 'It may be incomplete, expired or used already. Opening it changes nothing in your account.',
  },
  'undo_expired/notice': {
    title: 'This has been dealt with already',
    next: 'Perhaps by you, elsewhere. Please reload the page and check your sign-in methods and recent activity.',
  },
  'not_found/notice': {
    title: 'This has been dealt with already',
    next: 'Perhaps by you, elsewhere. Please reload the page and check your sign-in methods and recent activity.',
  },
  unavailable: {
    title: 'The service is busy right now',
    next: 'Please try again in {wait}. If you were in the middle of something, check the account page first: it may have gone through.',
  },
  denied: { title: 'You declined in {provider}', next: 'To go on, scan again and confirm.' },
  'denied/visit': {
    title: 'You declined in {provider}',
    next: 'Please sign in again, or choose another method.',
  },
  identity_unknown: {
    title: 'This {provider} isn’t linked to any account',
    next: 'Sign in another way, then link {provider} on the account page.',
  },
  state_invalid: {
    title: 'This authorization is no longer valid',
    next: 'It may have expired or been used. Please scan again.',
  },
  'state_invalid/visit': {
    title: 'This sign-in is no longer valid',
    next: 'It may have expired or been used. Please sign in again.',
  },
  snapshot_user: {
    title: 'WeChat has opened a snapshot of this page',
    next: 'Tap “Use full service” at the bottom of the page, then sign in again.',
  },
  no_answer: {
    title: 'The service isn’t responding',
    next: 'Please try again later. If you were in the middle of something, reload the page first: it may have gone through.',
  },
  network_error: {
    title: 'No connection',
    next: 'Please check your network and try again. If you were in the middle of something, reload the page first: it may have gone through.',
  },
  throttled: { title: 'Too many requests', next: 'Please try again in {wait}.' },
  rejected: { title: 'The request was not accepted', next: 'Please reload the page and try again.' },
  server_error: {
    title: 'Something went wrong on our side',
    next: 'Please try again in a moment. If you were in the middle of something, reload the page first: it may have gone through.',
  },
};
