import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod/mini';
import { EVENT_SCHEMAS, type EventType, toEvent } from '../../lib/events/events.ts';
import type { AccountId } from '../../lib/linking/account.ts';
import type { Notice } from '../../lib/linking/notice.ts';
import { NOTICE_TYPES } from '../../lib/linking/notice-types.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'events');
const fileOf = (type: EventType) => `${type}.v1.json`;
const types = Object.keys(EVENT_SCHEMAS) as EventType[];

function document(type: EventType): string {
  const schema = z.toJSONSchema(EVENT_SCHEMAS[type], {
    // Whoever reads an event lets pass what is added to it.
    io: 'input',
    // `format` says it; the expression beside it is for machines without one, and for no reader.
    override: ({ jsonSchema }) => {
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
    },
  });
  return `${JSON.stringify({ $id: fileOf(type), title: type, ...schema }, null, 2)}\n`;
}

describe('docs/events', () => {
  test.each(types)('%s is documented as it is published', (type) => {
    const path = join(FOLDER, fileOf(type));
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(path, document(type));
    expect(readFileSync(path, 'utf8')).toBe(document(type));
  });

  test('documents no other', () => {
    const others = ['account.changed.json', 'samples'];
    expect(readdirSync(FOLDER).toSorted()).toEqual([...types.map(fileOf), ...others].toSorted());
  });
});

/** What the bus is told; the rest is between the service and the owner. */
const TOLD = new Set(['linked', 'unlinked', 'replaced', 'frozen']);

const notice: fc.Arbitrary<Notice> = fc.record({
  noticeId: fc.stringMatching(/^[A-Za-z0-9_-]{22}$/),
  accountId: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/).map((id) => id as AccountId),
  type: fc.constantFrom(...NOTICE_TYPES),
  provider: fc.constantFrom('email', 'wechat', 'qq'),
  display: fc.string(),
  at: fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
    .map((date) => date.toISOString()),
  ip: fc.string(),
  device: fc.string(),
  destinations: fc.constant([{ by: 'sms' as const, to: '+8613800138001' as never, link: true }]),
  expiresAt: fc.nat(),
});

test('every event is of its schema, and holds no channel of the owner’s', () => {
  fc.assert(
    fc.property(notice, (told) => {
      const event = toEvent(told);
      expect(event === undefined).toBe(!TOLD.has(told.type));
      if (event === undefined) return;
      expect(z.safeParse(EVENT_SCHEMAS[event.type], event.detail).error).toBeUndefined();
      expect(JSON.stringify(event)).not.toContain('13800138001');
      expect(event.detail.id).toBe(told.noticeId);
    }),
  );
});
