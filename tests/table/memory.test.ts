import { expect, test } from '@jest/globals';
import { keys } from '../../lib/table/keys.ts';
import { Memory } from '../../lib/table/memory.ts';

const key = (subject: number) => keys.counter('ip', subject, 'HOUR#2026112410');

test('what is noted holds until its end, and not for another counter', () => {
  const memory = new Memory();
  memory.note(key(1), 100, 50);
  expect(memory.holds(key(1), 99)).toBe(true);
  expect(memory.holds(key(1), 100)).toBe(false);
  expect(memory.holds(key(2), 99)).toBe(false);
});

test('what is forgotten holds no longer', () => {
  const memory = new Memory();
  memory.note(key(1), 100, 50);
  memory.forget(key(1));
  expect(memory.holds(key(1), 60)).toBe(false);
});

test('there is an end to it, however many are noted: the first goes first', () => {
  const memory = new Memory();
  const MANY = 10_050;
  for (let noted = 0; noted < MANY; noted += 1) memory.note(key(noted), 100, 50);
  expect(memory.size).toBe(10_000);
  expect(memory.holds(key(49), 60)).toBe(false);
  expect(memory.holds(key(50), 60)).toBe(true);
  expect(memory.holds(key(MANY - 1), 60)).toBe(true);
});

test('what has ended takes no room', () => {
  const memory = new Memory();
  for (let noted = 0; noted < 100; noted += 1) memory.note(key(noted), 100, 50);
  memory.note(key(100), 200, 100);
  expect(memory.size).toBe(1);
});
