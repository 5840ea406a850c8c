import { beforeEach, describe, expect, test } from '@jest/globals';
import { Inbox } from '../../local/messages/inbox.ts';

describe('the inbox', () => {
  let inbox: Inbox;
  let second: number;
  const sms = (to: string, text = 'text') => inbox.deliver({ channel: 'sms', to, text });
  const email = (to: string, text = 'text') => inbox.deliver({ channel: 'email', to, text });
  const found = (to?: string) => inbox.list(to).map((message) => message.to);

  beforeEach(() => {
    second = 0;
    inbox = new Inbox(() => new Date(Date.UTC(2026, 0, 1, 0, 0, second++)));
  });

  test('lists the newest first, with its time in UTC', () => {
    sms('+8613800138001');
    email('a@example.com');
    expect(inbox.list()).toMatchObject([
      { channel: 'email', to: 'a@example.com', at: '2026-01-01T00:00:01.000Z' },
      { channel: 'sms', to: '+8613800138001', at: '2026-01-01T00:00:00.000Z' },
    ]);
  });

  test.each([
    '+8613800138001',
    '13800138001',
    ' 8613800138001',
    '138 0013 8001',
    '+86 138-0013-8001',
    '008613800138001',
  ])('finds a phone as %j', (typed) => {
    sms('+8613800138001');
    sms('+8613800138002');
    expect(found(typed)).toEqual(['+8613800138001']);
  });

  test('finds a phone of another country in full only', () => {
    sms('+447700900123');
    expect(found('447700900123')).toEqual(['+447700900123']);
    expect(found('7700900123')).toEqual([]);
  });

  test.each(['a@example.com', ' A@Example.COM '])('finds an address as %j', (typed) => {
    email('a@example.com');
    email('b@example.com');
    expect(found(typed)).toEqual(['a@example.com']);
  });

  test('finds an address of an international domain in either form', () => {
    email('a@xn--fsqu00a.example');
    expect(found('a@例子.example')).toEqual(['a@xn--fsqu00a.example']);
  });

  test('folds no dots and no tags', () => {
    email('a.b+c@example.com');
    expect(found('ab@example.com')).toEqual([]);
  });

  test.each(['nobody', '12', '@'])('finds nothing for %j', (typed) => {
    sms('+8613800138001');
    email('a@example.com');
    expect(found(typed)).toEqual([]);
  });

  test('lists everything for nobody in particular', () => {
    sms('+8613800138001');
    expect(found('')).toEqual(found(undefined));
  });

  test.each([
    ['您的验证码为 123456，5 分钟内有效。', '123456'],
    ['code:\n\n    007007\n', '007007'],
    ['call 13800138001 or 1234567', null],
    ['nothing here', null],
  ])('reads the code of %j as %j', (text, code) => {
    sms('+8613800138001', text);
    expect(inbox.list()[0]?.code).toBe(code);
  });

  test('tells a listener until it has enough', () => {
    const heard: string[] = [];
    const end = inbox.subscribe(({ text }) => heard.push(text));
    sms('+8613800138001', 'first');
    end();
    sms('+8613800138001', 'second');
    expect(heard).toEqual(['first']);
  });
});
