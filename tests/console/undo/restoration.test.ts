import { expect, test } from '@jest/globals';
import type { Notice as UndoStory } from '../../../client/src/contract.ts';
import { firstChoice, restoreChoices } from '../../../console/src/undo/restoration.ts';

type Story = Pick<UndoStory, 'type' | 'restore' | 'only'>;

test('what was before can be put back, or one method be kept alone', () => {
  const story: Story = { type: 'linked', restore: 'unlink', only: ['wechat', 'qq'] };
  expect(restoreChoices(story)).toEqual(['unlink', 'wechat', 'qq']);
  expect(firstChoice(story)).toBe('unlink');
});

test('where there is nothing to put back, nobody has chosen yet which method is kept', () => {
  const story: Story = { type: 'frozen', restore: null, only: ['email', 'qq'] };
  expect(restoreChoices(story)).toEqual(['email', 'qq']);
  expect(firstChoice(story)).toBeNull();
});

test('one method has nothing to be kept apart from, and needs no choice', () => {
  const story: Story = { type: 'signed_in', restore: 'clear', only: ['email'] };
  expect(restoreChoices(story)).toEqual(['clear']);
  expect(firstChoice(story)).toBe('clear');
  expect(firstChoice({ type: 'frozen', restore: null, only: ['qq'] })).toBe('qq');
});

test('nobody has chosen yet that a method is used again of which it was just said that it wasn’t its owner', () => {
  const only = ['email', 'qq'] as const;
  expect(firstChoice({ type: 'signed_in', restore: 'clear', only: [...only] })).toBeNull();
  expect(firstChoice({ type: 'suspended', restore: 'clear', only: [...only] })).toBe('clear');
});
