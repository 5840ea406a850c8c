import { expect, test } from '@jest/globals';
import { suspendsMethod } from '../../../console/src/notices/suspends.ts';
import { findSuspect, type Notice } from '../../../lib/linking/notice.ts';
import { NOTICE_TYPES } from '../../../lib/linking/notice-types.ts';

const method = {
  methodId: 'm',
  provider: 'wechat',
  relation: 'linked',
  subjects: ['o1'],
  display: 'Lin',
  since: 0,
} as unknown as NonNullable<Notice['after']>;

const present = {
  account: { accountId: '1', name: 'Lin', phone: '+8613800138000' },
  methods: new Map([['wechat', method]]),
} as unknown as Parameters<typeof findSuspect>[1];

test.each(NOTICE_TYPES)(
  'the page says of %s what the service does: whether the method is suspended',
  (type) => {
    const notice = { type, provider: 'wechat', after: method } as Notice;
    expect(suspendsMethod({ type })).toBe(findSuspect(notice, present, ['86']) !== undefined);
  },
);
