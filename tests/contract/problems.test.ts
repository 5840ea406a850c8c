import { expect, test } from '@jest/globals';
import { STATUS } from '../../lib/contract/problems.ts';

/** The error table of the contract, written out once more: code and status are what clients go by, so neither ever changes. */
const CODES_BY_STATUS = {
  400: 'invalid_request',
  401: 'not_signed_in assertion_invalid',
  403: 'origin_not_allowed sub_account account_frozen on_probation method_suspended identity_check_required human_check_required',
  404: 'not_found not_linked account_unknown',
  409: 'not_linkable not_suspended registered_method already_linked phone_missing country_not_served recipient_opted_out identity_registered identity_linked identity_sub_account',
  410: 'code_expired undo_expired',
  422: 'code_wrong',
  429: 'too_many_attempts too_soon quota_exceeded',
  502: 'delivery_failed provider_failed',
  503: 'unavailable',
};

test('codes and their statuses are what clients go by, no more and no fewer', () => {
  const table = Object.entries(CODES_BY_STATUS).flatMap(([status, codes]) =>
    codes.split(' ').map((code) => [code, Number(status)]),
  );
  expect(STATUS).toEqual(Object.fromEntries(table));
});
