import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PICTURES } from '../browser/picture-list.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const IMAGES = join(ROOT, 'docs', 'images', 'guide');
const MAX_BYTES = 6 * 1024 * 1024;
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** The pictures a page shows, by their paths from its folder. */
const shownIn = (text: string) =>
  [...text.matchAll(/!\[[^\]]+\]\(([^)]+\.png)\)/g)].map(([, path = '']) => path);

const GUIDES = [
  { page: 'docs/guide.zh.md', language: 'zh' },
  { page: 'docs/guide.md', language: 'en' },
];

describe.each(GUIDES)('$page', ({ page, language }) => {
  const shown = shownIn(read(page));

  test('shows every picture that is made, and no other one', () => {
    const made = PICTURES.map(({ file }) => `images/guide/${language}/${file}`);
    expect(shown.toSorted()).toEqual(made.toSorted());
    expect(readdirSync(join(IMAGES, language)).toSorted()).toEqual(
      PICTURES.map(({ file }) => file).toSorted(),
    );
  });
});

test('the guide says the same in both languages, picture by picture', () => {
  const [chinese = [], english = []] = GUIDES.map(({ page, language }) =>
    shownIn(read(page)).map((path) => path.replace(`/${language}/`, '/')),
  );
  expect(english).toEqual(chinese);
  const headings = GUIDES.map(({ page }) => read(page).match(/^#+ /gm)?.length);
  expect(headings[0]).toBe(headings[1]);
});

test('the Chinese guide keeps the terms of the page', () => {
  const text = read('docs/guide.zh.md');
  for (const term of ['账号信息', '关联', '解绑', '身份验证', '发送验证码', '确定', '关联邮箱账号', '子账号'])
    expect(text).toContain(term);
  expect(text).not.toMatch(/帐号|绑定/);
});

test.each(['README.md', 'README.zh-CN.md'])('every picture in %s is there', (page) => {
  const shown = shownIn(read(page));
  expect(shown.length).toBeGreaterThan(0);
  for (const path of shown) expect([path, existsSync(join(ROOT, dirname(page), path))]).toEqual([path, true]);
});

test('all pictures together are not too large to clone', () => {
  const bytes = GUIDES.flatMap(({ language }) =>
    readdirSync(join(IMAGES, language)).map((file) => statSync(join(IMAGES, language, file)).size),
  );
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_BYTES);
});
